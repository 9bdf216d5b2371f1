// One thing: a simulated year: what arrives on each day, and how time advances.

import type { Config } from '../../daemon/config/config.ts'
import type { Holding } from '../../daemon/files/holding.ts'
import type { From } from '../../daemon/mail/in/content/sender/from_field.ts'
import type { Act, Judgement } from '../../daemon/mail/in/judgement.ts'
import { commandsOf } from '../../daemon/mail/in/mail_commands.ts'
import type { MailSite } from '../../daemon/mail/in/mail_site.ts'
import type { RawMail } from '../../daemon/mail/in/received/raw_mail.ts'
import type { Received } from '../../daemon/mail/in/received/received.ts'
import { commit } from '../../daemon/mail/in/record_mail.ts'
import { keep } from '../../daemon/mail/out/delivery_result.ts'
import { OUTBOX_WAITS } from '../../daemon/mail/out/outbox_waits.ts'
import { DAY } from '../../data/durations.ts'
import { sha256 } from '../../data/secret.ts'
import type { Store } from '../../data/store.ts'
import type { Letter, Queue, Ticket } from '../../data/tables.ts'
import { FRED, noCaps, quietEvents, SUPPORT } from '../house.ts'
import { type Random, randomFrom, textsOf } from './texts.ts'

/** The number of mails processed at the same time. */
const AT_ONCE = 50
/** The share of mails that come in storms, and the number of mails in a storm, which takes minutes. */
const STORMS = 0.03
const STORM_MAILS = 300
/** The share of the others that answer a ticket; every third answer is from an agent. */
const ANSWERS = 0.62
const AGENTS = 1 / 3
/** Only this many of the newest tickets get answers. */
const LIVELY_TICKETS = 3000

export interface Year {
  readonly store: Store
  readonly config: Config
  readonly days: number
  readonly mailsPerDay: number
  readonly start: number
  /** Removes old records; called at the end of each day. */
  age(now: number): Promise<void>
}

/** Simulates the time: commits every mail as the mail door does, and sends every letter. Gives the end of the simulated time. */
export async function liveThrough(year: Year): Promise<number> {
  const time = newTime(year.start)
  try {
    const senders = await newSenders(year)
    for (let day = 0; day < year.days; day++) {
      await liveThroughDay(year, senders, time, year.start + day * DAY)
      time.set(year.start + (day + 1) * DAY)
      await year.age(time.now())
    }
    return time.now()
  } finally {
    time.end()
  }
}

interface Time {
  now(): number
  set(now: number): void
  end(): void
}

/** Sets the clock of the process to the simulated time. */
function newTime(start: number): Time {
  const RealDate = Date
  let now = start
  globalThis.Date = class extends RealDate {
    constructor(...given: []) {
      super(...((given.length ? given : [now]) as []))
    }
    static override now = () => now
  } as DateConstructor
  return {
    now: () => now,
    set: moment => {
      now = moment
    },
    end: () => {
      globalThis.Date = RealDate
    },
  }
}

interface Senders {
  readonly random: Random
  readonly text: () => string
  readonly queue: Queue
  /** The newest tickets that a person opened. */
  readonly tickets: Ticket[]
  mails: number
}

async function newSenders({ store }: Year): Promise<Senders> {
  const random = randomFrom(1)
  const [queue] = await store.read(tx => tx.find('queues', {}))
  const [fred] = await store.read(tx => tx.find('users', { username: FRED.username }))
  const owned = await store.transact(tx => tx.put('queues', { ...queue!, default_owner: fred!.id }))
  return { random, text: textsOf(random), queue: owned, tickets: [], mails: 0 }
}

async function liveThroughDay(year: Year, senders: Senders, time: Time, midnight: number): Promise<void> {
  const { store, mailsPerDay } = year
  const stormy = senders.random() < (mailsPerDay * STORMS) / STORM_MAILS
  const ordinary = Math.round(mailsPerDay * (1 - STORMS))
  for (let done = 0; done < ordinary; done += AT_ONCE) {
    const batch: Promise<void>[] = []
    for (let n = 0; n < Math.min(AT_ONCE, ordinary - done); n++) {
      time.set(midnight + Math.round((DAY * (done + n)) / ordinary))
      batch.push(send(year, senders, isAnswer(senders) ? answer(senders) : question(senders)))
    }
    await Promise.all(batch)
    await deliver(store, senders)
  }
  for (let done = 0; stormy && done < STORM_MAILS; done += AT_ONCE) {
    time.set(time.now() + 1000)
    await Promise.all(Array.from({ length: AT_ONCE }, () => send(year, senders, automatic(senders))))
    await deliver(store, senders)
  }
}

interface Sending {
  readonly from: string
  readonly subject: string
  readonly judgement: Judgement
}

function isAnswer({ random, tickets }: Senders): boolean {
  return tickets.length > 0 && random() < ANSWERS
}

function question(senders: Senders): Sending {
  const n = Math.floor(senders.random() * 20_000)
  const subject = `The printer on floor ${n} is on fire again, and since when`
  return { from: `customer-${n}@company-${n % 500}.example`, subject, judgement: judged(senders, 'ticket') }
}

function answer(senders: Senders): Sending {
  const { random, tickets } = senders
  const ticket = tickets[Math.floor(tickets.length * random())]!
  const byAgent = random() < AGENTS
  const judgement = judged(senders, 'followup', {
    kind: 'followup',
    ticket,
    public: !byAgent,
    party: 'submitter',
    by: 'tag',
  })
  const subject = `Re: [support-${ticket.id}] ${ticket.title}`
  return { from: byAgent ? FRED.address : ticket.submitter_email!, subject, judgement }
}

function automatic(senders: Senders): Sending {
  const reasons = ['it has Auto-Submitted']
  const judgement = {
    ...judged(senders, 'automatic'),
    kind: 'machine',
    isAcknowledged: false,
    reasons,
  } as const
  return { from: 'monitor@machines.example', subject: 'PROBLEM: host is DOWN', judgement }
}

function judged(
  { queue }: Senders,
  verdict: Judgement['verdict'],
  act: Act = {
    kind: 'ticket',
    queues: [queue],
    slugs: new Set(),
    importance: undefined,
    submitter: { address: null, name: '', by: 'from' },
  },
): Judgement {
  const author = { address: null, name: '' }
  return {
    verdict,
    kind: 'person',
    author,
    isAcknowledged: true,
    joining: [],
    proven: undefined,
    proof: undefined,
    spentKeys: [],
    reasons: [],
    act,
  }
}

function senderAt(address: string | null): From {
  return { address, name: '', written: address ?? '' }
}

function bySender(act: Act, address: string): Act {
  return act.kind === 'ticket' ? { ...act, submitter: { address, name: '', by: 'from' } } : act
}

/** A mail without its bytes, which nothing here reads. */
const RAW = { size: 4000 } as RawMail

async function send(
  { store, config }: Year,
  senders: Senders,
  { from, subject, judgement: given }: Sending,
): Promise<void> {
  const n = ++senders.mails
  const fingerprint = sha256(`mail ${n}`)
  const mail: Received = {
    headers: { block: '', fields: [], values: new Map(), bodyStart: 0, isProper: true },
    subject,
    isSubjectGuess: false,
    text: { beginning: senders.text() },
    textSize: 0,
    newText: undefined,
    isNew: true,
    newWords: { text: '', isCut: false, isNew: true },
    forward: undefined,
    html: null,
    lines: [],
    guesses: [],
    recipientStatuses: [],
    reportedIds: [],
    feedbackType: undefined,
    from: senderAt(from),
    to: [],
    cc: [],
    replyTo: senderAt(null),
    messageId: `<${fingerprint.slice(0, 32)}.${n}@mail.company-${n % 500}.example>`,
    attachments: [],
    raw: sha256(`raw ${n}`),
    unkept: undefined,
    notKept: { files: [], tooLarge: [], endOfText: false, raw: false },
    parsed: true,
    fingerprint,
    identified: true,
  }
  const incoming = {
    raw: RAW,
    envelopeFrom: from,
    recipients: [SUPPORT],
    peer: `192.0.${n % 250}.2`,
    network: `192.0.${n % 250}.0/24`,
    session: 'test',
    sessionUser: null,
    sessionToken: undefined,
  }
  const judgement = { ...given, author: { address: from, name: '' }, act: bySender(given.act, from) }
  const commands = await commandsOf(store.files as Holding, judgement, mail, {
    keepDays: config['mail.keep_repeats_days'],
    sessionUser: null,
    lines: [],
  })
  await commit({ store, config } as MailSite, incoming, mail, judgement, commands, {
    most: Number.POSITIVE_INFINITY,
    original: undefined,
  })
}

/** Sends all waiting letters, one in fifty at the second attempt. New tickets are found by their letters. */
async function deliver(store: Store, senders: Senders): Promise<void> {
  const waiting = await store.read(tx => tx.find('letters', { state: 'waiting' }))
  await Promise.all(waiting.map(letter => deliverOne(store, senders, letter)))
  for (const letter of waiting) {
    if (letter.event !== 'opened' || letter.to === FRED.address) continue
    const ticket = await store.read(tx => tx.get('tickets', letter.ticket!))
    senders.tickets.push(ticket!)
  }
  senders.tickets.splice(0, senders.tickets.length - LIVELY_TICKETS)
}

async function deliverOne(store: Store, { random }: Senders, letter: Letter): Promise<void> {
  const site = { store, events: quietEvents(), letters: noCaps() }
  if (random() < 0.02)
    await keep(site, letter, { state: 'deferred', reply: '451 4.7.1 Try again later' }, OUTBOX_WAITS)
  const reply = `250 2.0.0 Ok: queued as 4X${sha256(`${letter.id}`).slice(0, 12)}`
  const again = await store.read(tx => tx.get('letters', letter.id))
  await keep(site, again!, { state: 'sent', reply }, OUTBOX_WAITS)
}
