import type { Mail } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import { ID, INSTANT, listOf, objectOf, orNull, TEXT } from '../result_schema.ts'
import { shortened } from '../tickets/listing.ts'
import { MAILS_PER_PAGE, type MailFilters, plainMailFilters } from './mail_filters.ts'

/** A page of a list of received mails. */
export interface MailListing {
  readonly mails: readonly MailFacts[]
  /** The number to give as `before` for the next page. */
  readonly next: number | null
}
interface MailFacts extends Pick<Mail, 'received' | 'from' | 'subject' | 'verdict' | 'tickets'> {
  readonly mail: number
}
export const MAIL_LISTING = objectOf({
  mails: listOf(
    objectOf({
      mail: ID,
      received: INSTANT,
      from: orNull(TEXT),
      subject: TEXT,
      verdict: TEXT,
      tickets: listOf(ID),
    }),
  ),
  next: orNull(ID),
})

/** The page with the mails that the search has found and whose records still exist. */
export async function mailListing({ tx, foundMails }: Pick<Call, 'tx' | 'foundMails'>): Promise<MailListing> {
  const page = foundMails.slice(0, MAILS_PER_PAGE)
  const mails: MailFacts[] = []
  for (const { id } of page) {
    const mail = await tx.get('mails', id)
    if (!mail) continue
    const { received, from, subject, verdict, tickets } = mail
    mails.push({ mail: id, received, from, subject, verdict, tickets })
  }
  return { mails, next: foundMails.length > page.length ? page.at(-1)!.id : null }
}

/** The page for people: two short lines a mail. */
export function mailListingText({ mails, next }: MailListing, asked: MailFilters): string {
  if (mails.length === 0 && next === null) return 'There are no such mails.'
  const lines = mails.map(linesOf)
  const more =
    next === null
      ? []
      : [`There are more. For the next page, write:\nmails ${plainMailFilters(asked)}before=${next}`]
  return [...lines, ...more].join('\n\n')
}

function linesOf({ mail, received, from, subject, verdict, tickets }: MailFacts): string {
  const about = tickets.length > 0 ? [`ticket ${tickets.join(', ')}`] : []
  const facts = [momentWords(received), from ?? 'no usable address', verdict, ...about]
  return `${mail} ${shortened(subject) || '(no subject)'}\n${facts.join(' · ')}`
}

/** A moment to the minute, for people. */
export function momentWords(moment: string): string {
  return `${moment.slice(0, 16).replace('T', ' ')} UTC`
}
