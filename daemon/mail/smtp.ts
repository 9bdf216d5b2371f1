// One thing: what a session may do, at every listener of the mail door alike, and how the door opens.

import { finished } from 'node:stream/promises'
import {
  SMTPServer,
  type SMTPServerDataStream,
  type SMTPServerOptions,
  type SMTPServerSession,
} from 'smtp-server'
import { Failure } from '../../data/failure.ts'
import { type Certificate, certificateOf } from '../certificate.ts'
import { events, logThrown } from '../events.ts'
import { ipOf, isLoopback, UNIX } from '../ip.ts'
import type { Listen } from '../listen.ts'
import { listening, type Opened, openEach } from '../listening.ts'
import type { Login } from '../login.ts'
import { checkParameters, inAscii, MAIL_PARAMETERS, RCPT_PARAMETERS } from './envelope.ts'
import { receive } from './inbound.ts'
import { readRaw } from './raw_mail.ts'
import { recipientOf } from './recipient.ts'
import { coded, step } from './reply.ts'
import type { Site } from './site.ts'

const MOST_RECIPIENTS = 100
const MOST_CLIENTS = 200
const SECOND = 1000

/** Who a session logged in as, and the password or token, which is blanked in its mails. */
interface SessionLogin extends Login {
  readonly secret: string
}

export interface SmtpDoor extends Opened {
  /** Reads the certificate anew. Throws Failure `invalid`, and goes on with the old one, when it is none. */
  reload(): void
}

/**
 * Opens the mail door: it says 250 when what it decided about a mail is durable, and takes mail for our own addresses alone.
 * Throws Failure `invalid` for a certificate that is none, and what the system says of an address that cannot be listened at.
 */
export async function openSmtp(site: Site): Promise<SmtpDoor> {
  const tls = certificateOf(site.config, 'smtp')
  const servers: SMTPServer[] = []
  const opened = await openEach(site.config['smtp.listen'], async where => {
    const server = new SMTPServer(optionsFor(site, tls, where))
    server.on('error', error => events.smtpError(error))
    await listening(server.server, where)
    servers.push(server)
    return {
      server: server.server,
      close: () => new Promise<void>(resolve => server.close(() => resolve())),
    }
  })
  const reload = () => {
    const renewed = certificateOf(site.config, 'smtp')
    if (tls && renewed) for (const server of servers) server.updateSecureContext(renewed)
  }
  return { ...opened, reload }
}

function optionsFor(site: Site, tls: Certificate | undefined, where: Listen): SMTPServerOptions {
  const { config } = site
  // Whoever may open a unix socket is on this machine; he has no address.
  const isLocal = 'path' in where
  const peerOf = ({ remoteAddress }: SMTPServerSession) => (isLocal ? UNIX : remoteAddress)
  const may = (session: SMTPServerSession) => isLocal || mayLogIn(session)
  return {
    ...tls,
    name: config['smtp.hostname'],
    banner: 'helpdeskd',
    authOptional: true,
    authMethods: ['PLAIN', 'LOGIN'],
    allowInsecureAuth: true,
    disabledCommands: tls ? [] : ['STARTTLS'],
    size: config['smtp.max_size'],
    hideSMTPUTF8: true,
    maxClients: MOST_CLIENTS,
    maxRecipients: MOST_RECIPIENTS,
    socketTimeout: 60 * SECOND,
    closeTimeout: 10 * SECOND,
    disableReverseLookup: true,
    logger: false,
    onConnect: (session, done) => {
      // A session's list stands in place of the server's. Without a certificate smtp-server would offer TLS with a key that all know.
      session.disabledCommands = [...(tls ? [] : ['STARTTLS']), ...(may(session) ? [] : ['AUTH'])]
      done()
    },
    onSecure: (_, session, done) => {
      session.disabledCommands = []
      done()
    },
    onAuth: (auth, session, done) => {
      const { username = '', password, authzid } = auth
      step(done, async () => {
        if (!may(session)) throw new Failure('unauthenticated', 'Begin TLS before you log in.')
        if (authzid && authzid !== username)
          throw new Failure('unauthenticated', 'Log in as yourself, with no other identity.')
        const shown = { username, password: password ?? '' }
        const login = await site.login(shown, 'mail', peerOf(session))
        return { user: { ...login, secret: shown.password } satisfies SessionLogin }
      })
    },
    onMailFrom: ({ args }, { user }, done) => {
      step(done, async () => {
        checkParameters(args, MAIL_PARAMETERS)
        // A user's mail may be a command that needs no room.
        if (!user) await site.room()
      })
    },
    onRcptTo: ({ address, args }, _, done) => {
      step(done, async () => {
        checkParameters(args, RCPT_PARAMETERS)
        const ours = await site.store.read(tx =>
          recipientOf(tx, site.marks, config['mail.address'], inAscii(address)),
        )
        if (!ours) throw new Failure('not_found', 'This address is not known here.')
      })
    },
    onData: (stream, session, done) => {
      step(done, () => take(site, stream, session, peerOf(session)))
    },
  }
}

/** A password crosses no wire in the clear. */
export function mayLogIn({
  secure,
  remoteAddress,
}: Pick<SMTPServerSession, 'secure' | 'remoteAddress'>): boolean {
  return secure || isLoopback(ipOf(remoteAddress) ?? '')
}

async function take(
  site: Site,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  peer: string,
): Promise<string> {
  const { files } = site.store
  // Whoever reads it is told; between two readers nobody would be.
  stream.on('error', () => {})
  const pieces = bytesOf(stream, site.config['smtp.max_size'])
  const loggedIn = session.user as SessionLogin | undefined
  const raw = await readRaw(files, pieces, loggedIn?.secret).catch(async error => {
    // Whoever refused may not have begun to read, and a stream goes on only when nobody else reads it.
    await pieces.return(undefined)
    await drained(stream)
    if (error instanceof Failure) logThrown('mail', 'DATA', error, { peer })
    throw error
  })
  const { mailFrom, rcptTo } = session.envelope
  const outcome = await receive(site, {
    raw,
    envelopeFrom: mailFrom ? inAscii(mailFrom.address) : '',
    recipients: rcptTo.map(({ address }) => inAscii(address)),
    peer,
    sessionUser: loggedIn?.user.id ?? null,
    sessionToken: loggedIn?.token,
    sessionSecret: loggedIn?.secret,
  }).catch(error => {
    if (error instanceof Failure) logThrown('mail', 'DATA', error, { peer })
    throw error
  })
  if (outcome === 'looping')
    throw coded(554, '5.4.6', 'This mail has been through too many hands; it is going in circles.')
  return '2.0.0 It is kept.'
}

/** A mail as it comes; past the limit nothing is handed on, and the end is awaited to say so. */
async function* bytesOf(stream: SMTPServerDataStream, limit: number): AsyncGenerator<Uint8Array, void> {
  let size = 0
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      size += chunk.length
      if (size <= limit) yield chunk
    }
  } catch (error) {
    events.smtpError(error as Error)
    throw coded(421, '4.4.2', 'The connection ended before the mail did.')
  }
  if (size > limit) throw new Failure('too_large', `This mail is too large; send at most ${limit} bytes.`)
}

/** Resolves at the end of a mail that is not taken: before it nobody listens to an answer. */
async function drained(stream: SMTPServerDataStream): Promise<void> {
  await finished(stream.resume()).catch(() => {})
}
