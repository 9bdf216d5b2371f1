import type { Test } from 'tap'
import { type Stage, smtpServer } from '../daemon/mail/smtp_script.ts'

/** What goes wrong with a connection, in turn. */
const CONNECTIONS: readonly (readonly [Stage, string])[] = [
  ['greeting', '554 5.3.2 not now'],
  ['AUTH', '535 5.7.8 who are you'],
  ['greeting', 'drop'],
  ['AUTH', '454 4.7.0 the list of users is busy'],
  ['EHLO', '421 4.3.2 closing'],
]
/** What goes wrong with a letter, in turn. */
const LETTERS: readonly (readonly [Stage, string])[] = [
  ['RCPT', '450 4.2.1 the mailbox is busy'],
  ['DATA', 'cut'],
  ['dot', '451 4.3.0 try again'],
  ['dot', 'late'],
  ['MAIL', '451 4.3.0 a local problem'],
  ['dot', '432 4.3.2 throttled'],
  ['RCPT', 'drop'],
  ['dot', '550 5.7.60 you cannot send as this sender'],
  ['RCPT', '421 4.7.0 too many'],
  ['dot', '452 4.3.1 the disk is full'],
]
/** One connection in so many, and one letter in so many, meets a fault. */
const EVERY = 3
/** One letter in so many gets no reply. */
const EVERY_HANG = 100
/** The recipients that it always refuses, by the beginnings of their addresses. */
export const REFUSED: Readonly<Record<string, readonly [Stage, string]>> = {
  dead: ['RCPT', '550 5.1.1 no such user here'],
  large: ['dot', '552 5.3.4 this is too large'],
}

export interface Arrival {
  /** The number of the letter, and the address of its recipient. */
  readonly letter: number
  readonly to: string
}
export interface FaultySmarthost {
  readonly port: number
  /** The letters that it took, in this order. */
  readonly arrived: readonly Arrival[]
  /** How many logins it saw. */
  logins(): number
}

/** A smarthost that takes one password only, and has many faults even then. */
export async function openFaultySmarthost(t: Test, password: string): Promise<FaultySmarthost> {
  const arrived: Arrival[] = []
  const plain = Buffer.from(`\0helpdesk\0${password}`).toString('base64')
  let [connections, letters, logins] = [0, 0, 0]
  const connectionFault = (stage: Stage) => faultOf(CONNECTIONS, connections, stage)
  const letterFault = (stage: Stage) =>
    stage === 'RCPT' && letters % EVERY_HANG === 0 ? 'hang' : faultOf(LETTERS, letters, stage)
  const { port } = await smtpServer(t, (stage, received) => {
    if (stage === 'greeting') connections++
    if (stage === 'MAIL') letters++
    if (stage === 'AUTH') {
      logins++
      if (received !== `AUTH PLAIN ${plain}`) return '535 5.7.8 wrong password'
    }
    const to = recipientIn(received)
    const reply = refusalOf(to, stage) ?? connectionFault(stage) ?? letterFault(stage)
    if (stage === 'dot' && (reply === undefined || reply === 'late'))
      arrived.push({ letter: numberIn(received), to })
    return reply
  })
  return { port, arrived, logins: () => logins }
}

function faultOf(
  faults: readonly (readonly [Stage, string])[],
  count: number,
  stage: Stage,
): string | undefined {
  if (count % EVERY !== 0) return undefined
  const [at, reply] = faults[(count / EVERY) % faults.length]!
  return at === stage ? reply : undefined
}

function refusalOf(to: string, stage: Stage): string | undefined {
  const [at, reply] = REFUSED[/^[a-z]+/.exec(to)?.[0] ?? ''] ?? []
  return at === stage ? reply : undefined
}

/** The address in RCPT, or in the field To of a letter. */
function recipientIn(received: string): string {
  return /^(?:RCPT TO:|To: ).*?([^\s<>]+@[^\s<>]+)/m.exec(received)?.[1] ?? ''
}

function numberIn(letter: string): number {
  return Number(/^Message-ID: <letter\.\d+\.(\d+)\./m.exec(letter)?.[1])
}
