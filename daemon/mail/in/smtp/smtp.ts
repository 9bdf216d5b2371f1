// One thing: how the mail door opens, and what a session may do at each of its listeners.

import type { SMTPServerOptions, SMTPServerSession } from 'smtp-server'
import { Failure } from '../../../../data/failure.ts'
import type { Instant } from '../../../../data/tables.ts'
import type { Listen } from '../../../config/listen.ts'
import { type Certificate, certificateOf, validUntil } from '../../../net/certificate.ts'
import { inRanges, isLoopback } from '../../../net/ip.ts'
import { listening, type Opened, openEach } from '../../../net/listener.ts'
import type { MailSite } from '../mail_site.ts'
import { checkParameters, checkSender, inAscii, MAIL_PARAMETERS, RCPT_PARAMETERS } from './envelope.ts'
import { InFlight } from './in_flight.ts'
import { coded, step } from './smtp_reply.ts'
import { GuardedServer, newGuard } from './smtp_server.ts'
import { type GuardedSite, type SessionLogin, takeMail } from './take_mail.ts'
import { recipientWithToken } from './token_recipient.ts'

const MOST_RECIPIENTS = 100
/** Joke commands of smtp-server, disabled here. */
const JOKES = ['WIZ', 'SHELL', 'KILL']

export interface SmtpDoor extends Opened {
  /** Until when the certificate in use is valid; undefined without one. */
  expires(): Instant | undefined
  /** Reads the certificate again. Throws Failure `invalid` if it is not a certificate; the old one stays in use. */
  reload(): void
}

/**
 * Opens the mail door. It replies 250 when its decision about a mail is durable, and only accepts mail for our own addresses.
 * Throws Failure `invalid` for an invalid certificate, and the system's error if it cannot listen on an address.
 */
export async function openSmtp(site: MailSite): Promise<SmtpDoor> {
  const { config, knownAddresses, events } = site
  let tls = certificateOf(config, 'smtp')
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
    tls = certificateOf(config, 'smtp')
    if (tls) for (const server of servers) server.updateSecureContext(tls)
  }
  return { ...opened, expires: () => tls && validUntil(tls), reload }
}

function serverFor(site: GuardedSite, tls: Certificate | undefined, where: Listen): GuardedServer {
  // A peer at a unix socket is on this machine, but has no address.
  const isLocal = 'path' in where
  const may = (session: SMTPServerSession) => isLocal || mayLogIn(session)
  const hooks: SMTPServerOptions = {
    onConnect: (session, done) => {
      // This list replaces the server's. Without a certificate of ours, smtp-server would offer TLS with a published key.
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
        if (!may(of)) throw new Failure('unauthenticated', 'Issue STARTTLS before AUTH.')
        if (authzid && authzid !== username)
          throw new Failure(
            'unauthenticated',
            'The authorization identity must be empty or equal to the username.',
          )
        const shown = { username, password: password ?? '' }
        const login = await site.login(shown, 'mail', session.peer)
        session.place.becomeKnown()
        return { user: { ...login, secret: shown.password } satisfies SessionLogin }
      }
      const orEnd = (error: unknown) => {
        if (session.loginFailed())
          throw coded(421, '4.7.0', 'Too many failed logins; check the username and the password.')
        throw error
      }
      step(site.events, done, () => session.busy(logIn).catch(orEnd))
    },
    onMailFrom: ({ address, args }, of, done) => {
      const session = server.sessionOf(of)
      session.asked = inAscii(address)
      step(site.events, done, async () => {
        checkSender(address)
        checkParameters(args, MAIL_PARAMETERS)
        // The mail of a user may be a command that needs no disk space.
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
            `Too many recipients (at most ${MOST_RECIPIENTS}); send the mail again to the others.`,
          )
        const ours = await site.store.read(tx => recipientWithToken(tx, site, inAscii(address)))
        if (!ours) throw new Failure('not_found', 'Unknown recipient address.')
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
    // Its own check refuses domains with underscores; `checkSender` and `recipientOf` check the addresses.
    lenientAddressParsing: true,
    disableReverseLookup: true,
    logger: false,
  }
}

/** Whether AUTH is allowed: never over a network without TLS. */
export function mayLogIn({
  secure,
  remoteAddress,
}: Pick<SMTPServerSession, 'secure' | 'remoteAddress'>): boolean {
  return secure || isLoopback(remoteAddress)
}
