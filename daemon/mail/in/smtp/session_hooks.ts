// One thing: what a session may do at each listener of the mail door.
import type { SMTPServerOptions, SMTPServerSession } from 'smtp-server'
import { Failure } from '../../../../data/failure.ts'
import type { Listen } from '../../../config/listen.ts'
import type { Certificate } from '../../../net/certificate.ts'
import type { MailSite } from '../mail_site.ts'
import { checkParameters, checkSender, inAscii, MAIL_PARAMETERS, RCPT_PARAMETERS } from './envelope.ts'
import { disabledCommands, mayLogIn, needsLogin, optionsOf, type Service } from './service.ts'
import { coded, step } from './smtp_reply.ts'
import { GuardedServer } from './smtp_server.ts'
import { takeForEach } from './take_for_each.ts'
import { type GuardedSite, type SessionLogin, takeMail } from './take_mail.ts'
import { recipientWithToken } from './token_recipient.ts'

const MOST_RECIPIENTS = 100

/** A server for a service, which is going to listen at an address. */
export function serverFor(
  site: GuardedSite,
  tls: Certificate | undefined,
  where: Listen,
  service: Service,
): GuardedServer {
  const disabled = (session: SMTPServerSession) =>
    disabledCommands(service, where, tls !== undefined, session)
  const hooks: SMTPServerOptions = {
    onConnect: (session, done) => {
      // This list replaces the server's.
      session.disabledCommands = disabled(session)
      done()
    },
    onSecure: (_, session, done) => {
      session.disabledCommands = disabled(session)
      server.sessionOf(session).secured()
      done()
    },
    onAuth: (auth, of, done) => {
      const session = server.sessionOf(of)
      const { username = '', password, authzid } = auth
      const logIn = async () => {
        if (!mayLogIn(service, where, of)) throw new Failure('unauthenticated', 'Issue STARTTLS before AUTH.')
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
        if (needsLogin(service) && !of.user) throw notLoggedIn(of)
        // The mail of a user may be a command that needs no disk space.
        if (!of.user) await site.outsidersRoom()
        site.inFlight.expect(session.place, args ? Number(args.SIZE ?? 0) : 0)
        session.senderAccepted()
      })
    },
    onRcptTo: ({ address, args }, of, done) => {
      const session = server.sessionOf(of)
      const recipient = inAscii(address)
      session.asked = recipient
      step(site.events, done, async () => {
        checkParameters(args, RCPT_PARAMETERS)
        if (of.envelope.rcptTo.length >= MOST_RECIPIENTS)
          throw coded(
            452,
            '4.5.3',
            `Too many recipients (at most ${MOST_RECIPIENTS}); send the mail again to the others.`,
          )
        const ours = await site.store.read(tx => recipientWithToken(tx, site, recipient))
        if (!ours) throw new Failure('not_found', 'Unknown recipient address.')
        session.recipientAccepted(recipient)
      })
    },
    onData: (stream, of, done) => {
      const session = server.sessionOf(of)
      session.mailBegins()
      const hangUp = (code: number, reply: string) => server.hangUp(of, code, reply)
      const taking = { stream, of, session, hangUp }
      if (service === 'lmtp')
        step<string | (string | Error)[]>(site.events, done, () =>
          session.busy(() => takeForEach(site, taking)),
        )
      else step(site.events, done, () => session.busy(() => takeMail(site, taking)))
    },
  }
  const server: GuardedServer = new GuardedServer(
    { ...tls, ...fixed(site, tls), ...optionsOf(service), ...hooks },
    where,
    site.guard,
  )
  return server
}

function notLoggedIn({ secure }: SMTPServerSession): Error {
  return coded(530, '5.7.0', secure ? 'Log in with AUTH first.' : 'Issue STARTTLS, then log in with AUTH.')
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
