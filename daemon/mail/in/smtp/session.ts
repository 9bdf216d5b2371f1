// One thing: what one session has done so far, and what it may still do until when. It is independent of the SMTP library.
import { MINUTE, SECOND } from '../../../../data/durations.ts'
import type { SessionPlace } from './connection_limits.ts'

/**
 * How long we wait for a peer, in milliseconds. Each wait is measured from its beginning, so that single bytes do not extend it.
 */
export const SESSION_WAITS = {
  /** From the connection to EHLO. */
  hello: 30 * SECOND,
  /** From a reply to the end of the next command. */
  command: 60 * SECOND,
  handshake: 30 * SECOND,
  /** The whole of a mail. */
  data: 10 * MINUTE,
  /** How long a mail may be slow at its beginning; after that its average rate must be at least `LEAST_RATE`. */
  slowStart: 10 * SECOND,
  /** The whole of a session. */
  session: 30 * MINUTE,
  /** How often late peers are looked for. */
  look: SECOND,
  /** How long a peer must have been silent before its session is ended because the door closes: it may just have read a reply. */
  silence: 2 * SECOND,
  /** For all sessions when the door closes. */
  closing: 10 * SECOND,
}
export type SessionWaits = typeof SESSION_WAITS
/** In bytes per second. */
const LEAST_RATE = 500
/** How many commands without effect may come before a mail is accepted. */
const MOST_USELESS = 20
/** How many commands may come before a mail is accepted. Recipients beyond the hundredth count here only. */
const MOST_COMMANDS = 1000
const MOST_FAILED_LOGINS = 3
const IDLE_VERBS: ReadonlySet<string> = new Set([
  'EHLO',
  'HELO',
  'LHLO',
  'NOOP',
  'RSET',
  'VRFY',
  'EXPN',
  'HELP',
])
const TOO_MANY_RECIPIENTS = 452

type Phase = 'waiting' | 'working' | 'handshake' | 'data'
interface MailProgress {
  readonly begun: number
  size: number
  /** How long we have waited for its bytes, in milliseconds; our own processing time does not count. */
  waited: number
  waitingSince: number | undefined
}

export class Session {
  readonly id: string
  readonly peer: string
  readonly place: SessionPlace
  readonly #waits: SessionWaits
  readonly #begun = performance.now()
  #phase: Phase = 'waiting'
  #since = this.#begun
  #isGreeted = false
  #verb = ''
  #mail: MailProgress | undefined
  #useless = 0
  #commands = 0
  #failedLogins = 0
  #hasMailed = false
  #busy = 0
  #isClosed = false
  #hasLeft = false
  #isCounted = false
  #accepted: string[] = []
  /** The address in the current MAIL or RCPT command. */
  asked: string | undefined
  /** The Message-ID of the current mail. */
  messageId: string | undefined
  /** Whether it has ended; nothing more is logged about it. */
  isEnded = false

  constructor({
    id,
    peer,
    place,
    waits,
  }: { id: string; peer: string; place: SessionPlace; waits: SessionWaits }) {
    this.id = id
    this.peer = peer
    this.place = place
    this.#waits = waits
  }

  get verb(): string {
    return this.#verb
  }

  /** What the loss of the connection would interrupt: the TLS handshake, or a mail. */
  get isCutOff(): 'tls' | 'broken_off' | undefined {
    if (this.isEnded) return undefined
    if (this.#phase === 'handshake') return 'tls'
    return this.isInMail ? 'broken_off' : undefined
  }

  get isWorking(): boolean {
    return this.#phase === 'working'
  }

  get isInMail(): boolean {
    return this.#phase === 'data'
  }

  commandCame(verb: string): void {
    this.#verb = verb
    this.asked = undefined
    this.messageId = undefined
    this.#commands++
    this.#isCounted = false
    this.#enter('working')
  }

  /** The addresses of all accepted RCPT of the mail, also of repeated ones: by LMTP, each has a reply (RFC 2033 4.2). */
  get accepted(): readonly string[] {
    return this.#accepted
  }

  senderAccepted(): void {
    this.#accepted = []
  }

  recipientAccepted(address: string): void {
    this.#accepted.push(address)
  }

  /** Whether it has used up its commands. */
  get isSpent(): boolean {
    return this.#useless >= MOST_USELESS || this.#commands >= MOST_COMMANDS
  }

  replied(code: number): void {
    if (this.#verb === 'STARTTLS' && code === 220) this.#enter('handshake')
    else this.#enter(code === 354 ? 'data' : 'waiting')
    if (isGreeting(this.#verb) && code === 250) this.#isGreeted = true
    const isUseless = IDLE_VERBS.has(this.#verb) || (code >= 400 && code !== TOO_MANY_RECIPIENTS)
    // By LMTP, a mail has several replies.
    if (this.#verb === '' || !isUseless || this.#isCounted) return
    this.#isCounted = true
    this.#useless++
  }

  /** Called when the TLS handshake of a listener begins that has TLS from the first byte. */
  handshakes(): void {
    this.#enter('handshake')
  }

  secured(): void {
    this.#enter('waiting')
  }

  /** After an accepted mail, both counts of commands start again. */
  mailKept(): void {
    this.#hasMailed = true
    this.#useless = 0
    this.#commands = 0
  }

  /** Whether a mail was accepted. */
  get hasMailed(): boolean {
    return this.#hasMailed
  }

  /** Whether we wait for a command, and the peer has sent nothing for a while. `now` is a `performance.now()`. */
  isSilent(now: number): boolean {
    const isBetween = this.#phase === 'waiting' || this.#phase === 'handshake'
    return isBetween && now - this.#since > this.#waits.silence
  }

  /** Counts a failed login; gives whether no further attempt is allowed. */
  loginFailed(): boolean {
    this.#failedLogins++
    return this.#failedLogins >= MOST_FAILED_LOGINS
  }

  mailBegins(): void {
    this.#mail = { begun: performance.now(), size: 0, waited: 0, waitingSince: undefined }
  }

  /** Called before each wait for bytes of the mail. */
  awaitsBytes(): void {
    if (this.#mail) this.#mail.waitingSince = performance.now()
  }

  bytesCame(size: number): void {
    const mail = this.#mail
    if (!mail) return
    mail.size += size
    mail.waited += performance.now() - (mail.waitingSince ?? performance.now())
    mail.waitingSince = undefined
  }

  mailEnded(): void {
    this.#mail = undefined
    this.#enter('working')
  }

  /** The sentence for a peer that is too slow; undefined while it still has time, or while we work. `now` is a `performance.now()`. */
  overdue(now: number): string | undefined {
    const { hello, command, handshake, data, session } = this.#waits
    if (this.#phase === 'working') return undefined
    if (now - this.#begun > session) return 'The session took too long; connect again.'
    const waited = now - this.#since
    if (this.#phase === 'data') return this.#slowMail(now, data)
    if (this.#phase === 'handshake')
      return waited > handshake ? 'Timeout during the TLS handshake.' : undefined
    if (!this.#isGreeted && now - this.#begun > hello) return 'Timeout waiting for EHLO.'
    return waited > command ? 'Timeout waiting for a command.' : undefined
  }

  #slowMail(now: number, longest: number): string | undefined {
    if (!this.#mail) return undefined
    const { begun, size, waited, waitingSince } = this.#mail
    if (now - begun > longest) return 'Timeout waiting for the end of the mail.'
    const all = waited + (waitingSince === undefined ? 0 : now - waitingSince)
    const isSlow = all > this.#waits.slowStart && size < (LEAST_RATE * all) / SECOND
    return isSlow ? `The mail arrives too slowly; send at least ${LEAST_RATE} bytes per second.` : undefined
  }

  /** Does work. The session keeps its place until the work ends, even if the peer disconnects before. */
  async busy<R>(work: () => Promise<R>): Promise<R> {
    this.#busy++
    try {
      return await work()
    } finally {
      this.#busy--
      this.#leaveWhenDone()
    }
  }

  closed(): void {
    this.#isClosed = true
    this.#leaveWhenDone()
  }

  #leaveWhenDone(): void {
    if (!this.#isClosed || this.#busy > 0 || this.#hasLeft) return
    this.#hasLeft = true
    this.place.leave()
  }

  #enter(phase: Phase): void {
    this.#phase = phase
    this.#since = performance.now()
  }
}

function isGreeting(verb: string): boolean {
  return verb === 'EHLO' || verb === 'HELO' || verb === 'LHLO'
}
