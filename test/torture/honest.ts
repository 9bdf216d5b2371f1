import { setTimeout as sleep } from 'node:timers/promises'
import { handOver, wire } from '../daemon/mail/wire.ts'
import { SUPPORT, SUSAN } from '../house.ts'
import { ask } from '../http_client.ts'
import type { Doors } from './attacks.ts'
import type { Sink } from './sink.ts'

/** The results of honest clients. Times are in milliseconds. */
export interface Deeds {
  readonly posts: readonly number[]
  readonly mails: readonly number[]
  /** The refusals that they got. */
  readonly refused: readonly string[]
  /** The subjects of all accepted mails. */
  readonly taken: readonly string[]
  /** The addresses of new writers, who must get an acknowledgement. */
  readonly writers: readonly string[]
  /** The texts of the accepted answers. */
  readonly answers: readonly string[]
}
export interface Honest {
  stop(): Promise<Deeds>
}

const POST_PEER = '127.0.0.11'
const MAIL_PEER = '127.0.0.12'
const PAUSE_MILLISECONDS = 50
/** The time between new writers, each from another domain. */
const WRITERS_EVERY_MILLISECONDS = 500

/** Runs a program that posts, and customers who write and then answer the acknowledgement, until they are stopped. */
export function honest(doors: Doors, sink: Sink): Honest {
  const deeds = {
    posts: [] as number[],
    mails: [] as number[],
    refused: [] as string[],
    taken: [] as string[],
    writers: [] as string[],
    answers: [] as string[],
  }
  let goesOn = true
  const working = Promise.all([
    (async () => {
      for (let round = 0; goesOn; round++) {
        const began = performance.now()
        const reply = await post(doors, round % 2 ? 'unhold_ticket' : 'hold_ticket')
        deeds.posts.push(performance.now() - began)
        if (!reply.startsWith('200')) deeds.refused.push(reply)
        await sleep(PAUSE_MILLISECONDS)
      }
    })(),
    (async () => {
      for (let round = 0; goesOn; round++) {
        await writer(doors, sink, round, deeds)
        await sleep(WRITERS_EVERY_MILLISECONDS)
      }
    })(),
  ])
  return {
    stop: async () => {
      goesOn = false
      await working
      return deeds
    },
  }
}

async function post({ http }: Doors, method: string): Promise<string> {
  const body = new URLSearchParams({ user: SUSAN.username, password: SUSAN.password, ticket: '1' })
  try {
    const reply = await ask(http, 'POST', `/api/${method}/`, body.toString(), undefined, POST_PEER)
    return `${reply.status} ${reply.body}`
  } catch (error) {
    return (error as Error).message
  }
}

interface Record {
  readonly mails: number[]
  readonly refused: string[]
  readonly taken: string[]
  readonly writers: string[]
  readonly answers: string[]
}

/** Writes a new mail, and answers the acknowledgement of an earlier writer if it came. */
async function writer(doors: Doors, sink: Sink, round: number, deeds: Record): Promise<void> {
  const from = `person@honest-${round}.example`
  const subject = `The printer of house ${round} is on fire`
  if (await timed(doors, { from, subject, text: 'Please help.' }, deeds)) {
    deeds.taken.push(subject)
    deeds.writers.push(from)
  }
  const before = `person@honest-${round - 2}.example`
  const id = sink.first(before)
  if (!id) return
  const text = `It burns in house ${round - 2}.`
  const answer = { from: before, subject: `Re: The printer of house ${round - 2}`, text, inReplyTo: id }
  if (await timed(doors, answer, deeds)) deeds.answers.push(text)
}

interface Letter {
  readonly from: string
  readonly subject: string
  readonly text: string
  readonly inReplyTo?: string
}

async function timed(doors: Doors, letter: Letter, { mails, refused }: Record): Promise<boolean> {
  const began = performance.now()
  const reply = await mail(doors, letter).catch(error => (error as Error).message)
  mails.push(performance.now() - began)
  if (reply.startsWith('250')) return true
  refused.push(reply)
  return false
}

async function mail({ smtp }: Doors, { from, subject, text, inReplyTo }: Letter): Promise<string> {
  const client = await wire({ host: '127.0.0.1', port: smtp, localAddress: MAIL_PEER })
  try {
    await client.say('EHLO honest.example')
    const head = [
      `From: ${from}`,
      `To: ${SUPPORT}`,
      `Subject: ${subject}`,
      `Date: ${new Date().toUTCString()}`,
      `Message-ID: <${from}.${inReplyTo ? 'b' : 'a'}>`.replace(/@(?=.*@)/, '.'),
      ...(inReplyTo ? [`In-Reply-To: ${inReplyTo}`] : []),
    ]
    return await handOver(client, { raw: [...head, '', text, ''].join('\r\n'), from, to: SUPPORT })
  } finally {
    client.close()
  }
}
