import { Failure } from '../../../../data/failure.ts'
import { withoutAddressToken } from '../../../../data/token.ts'
import type { Incoming } from '../incoming.ts'
import type { OneMailSite } from '../mail_site.ts'
import { recipientOf } from './recipient.ts'
import { replyOf } from './smtp_reply.ts'
import { ACCEPTED, type GuardedSite, processed, type Taking, taken } from './take_mail.ts'

/**
 * Takes a mail by LMTP; gives one reply for each accepted RCPT, in their order (RFC 2033 4.2), once all is durable. All recipients share
 * one commit, as by SMTP, so that it succeeds or fails for all of them; one that is no longer ours is left out of it, and told so.
 */
export async function takeForEach(site: GuardedSite, taking: Taking): Promise<(string | Error)[]> {
  const recipients = taking.session.accepted.map(nameOf)
  try {
    const ours = await taken(site, taking, processedFor)
    if (ours.size > 0) taking.session.mailKept()
    const gone = replyOf(site.events, new Failure('not_found', 'This recipient address no longer exists.'))
    return recipients.map(one => (ours.has(one) ? ACCEPTED : gone))
  } catch (error) {
    const reply = replyOf(site.events, error)
    return recipients.map(() => reply)
  }
}

/** smtp-server takes two spellings of an address for one recipient, and keeps the last. */
function nameOf(address: string): string {
  return withoutAddressToken(address).toLowerCase()
}

/** Processes a mail for the recipients that are still ours; gives their names. */
async function processedFor(site: OneMailSite, incoming: Incoming): Promise<ReadonlySet<string>> {
  const ours = await site.store.read(async tx => {
    const found: string[] = []
    for (const one of incoming.recipients) if (await recipientOf(tx, site, one)) found.push(one)
    return found
  })
  if (ours.length > 0) await processed(site, { ...incoming, recipients: ours })
  return new Set(ours.map(nameOf))
}
