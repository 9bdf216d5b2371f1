import { DAY } from '../../data/durations.ts'
import type { Reader } from '../../data/store.ts'
import type { Mail } from '../../data/tables.ts'
import { method } from '../method.ts'
import { ID, listOf, objectOf, orNull, TEXT } from '../result_schema.ts'

const MOST_LISTED = 100
/** How many of the newest mails are searched, and how many are read at a time. */
const MOST_LOOKED_AT = 10_000
const PAGE = 500

export default method({
  name: 'list_held_back',
  summary: 'List the letters that were held back.',
  description:
    'The list covers the last day, grouped by the mail that would have caused the letters, newest first, at most 100 mails. Letters are held back when nothing proves who sent the mail, and the recipient, or all unknown recipients together, already got as many letters as [limits] allows. Letters to addresses that they do not reach are listed here only if a mail would have caused them; list_failing lists those addresses.',
  may: 'admin',
  reads: true,
  params: {},
  example: {
    command: 'list_held_back',
    says: 'No letter to eve@example.net about ticket 31794: that address has reached its hourly limit of 5.',
    gives: [
      {
        mail: 1,
        from: 'eve@example.net',
        tickets: [31794],
        held_back: [
          'No letter to eve@example.net about ticket 31794: that address has reached its hourly limit of 5.',
        ],
      },
    ],
  },
  run: (_, { tx, now }) => heldBackSince(tx, new Date(Date.parse(now) - DAY).toISOString()),
  says: mails =>
    mails.flatMap(({ held_back = [] }) => held_back).join('\n') || 'No letter was held back in the last day.',
  gives: mails =>
    mails.map(({ id, from, tickets, held_back = [] }) => ({ mail: id, from, tickets, held_back })),
  givesAs: 'mails',
  givesSchema: listOf(
    objectOf({ mail: ID, from: orNull(TEXT), tickets: listOf(ID), held_back: listOf(TEXT) }),
  ),
})

async function heldBackSince(tx: Reader, since: string): Promise<Mail[]> {
  const found: Mail[] = []
  let behind: { after?: number } = {}
  for (let looked = 0; looked < MOST_LOOKED_AT && found.length < MOST_LISTED; looked += PAGE) {
    const page = await tx.find('mails', {}, { newest: true, limit: PAGE, ...behind })
    found.push(...page.filter(({ received, held_back }) => received > since && held_back !== undefined))
    const last = page.at(-1)
    if (page.length < PAGE || !last || last.received <= since) break
    behind = { after: last.id }
  }
  return found.slice(0, MOST_LISTED)
}
