import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server'
import { Failure } from '../../../../data/failure.ts'
import { sha256 } from '../../../../data/secret.ts'
import { addressToken, withoutAddressToken, withoutTokens } from '../../../../data/token.ts'
import type { LoggedIn } from '../../../auth/login.ts'
import { senderNetwork } from '../../sender_network.ts'
import { messageIdOf } from '../headers.ts'
import type { Incoming } from '../incoming.ts'
import { hasTooManyServers } from '../loops.ts'
import type { MailSite, OneMailSite } from '../mail_site.ts'
import { processMail } from '../process_mail.ts'
import { inAscii } from './envelope.ts'
import type { InFlight } from './in_flight.ts'
import { rawOf } from './mail_data.ts'
import type { Session } from './session.ts'
import { coded } from './smtp_reply.ts'
import type { Guard } from './smtp_server.ts'

export const ACCEPTED = '2.0.0 Mail accepted.'

/** The user that a session logged in as, and the password or token, which is masked in its mails. */
export interface SessionLogin extends LoggedIn {
  readonly secret: string
}

/** A site with the state that all listeners of its mail door share. */
export interface GuardedSite extends MailSite {
  readonly guard: Guard
  readonly inFlight: InFlight
}

/** A mail of a session that is about to arrive. */
export interface Taking {
  readonly stream: SMTPServerDataStream
  /** The session of the library. */
  readonly of: SMTPServerSession
  readonly session: Session
  /** Ends the session with this reply. */
  hangUp(code: number, reply: string): void
}

/** Takes a mail of a session; gives the reply once all is durable. Throws the Failure or reply that refuses it. */
export async function takeMail(site: GuardedSite, taking: Taking): Promise<string> {
  await taken(site, taking, processed)
  taking.session.mailKept()
  return ACCEPTED
}

/** Processes a mail; logs that nothing is done if it came before. Throws as `processMail`. */
export async function processed(site: OneMailSite, incoming: Incoming): Promise<void> {
  if ((await processMail(site, incoming)) !== 'repeated') return
  const { peer, session, raw } = incoming
  site.events.mailDropped({
    peer,
    session,
    message_id: messageIdOf(raw.headers) ?? undefined,
    reason: 'already received',
  })
}

/** Receives a mail to its end; gives what `process` makes of it. Throws the Failure or reply that refuses it. */
export async function taken<R>(
  site: GuardedSite,
  taking: Taking,
  process: (site: OneMailSite, incoming: Incoming) => Promise<R>,
): Promise<R> {
  const { session, of, hangUp } = taking
  const held = site.inFlight.hold(session.place, () => {
    // A complete mail is judged soon and frees its room.
    if (!session.isInMail || session.isEnded) return false
    hangUp(421, '4.3.2 Too many large mails, most of them yours; try again later.')
    return true
  })
  try {
    const envelope = envelopeOf(site, of, session)
    return await site.shares.holding(envelope.network, async holding => {
      const raw = await rawOf(holding, site.config, { ...taking, held, secrets: envelope.secrets })
      if (hasTooManyServers(raw.headers)) throw coded(554, '5.4.6', 'Too many hops; mail loop detected.')
      return process({ ...site, store: holding.store, holding }, { ...envelope, raw })
    })
  } catch (error) {
    if (error instanceof Failure) site.events.mailNotDone(error)
    throw error
  } finally {
    held.leave()
  }
}

type Envelope = Omit<Incoming, 'raw'> & { readonly secrets: readonly string[] }

function envelopeOf(site: GuardedSite, of: SMTPServerSession, { id, peer }: Session): Envelope {
  const { mailFrom, rcptTo } = of.envelope
  const login = of.user as SessionLogin | undefined
  const envelopeFrom = mailFrom ? withoutTokens(inAscii(mailFrom.address)) : ''
  const addresses = rcptTo.map(({ address }) => inAscii(address))
  const tokens = [...new Set(addresses.flatMap(address => addressToken(address) ?? []))]
  return {
    envelopeFrom,
    // The address with a token is never kept.
    recipients: [...new Set(addresses.map(withoutAddressToken))],
    peer,
    network: login ? undefined : senderNetwork(peer, envelopeFrom, site.guard.isRelay),
    session: id,
    sessionUser: login?.user.id ?? null,
    sessionToken: login?.token,
    tokenHashes: tokens.map(token => sha256(token)),
    secrets: [...(login ? [login.secret] : []), ...tokens],
  }
}
