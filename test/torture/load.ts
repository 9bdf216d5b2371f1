import { setTimeout as sleep } from 'node:timers/promises'
import { HELPDESK, SUPPORT, SUSAN } from '../house.ts'
import { type MailClient, type Mailing, mailClient, type PostClient, postClient } from './clients.ts'
import type { Deed, History } from './history.ts'
import type { Running } from './process.ts'

const CUSTOMER = 'customer@example.net'
const LONGEST_PAUSE_MILLISECONDS = 8

/** A mail that is sent unchanged until it is answered. */
interface Pending {
  readonly deed: Deed
  readonly mailing: Mailing
}
export interface Load {
  readonly history: History
  /** The tickets that all clients hold, unhold and write to. */
  readonly pool: number[]
  /** By client, the mails without a reply so far. */
  readonly pending: Map<string, Pending>
  /** Padding for each text, to fill the disk. */
  readonly padding: string
  /** The allowed refusals; any other failure ends the test. */
  readonly refusals: readonly string[]
  readonly refused: Map<string, number>
  done: number
}

export function newLoad({ padding = '', refusals = [] as readonly string[] } = {}): Load {
  return {
    history: { deeds: [], highest: 0 },
    pool: [],
    pending: new Map(),
    padding,
    refusals,
    refused: new Map(),
    done: 0,
  }
}

/** Opens the tickets that all clients work on. */
export async function fillPool(load: Load, port: number, count: number): Promise<void> {
  const client = postClient(port)
  for (let left = count; left > 0; left--) load.pool.push((await openByPost(load, client, 'pool')).ticket!)
  client.close()
}

/** Runs clients at both doors until `stopped`, or until the daemon is gone. */
export async function work(
  load: Load,
  { http, smtp }: Pick<Running, 'http' | 'smtp'>,
  clients: number,
  stopped: () => boolean,
): Promise<void> {
  const each = Array.from({ length: clients }, (_, index) => index)
  const workers = each.flatMap(index => [
    posting(load, `post-${index}`, http, stopped),
    mailing(load, `mail-${index}`, smtp, index % 2 === 0, stopped),
  ])
  await Promise.all(workers)
}

async function posting(load: Load, name: string, port: number, stopped: () => boolean): Promise<void> {
  const client = postClient(port)
  try {
    while (!stopped()) {
      if (Math.random() < 0.3) await openByPost(load, client, name)
      else await changeByPost(load, client, name)
      await sleep(Math.random() * LONGEST_PAUSE_MILLISECONDS)
    }
  } catch (error) {
    if (error instanceof Unexpected) throw error
  } finally {
    client.close()
  }
}

async function mailing(
  load: Load,
  name: string,
  port: number,
  loggedIn: boolean,
  stopped: () => boolean,
): Promise<void> {
  let client: MailClient | undefined
  try {
    client = await mailClient(port, loggedIn ? SUSAN : undefined)
    while (!stopped()) {
      const pending = load.pending.get(name) ?? (loggedIn ? commandMail(load, name) : ticketMail(load, name))
      load.pending.set(name, pending)
      await deliver(load, name, client, pending)
      await sleep(Math.random() * LONGEST_PAUSE_MILLISECONDS)
    }
  } catch (error) {
    if (error instanceof Unexpected) throw error
  } finally {
    client?.close()
  }
}

/** Sends the mails that had no reply again. */
export async function sendPending(load: Load, { smtp }: Pick<Running, 'smtp'>): Promise<void> {
  const sending = [...load.pending].map(async ([name, pending]) => {
    const client = await mailClient(smtp, pending.mailing.from === SUSAN.address ? SUSAN : undefined)
    await deliver(load, name, client, pending).finally(() => client.close())
  })
  await Promise.all(sending)
}

async function deliver(load: Load, name: string, client: MailClient, pending: Pending): Promise<void> {
  const reply = await client.send(pending.mailing)
  settle(load, pending.deed, reply.slice(0, 3), reply)
  load.pending.delete(name)
}

class Unexpected extends Error {}

function settle(load: Load, deed: Deed, code: string, reply: string): void {
  if (code === '200' || code === '250') {
    deed.fate = 'done'
    load.done++
    return
  }
  if (!load.refusals.includes(code)) throw new Unexpected(`${deed.token} was answered with ${code} ${reply}`)
  deed.fate = 'refused'
  load.refused.set(code, (load.refused.get(code) ?? 0) + 1)
}

async function openByPost(load: Load, client: PostClient, name: string): Promise<Deed> {
  const letters = Math.random() < 0.5 || name === 'pool' ? 1 : 0
  const deed = begin(load, name, { opens: true, letters })
  const params = { queue: 'support', title: deed.token, body: deed.token }
  const reply = await client.post('create_ticket', {
    ...params,
    ...(letters ? { submitter_email: CUSTOMER } : {}),
  })
  settle(load, deed, String(reply.status), reply.body)
  if (deed.fate === 'done') {
    deed.ticket = Number(reply.body)
    load.history.highest = Math.max(load.history.highest, deed.ticket)
  }
  return deed
}

async function changeByPost(load: Load, client: PostClient, name: string): Promise<void> {
  const ticket = String(oneOf(load.pool))
  const method = oneOf(['hold_ticket', 'unhold_ticket', 'add_followup'])
  const open = method === 'add_followup' && Math.random() < 0.5
  const deed = begin(load, name, { opens: false, letters: open ? 1 : 0 })
  const { status, body } = await client.post(
    method,
    method === 'add_followup'
      ? { ticket, message: deed.token, public: open ? 'y' : 'n' }
      : { ticket, reason: deed.token },
  )
  settle(load, deed, String(status), body)
}

function ticketMail(load: Load, name: string): Pending {
  const deed = begin(load, name, { opens: true, letters: 1, mail: false })
  return pendingOf(deed, { from: CUSTOMER, to: SUPPORT, subject: deed.token, text: deed.token })
}

function commandMail(load: Load, name: string): Pending {
  const deed = begin(load, name, { opens: false, letters: 0, mail: true })
  const command = oneOf(['hold', 'unhold', 'followup'])
  const to = oneOf([HELPDESK, SUPPORT])
  const subject = `${command} ${oneOf(load.pool)}`
  return pendingOf(deed, { from: SUSAN.address, to, subject: `${subject}: ${deed.token}`, text: '' })
}

function pendingOf(deed: Deed, mail: Omit<Mailing, 'messageId' | 'date'>): Pending {
  return { deed, mailing: { ...mail, messageId: deed.mail!.messageId, date: new Date().toUTCString() } }
}

function begin(
  { history, padding }: Load,
  client: string,
  { opens, letters, mail }: { opens: boolean; letters: number; mail?: boolean },
): Deed {
  const number = history.deeds.length + 1
  // A title has at most 100 characters, so the padding goes into the follow-ups.
  const token = opens ? `Request ${number} of ${client}` : `Note ${number} of ${client}${padding}`
  const messageId = `<${number}.${client}@client.example>`
  const deed: Deed = {
    token,
    client,
    opens,
    letters,
    above: history.highest,
    fate: 'unknown',
    ...(mail === undefined ? {} : { mail: { messageId, answered: mail } }),
  }
  history.deeds.push(deed)
  return deed
}

function oneOf<T>(choices: readonly T[]): T {
  return choices[Math.floor(Math.random() * choices.length)]!
}
