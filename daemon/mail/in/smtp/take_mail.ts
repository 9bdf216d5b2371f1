import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server'
import { Failure } from '../../../../data/failure.ts'
import { sha256 } from '../../../../data/secret.ts'
import { addressToken, withoutAddressToken, withoutTokens } from '../../../../data/token.ts'
import type { LoggedIn } from '../../../auth/login.ts'
import { senderNetwork } from '../../sender_network.ts'
import { hasTooManyServers } from '../loops.ts'
import type { MailSite } from '../mail_site.ts'
import { processMail } from '../process_mail.ts'
import { inAscii } from './envelope.ts'
import type { InFlight } from './in_flight.ts'
import { rawOf } from './mail_data.ts'
import type { Session } from './session.ts'
import { coded } from './smtp_reply.ts'
import type { Guard } from './smtp_server.ts'

/** The user that a session logged in as, and the password or token, which is masked in its mails. */
export interface SessionLogin extends LoggedIn {
  readonly secret: string
}

/** A site with the state that all listeners of its mail door share. */
export interface GuardedSite extends MailSite {
  readonly guard: Guard
  readonly inFlight: InFlight
}

/** Takes a mail of a session; gives the reply once all is durable. Throws the Failure or reply that refuses it. */
export async function takeMail(
  site: GuardedSite,
  stream: SMTPServerDataStream,
  { envelope: { mailFrom, rcptTo }, user }: SMTPServerSession,
  session: Session,
  hangUp: (code: number, reply: string) => void,
): Promise<string> {
  const { id, peer, place } = session
  const held = site.inFlight.hold(place, () => {
    // A complete mail is judged soon and frees its room.
    if (!session.isInMail || session.isEnded) return false
    hangUp(421, '4.3.2 Too many large mails, most of them yours; try again later.')
    return true
  })
  try {
    const loggedIn = user as SessionLogin | undefined
    const envelopeFrom = mailFrom ? withoutTokens(inAscii(mailFrom.address)) : ''
    const addresses = rcptTo.map(({ address }) => inAscii(address))
    const tokens = [...new Set(addresses.flatMap(address => addressToken(address) ?? []))]
    const secrets = [...(loggedIn ? [loggedIn.secret] : []), ...tokens]
    const network = loggedIn ? undefined : senderNetwork(peer, envelopeFrom, site.guard.isRelay)
    const outcome = await site.shares.holding(network, async holding => {
      const raw = await rawOf(holding, site.config, {
        stream,
        session,
        held,
        secrets,
        hangUp,
      })
      if (hasTooManyServers(raw.headers)) throw coded(554, '5.4.6', 'Too many hops; mail loop detected.')
      return processMail(
        { ...site, store: holding.store, holding },
        {
          raw,
          envelopeFrom,
          // The address with a token is never kept.
          recipients: [...new Set(addresses.map(withoutAddressToken))],
          peer,
          network,
          session: id,
          sessionUser: loggedIn?.user.id ?? null,
          sessionToken: loggedIn?.token,
          tokenHashes: tokens.map(token => sha256(token)),
          secrets,
        },
      )
    })
    if (outcome === 'repeated')
      site.events.mailDropped({
        peer,
        session: id,
        message_id: session.messageId,
        reason: 'already received',
      })
    session.mailKept()
    return '2.0.0 Mail accepted.'
  } catch (error) {
    if (error instanceof Failure) site.events.mailNotDone(error)
    throw error
  } finally {
    held.leave()
  }
}
