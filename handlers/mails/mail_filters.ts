import { spellingsOf } from '../../data/address.ts'
import type { Search } from '../../data/store.ts'
import type { Mail } from '../../data/tables.ts'
import type { Args } from '../method.ts'
import { address } from '../params/addresses.ts'
import { choice } from '../params/choices.ts'
import { optional } from '../params/kind.ts'
import { date, whole } from '../params/numbers_and_dates.ts'
import { mailFilterWords } from './mail_filter_words.ts'
import { verdicts } from './verdicts.ts'

/** How many mails a page has. */
export const MAILS_PER_PAGE = 50

export const mailFilters = {
  verdict: optional(choice('Only mails with this verdict.', verdicts)),
  sender: optional(address('Only mails with this address in From.')),
  day: optional(date('Only mails that came on this day, in UTC.')),
  before: optional(whole('Only mails before the one with this number: next of the page before.', 1)),
  filters: optional(mailFilterWords),
}
export type MailFilters = Partial<Args<typeof mailFilters>>

/** The search for a page of mails, newest first. It looks for one more than a page has, to tell whether there are more. */
export function mailSearch({ verdict, sender, day, before }: MailFilters): Search<Mail> {
  return {
    where: {
      ...(verdict ? { verdict } : {}),
      ...(sender ? { from: { in: spellingsOf(sender) } } : {}),
      ...(day ? { received: { from: `${day}T00:00:00.000Z`, to: `${day}T23:59:59.999Z` } } : {}),
    },
    by: [],
    newest: true,
    limit: MAILS_PER_PAGE + 1,
    ...(before === undefined ? {} : { after: [before] }),
  }
}

/** The filters as parameters of the plain form, each followed by a blank. */
export function plainMailFilters({ verdict, sender, day }: MailFilters): string {
  return Object.entries({ verdict, sender, day })
    .map(([name, value]) => (value === undefined ? '' : `${name}=${value} `))
    .join('')
}
