import type { FailingAddress } from '../../data/tables.ts'
import { failingFacts } from '../letters/failing_addresses.ts'
import { momentWords } from '../mails/mail_listing.ts'
import { method } from '../method.ts'
import { optional } from '../params/kind.ts'
import { whole } from '../params/numbers_and_dates.ts'
import { BOOLEAN, COUNT, ID, INSTANT, listOf, objectOf, orNull, TEXT } from '../result_schema.ts'

const PER_PAGE = 50

export default method({
  name: 'list_failing',
  summary: 'List the addresses that letters do not reach.',
  description:
    'The 50 addresses that get no letters whose first failure is the newest: how many letters failed or that one was reported as spam, the last reply, and since when no more are written. clear_address or a mail from the address ends that. A program gets addresses and next; before=NEXT gives the next page, and next is null on the last one. Failures of an address that still gets letters are not listed; they are forgotten after 30 days without another.',
  may: 'agent',
  reads: true,
  params: {
    before: optional(whole('Only addresses before the one with this number: next of the page before.', 1)),
  },
  command: 'failing',
  example: {
    command: 'failing',
    says: 'ann@customer.example · 3 letters failed · since 2026-03-01 12:00 UTC\n550 5.1.1 no such mailbox',
    gives: {
      addresses: [
        {
          address: 'ann@customer.example',
          reply: '550 5.1.1 no such mailbox',
          complained: false,
          letters: 3,
          since: '2026-03-01T12:00:00.000Z',
        },
      ],
      next: null,
    },
  },
  run: async ({ before }, { tx }) => {
    const behind = before === undefined ? {} : { after: before }
    const page = { newest: true, limit: PER_PAGE + 1, ...behind } as const
    const found = await tx.find('failing', { since: { from: '' } }, page)
    const addresses = found.slice(0, PER_PAGE)
    return { addresses, next: found.length > PER_PAGE ? addresses.at(-1)!.id : null }
  },
  says: ({ addresses, next }) => {
    const more =
      next === null ? [] : [`There are more. For the next page, write:\nlist_failing before=${next}`]
    return (
      [...addresses.map(linesOf), ...more].join('\n\n') || 'Letters reach all addresses, as far as is known.'
    )
  },
  gives: ({ addresses, next }) => ({
    addresses: addresses.map(one => ({ ...failingFacts(one), letters: one.count, since: one.since! })),
    next,
  }),
  givesSchema: objectOf({
    addresses: listOf(
      objectOf({ address: TEXT, reply: TEXT, complained: BOOLEAN, letters: COUNT, since: INSTANT }),
    ),
    next: orNull(ID),
  }),
})

function linesOf({ address, count, reply, since, complained }: FailingAddress): string {
  const letters = complained
    ? 'reported as spam'
    : count === 1
      ? '1 letter failed'
      : `${count} letters failed`
  return `${address} · ${letters} · since ${momentWords(since!)}\n${reply}`
}
