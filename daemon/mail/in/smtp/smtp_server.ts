// One thing: what we add to the library's server and connection, in the few methods that all traffic passes through.
import type { Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection'
import type { KnownAddresses } from '../../../auth/known_addresses.ts'
import type { Listen } from '../../../config/listen.ts'
import type { Refusal } from '../../../log/counts.ts'
import type { Events } from '../../../log/events.ts'
import { ipOf, isLoopback, LMTP, UNIX } from '../../../net/ip.ts'
import { Places } from './connection_limits.ts'
import { bracketed, inAscii, PATH_REFUSALS } from './envelope.ts'
import { type Refused, tellRefused } from './refusal_log.ts'
import { SESSION_WAITS, Session, type SessionWaits } from './session.ts'

/** How long the connection stays open for a peer to read why its mail was cut off. */
const LINGER_MILLISECONDS = 1000
/** How often we look for sessions that can be ended while the door closes. */
const CLOSING_LOOK_MILLISECONDS = 100
const CLOSING = '4.3.2 The server is stopping; try again in a minute.'

/** State that all listeners of the mail door share. */
export interface Guard {
  isRelay(address: string): boolean
  readonly places: Places
  readonly waits: SessionWaits
  readonly events: Events
}

/** Only tests pass `waits`. */
export function newGuard(
  isRelay: (address: string) => boolean,
  knownAddresses: KnownAddresses,
  events: Events,
  waits: SessionWaits = SESSION_WAITS,
): Guard {
  return { isRelay, places: new Places(isRelay, knownAddresses), waits, events }
}

/** An SMTP server that limits and times its sessions, and logs all its refusals. */
export class GuardedServer extends SMTPServer {
  readonly #guard: Guard
  readonly #isLocal: boolean
  readonly #sessions = new WeakMap<SMTPServerSession, Session>()
  readonly #timer: NodeJS.Timeout
  #isClosing = false

  /** `where` is the address at which it is going to listen. */
  constructor(options: SMTPServerOptions, where: Listen, guard: Guard) {
    // Our own timeouts fire first. This one restarts with each byte, and also runs while we work.
    super({ ...options, socketTimeout: 2 * guard.waits.session, onClose: session => this.#left(session) })
    this.#guard = guard
    this.#isLocal = 'path' in where
    this.#timer = setInterval(() => this.#dropSlow(), guard.waits.look).unref()
    this.server.once('close', () => clearInterval(this.#timer))
  }

  /** Our session for the library's session, which its hooks get. */
  sessionOf(session: SMTPServerSession): Session {
    return this.#sessions.get(session)!
  }

  /** Ends the session with a reply, even in the middle of a mail. */
  hangUp(of: SMTPServerSession, code: number, reply: string): void {
    for (const connection of this.#guarded())
      if (connection.session === of) connection.hangUp('data', code, reply)
  }

  get isClosing(): boolean {
    return this.#isClosing
  }

  /**
   * Accepts no more connections. A session ends when its peer is silent, or begins another mail; then, after a while, all others end. The
   * library would refuse the next command of each session at once, also in the middle of an envelope.
   */
  override close(done?: (() => void) | null): void {
    this.#isClosing = true
    const end = performance.now() + this.#guard.waits.closing
    const look = setInterval(() => {
      const now = performance.now()
      for (const connection of this.#guarded()) if (now > end || connection.isSilent(now)) connection.stop()
      if (now > end) for (const socket of this._pendingSockets.values()) socket.destroy()
    }, CLOSING_LOOK_MILLISECONDS)
    this.server.close(() => {
      clearInterval(look)
      done?.()
    })
  }

  override connect(socket: Socket, options?: SMTPConnectionOptions | null): void {
    const peer = this.#peerOf(socket)
    const place = this.#guard.places.take(peer)
    if (typeof place === 'string') {
      this.tell({ peer, reason: 'connection', reply: place })
      socket.on('error', () => {})
      socket.end(`421 4.7.0 ${this.options.name} ${place}\r\n`, () => socket.destroy())
      return
    }
    const id = options?.id ?? ''
    const session = new Session({ id, peer, place, waits: this.#guard.waits })
    const connection = new GuardedConnection(this, socket, options ?? {}, session)
    place.mayGiveWay(() => connection.giveWay())
    this.#sessions.set(connection.session, session)
    this.connections.add(connection)
    connection.on('error', error => connection.broke(error))
    connection.init()
  }

  #peerOf(socket: Socket): string {
    if (this.options.lmtp) return LMTP
    return this.#isLocal ? UNIX : (ipOf(socket.remoteAddress ?? '') ?? '')
  }

  /** Counts and logs a refusal. */
  tell(refused: Refused): void {
    tellRefused(this.#guard.events, refused)
  }

  #dropSlow(): void {
    const now = performance.now()
    for (const connection of this.#guarded()) connection.dropIfSlow(now)
  }

  #guarded(): GuardedConnection[] {
    return [...this.connections].filter(connection => connection instanceof GuardedConnection)
  }

  #left(of: SMTPServerSession): void {
    const session = this.sessionOf(of)
    const reason = session.isCutOff
    session.isEnded = true
    if (reason) this.tell({ ...factsOf(session, of), reason, reply: 'Connection lost.' })
    session.closed()
  }
}

class GuardedConnection extends SMTPConnection {
  readonly #server: GuardedServer
  readonly #session: Session

  constructor(server: GuardedServer, socket: Socket, options: SMTPConnectionOptions, session: Session) {
    super(server, socket, options)
    this.#server = server
    this.#session = session
  }

  /**
   * Greets. smtp-server waits 100 ms before that, to catch programs that talk without listening; those that we know, and those on this
   * machine, need not wait.
   */
  override init(): void {
    const { place, peer } = this.#session
    if (this.needsUpgrade) this.#session.handshakes()
    if (place.standing === 'stranger' && !isLoopback(peer)) super.init()
    else this._setListeners(() => this.connectionReady())
  }

  /** Called for each line outside of a mail. */
  override _onCommand(line: Buffer, done?: () => void): void {
    const isAnswer = this._nextHandler !== false
    const [verb = ''] = line.toString('latin1', 0, 20).split(' ', 1)
    if (this.#session.isSpent) {
      this.hangUp('too_many', 421, '4.7.0 Too many commands without a mail; connect again.')
    } else if (this.#server.isClosing && this.#session.hasMailed && verb.toUpperCase() === 'MAIL') {
      this.stop()
    } else {
      this.#session.commandCame(isAnswer ? 'AUTH' : verb.toUpperCase())
      super._onCommand(line, done)
    }
  }

  /** Called for each MAIL and RCPT. */
  override _parseAddressCommand(
    name: string,
    command: Buffer | string,
  ): ReturnType<SMTPConnection['_parseAddressCommand']> {
    return super._parseAddressCommand(name, bracketed(String(command)))
  }

  /** Called for each reply. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const said = PATH_REFUSALS.get(context) ?? data
    this.#session.replied(code)
    if (code >= 400 && !this.#session.isEnded)
      this.#tell(this.#reasonOf(code), `${code} ${[said ?? ''].flat().join(' ')}`)
    if (code === 421) this.#session.isEnded = true
    this.#gatherReplies()
    super.send(code, said, context)
    // The socket may change to TLS at once, and Node promises nothing about what it still holds then.
    if (code === 220) this._socket.uncork()
  }

  /** Sends the replies to commands that came together in one piece (RFC 2920 3.2), at the end of this turn of the event loop. */
  #gatherReplies(): void {
    const socket = this._socket
    if (socket.writableCorked > 0) return
    socket.cork()
    process.nextTick(() => socket.uncork())
  }

  dropIfSlow(now: number): void {
    const why = this.#session.overdue(now)
    if (why) this.hangUp('too_slow', 421, `4.4.2 ${why}`)
  }

  isSilent(now: number): boolean {
    return this.#session.isSilent(now)
  }

  /** Ends the session because the door closes. */
  stop(): void {
    const isInMail = this.#session.isInMail
    this.hangUp('stopping', 421, CLOSING)
    if (!isInMail) this._socket.destroySoon()
  }

  /** Ends the session to make room for another; false while we work for it, or if it has ended. */
  giveWay(): boolean {
    if (this.#session.isEnded || this.#session.isWorking) return false
    this.hangUp('connection', 421, '4.3.2 Too many connections, most of them yours; try again later.')
    this._socket.destroySoon()
    this.#session.place.leave()
    return true
  }

  /** Ends the session with a reply, even in the middle of a mail. */
  hangUp(reason: Refusal, code: number, reply: string): void {
    if (this.#session.isEnded) return
    this.#session.isEnded = true
    this.#tell(reason, `${code} ${reply}`)
    super.send(code, reply, false)
    const isInMail = this.#session.isInMail
    this.close()
    // Nothing more is read: discarding it would cost as much as accepting it.
    if (!isInMail) return
    this._socket.pause()
    setTimeout(() => this._socket.destroy(), LINGER_MILLISECONDS)
  }

  /** Logs a broken connection, unless it broke between two commands, which is harmless. */
  broke(error: Error): void {
    if (!this.#session.isCutOff) return
    this.#tell(this.#session.isCutOff, error.message)
    this.#session.isEnded = true
  }

  #tell(reason: Refusal, reply: string): void {
    this.#server.tell({ ...factsOf(this.#session, this.session), reason, reply })
  }

  #reasonOf(code: number): Refusal {
    const { verb } = this.#session
    if (!this._ready) return 'early'
    if (verb === 'AUTH') return 'login'
    if (verb === 'MAIL') return 'sender'
    if (verb === 'RCPT') return 'recipient'
    if (verb !== 'DATA') return 'command'
    return code === 421 ? 'broken_off' : 'data'
  }
}

function factsOf({ id, peer, asked, messageId, verb }: Session, { user, envelope }: SMTPServerSession) {
  const accepted = envelope?.rcptTo ?? []
  const sender = envelope?.mailFrom ? inAscii(envelope.mailFrom.address) : undefined
  return {
    session: id,
    peer,
    user: (user as { user?: { username: string } } | undefined)?.user?.username,
    envelope_from: verb === 'MAIL' ? asked : sender,
    recipients: verb === 'RCPT' && asked !== undefined ? [asked] : accepted.map(to => inAscii(to.address)),
    message_id: messageId,
  }
}
