// One thing: what a session may do, at every listener of the mail door alike, and how the door opens.

import type { SMTPServerOptions, SMTPServerSession } from 'smtp-server'
import { SECOND } from '../../../../data/durations.ts'
import { Failure } from '../../../../data/failure.ts'
import type { Listen } from '../../../config/listen.ts'
import { type Certificate, certificateOf } from '../../../net/certificate.ts'
import { inRanges, isLoopback } from '../../../net/ip.ts'
import { listening, type Opened, openEach } from '../../../net/listener.ts'
import type { MailSite } from '../mail_site.ts'
import { checkParameters, inAscii, MAIL_PARAMETERS, RCPT_PARAMETERS } from './envelope.ts'
import { InFlight } from './in_flight.ts'
import { recipientOf } from './recipient.ts'
import { coded, step } from './smtp_reply.ts'
import { GuardedServer, newGuard } from './smtp_server.ts'
import { type GuardedSite, type SessionLogin, takeMail } from './take_mail.ts'

const MOST_RECIPIENTS = 100
/** What smtp-server answers, and no mail program says. */
const JOKES = ['WIZ', 'SHELL', 'KILL']

export interface SmtpDoor extends Opened {
  /** Reads the certificate again. Throws Failure `invalid`, and goes on with the old one, when it is none. */
  reload(): void
}

/**
 * Opens the mail door: it says 250 when what it decided about a mail is durable, and takes mail for our own addresses alone.
 * Throws Failure `invalid` for a certificate that is none, and what the system says of an address that cannot be listened at.
 */
export async function openSmtp(site: MailSite): Promise<SmtpDoor> {
  const { config, knownAddresses, events } = site
  const tls = certificateOf(config, 'smtp')
  const guard = newGuard(inRanges(config['smtp.relays']), knownAddresses, events)
  const inFlight = new InFlight()
  const servers: GuardedServer[] = []
  const opened = await openEach(config['smtp.listen'], async where => {
    const server = serverFor({ ...site, guard, inFlight }, tls, where)
    server.on('error', error => events.smtpError(error))
    await listening(server.server, where, events)
    servers.push(server)
    return {
      server: server.server,
      close: () => new Promise<void>(resolve => server.close(() => resolve())),
    }
  })
  const reload = () => {
    const renewed = certificateOf(config, 'smtp')
    if (tls && renewed) for (const server of servers) server.updateSecureContext(renewed)
  }
  return { ...opened, reload }
}

function serverFor(site: GuardedSite, tls: Certificate | undefined, where: Listen): GuardedServer {
  // A peer at a unix socket is on this machine and has no address.
  const isLocal = 'path' in where
  const may = (session: SMTPServerSession) => isLocal || mayLogIn(session)
  const hooks: SMTPServerOptions = {
    onConnect: (session, done) => {
      // A session's list stands in place of the server's. Without a certificate smtp-server would offer TLS with a key that all know.
      session.disabledCommands = [...JOKES, ...(tls ? [] : ['STARTTLS']), ...(may(session) ? [] : ['AUTH'])]
      done()
    },
    onSecure: (_, session, done) => {
      session.disabledCommands = JOKES
      server.sessionOf(session).secured()
      done()
    },
    onAuth: (auth, of, done) => {
      const session = server.sessionOf(of)
      const { username = '', password, authzid } = auth
      const logIn = async () => {
        if (!may(of)) throw new Failure('unauthenticated', 'Begin TLS before you log in.')
        if (authzid && authzid !== username)
          throw new Failure('unauthenticated', 'Log in as yourself, with no other identity.')
        const shown = { username, password: password ?? '' }
        const login = await site.login(shown, 'mail', session.peer)
        session.place.becomeKnown()
        return { user: { ...login, secret: shown.password } satisfies SessionLogin }
      }
      const orEnd = (error: unknown) => {
        if (session.loginFailed())
          throw coded(421, '4.7.0', 'Too many logins failed in this session; look at your password.')
        throw error
      }
      step(site.events, done, () => session.busy(logIn).catch(orEnd))
    },
    onMailFrom: ({ address, args }, of, done) => {
      const session = server.sessionOf(of)
      session.asked = inAscii(address)
      step(site.events, done, async () => {
        checkParameters(args, MAIL_PARAMETERS)
        // A user's mail may be a command that needs no room.
        if (!of.user) await site.outsidersRoom()
        site.inFlight.expect(session.place, args ? Number(args.SIZE ?? 0) : 0)
      })
    },
    onRcptTo: ({ address, args }, of, done) => {
      server.sessionOf(of).asked = inAscii(address)
      step(site.events, done, async () => {
        checkParameters(args, RCPT_PARAMETERS)
        if (of.envelope.rcptTo.length >= MOST_RECIPIENTS)
          throw coded(
            452,
            '4.5.3',
            `A mail has at most ${MOST_RECIPIENTS} recipients; send it again for the rest.`,
          )
        const ours = await site.store.read(tx =>
          recipientOf(tx, site.signedIds, site.config['mail.address'], inAscii(address)),
        )
        if (!ours) throw new Failure('not_found', 'This address is not known here.')
      })
    },
    onData: (stream, of, done) => {
      const session = server.sessionOf(of)
      session.mailBegins()
      const hangUp = (code: number, reply: string) => server.hangUp(of, code, reply)
      step(site.events, done, () => session.busy(() => takeMail(site, stream, of, session, hangUp)))
    },
  }
  const server: GuardedServer = new GuardedServer(
    { ...tls, ...fixed(site, tls), ...hooks },
    where,
    site.guard,
  )
  return server
}

function fixed({ config }: MailSite, tls: Certificate | undefined): SMTPServerOptions {
  return {
    name: config['smtp.hostname'],
    banner: 'helpdeskd',
    authOptional: true,
    authMethods: ['PLAIN', 'LOGIN'],
    allowInsecureAuth: true,
    disabledCommands: tls ? [] : ['STARTTLS'],
    size: config['smtp.max_size'],
    hideSMTPUTF8: true,
    closeTimeout: 10 * SECOND,
    disableReverseLookup: true,
    logger: false,
  }
}

/** A password crosses no wire in the clear. */
export function mayLogIn({
  secure,
  remoteAddress,
}: Pick<SMTPServerSession, 'secure' | 'remoteAddress'>): boolean {
  return secure || isLoopback(remoteAddress)
}
