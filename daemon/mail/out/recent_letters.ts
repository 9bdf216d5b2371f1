import { DAY, HOUR } from '../../../data/durations.ts'
import type { Reader, Store } from '../../../data/store.ts'
import type { Letter } from '../../../data/tables.ts'
import type { LetterCaps } from '../../../handlers/letters/letter_caps.ts'
import { echoOf, weightOf } from '../../../handlers/letters/weight.ts'
import { inRanges, type Range } from '../../net/ip.ts'
import { senderNetwork } from '../sender_network.ts'

/** How many letters are read in one transaction. */
const PAGE = 500

type IsRelay = (address: string) => boolean

/**
 * Restores the counts of the caps after a start, from the letters of the last day. `now` is in milliseconds since 1970, `relays` is
 * the setting smtp.relays.
 */
export async function countRecent(
  store: Store,
  caps: LetterCaps,
  relays: readonly Range[],
  now: number,
): Promise<void> {
  const isRelay = inRanges(relays)
  const since = new Date(now - DAY).toISOString()
  let behind: { after?: number } = {}
  for (;;) {
    const page = await store.read(async tx => {
      const found = await tx.find('letters', {}, { newest: true, limit: PAGE, ...behind })
      for (const letter of found) if (letter.created > since) await countOne(tx, caps, isRelay, letter, now)
      return found
    })
    const last = page.at(-1)
    if (page.length < PAGE || !last || last.created <= since) return
    behind = { after: last.id }
  }
}

async function countOne(
  tx: Reader,
  caps: LetterCaps,
  isRelay: IsRelay,
  { id, event, to, ...letter }: Letter,
  now: number,
): Promise<void> {
  const at = Date.parse(letter.created)
  if (event === 'held_back' && !caps.areTold(at)) caps.tell(at)
  // The newest letter comes first.
  if (event === 'summary' && caps.summaryFor(to) === undefined) caps.setSummary(to, id)
  if (event === 'key_spent' || event === 'unconfirmed') caps.count({ claim: to }, at)
  const ticket = letter.ticket === null ? undefined : await tx.get('tickets', letter.ticket)
  const followup = letter.followup === null ? undefined : await tx.get('followups', letter.followup)
  if (!ticket || !followup) return
  const weighed = { event, to, ticket, author: followup.author }
  const echo = await echoOf(tx, weighed)
  // The other parts of its weight only count for an hour.
  if (at <= now - HOUR) return caps.count(echo, at)
  const sender = 'echo' in echo ? await senderOfFirst(tx, isRelay, ticket.id) : ''
  caps.count(await weightOf(tx, weighed, echo, sender), at)
}

/** The sender network of the mail that opened a ticket. */
async function senderOfFirst(tx: Reader, isRelay: IsRelay, ticket: number): Promise<string> {
  const [mail] = await tx.find('mails', { tickets: ticket }, { limit: 1 })
  return mail ? senderNetwork(mail.peer, mail.envelope_from, isRelay) : ''
}
