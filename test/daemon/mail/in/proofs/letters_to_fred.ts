import type { Test } from 'tap'
import { signedIdsOf } from '../../../../../daemon/mail/signed_ids.ts'
import { DAY } from '../../../../../data/durations.ts'
import { openKeys } from '../../../../../data/secret.ts'
import type { Letter, Mail, Ticket } from '../../../../../data/tables.ts'
import { letter, ticket } from '../../../../data/records.ts'
import { FRED, furnishUsually, HELPDESK, type House, house } from '../../../../house.ts'
import { kept, keptAll } from '../../kept.ts'
import { NO_LETTERS } from '../../no_letters.ts'
import { rawMailer } from '../../wire.ts'

/** The submitter of all tickets, and an outsider. */
export const ERIN = 'erin@example.net'
export const EVE = 'eve@evil.example'

/** A helpdesk whose tickets 1 and 2 belong to fred, who has got many letters about ticket 1. */
export interface LettersToFred extends House {
  /** The reply address of one more letter about ticket 1 to fred. */
  key(): string
  /** The reply address of a letter about which more is said. */
  keyOf(letter: Letter): string
  /** Adds a letter that was sent about ticket 1 to fred, with other fields. */
  letterWith(fields: Partial<Letter>): Letter
  /** Sends a mail with these header fields; by default fred holds ticket 1. Gives the reply. */
  send(fields: Partial<Fields>): Promise<string>
  tickets(): Promise<readonly Ticket[]>
  /** Sets the priority of ticket 1 by a mail to an address; gives what became of the mail, and the ticket. */
  prioritize(
    to: string,
    priority: number,
    fields?: Partial<Fields>,
  ): Promise<Mail & { readonly ticket: Ticket }>
  lastMail(): Promise<Mail>
  /** The letters that tell somebody that a key is spent. */
  notices(): Promise<readonly Letter[]>
}
export interface Fields {
  readonly from: string
  readonly to: string
  readonly subject: string
  /** More lines, each with its line end. */
  readonly more: string
  /** The date and the Message-ID; a new Message-ID by default. */
  readonly ids: string
  readonly text: string
  /** The recipients of the envelope; by default the address in To. */
  readonly recipients: readonly string[]
  readonly envelopeFrom: string
}

const ENOUGH = 250

/** Starts it. `others` are letters that get the numbers from 1 on, and `more` are options; by default, no letter is written. */
export async function lettersToFred(
  t: Test,
  others: readonly Partial<Letter>[] = [],
  more = NO_LETTERS,
): Promise<LettersToFred> {
  const built = await house(t, more, async tx => {
    await furnishUsually(tx)
    for (const title of ['The printer', 'The door'])
      await tx.add('tickets', ticket({ title, submitter_email: ERIN, assigned_to: 2 }))
    for (const fields of others) await tx.add('letters', letterToFred(fields))
    for (let n = 0; n < ENOUGH; n++) await tx.add('letters', letterToFred({}))
  })
  const signedIds = signedIdsOf(await openKeys(built.config.state_dir), HELPDESK, [])
  const post = await rawMailer(t, built.daemon.smtpPort)
  const records = <T extends 'tickets' | 'mails' | 'letters'>(table: T) => kept(built.config.state_dir, table)
  let used = others.length
  let sent = 0
  const keyOf = ({ id, ticket }: Letter) => signedIds.keyAddress({ id, ticket })!
  const letterWith = (fields: Partial<Letter>) => ({ id: 0, ...letterToFred({}), ...fields })
  const key = () => keyOf(letterWith({ id: ++used }))
  const send = (fields: Partial<Fields>) => {
    const { from = FRED.address, to = key(), subject = 'hold 1', more = '', text = 'Later.' } = fields
    const { ids = `Date: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${++sent}@example.org>\r\n` } =
      fields
    const raw = `From: ${from}\r\nTo: ${to}\r\nSubject: ${subject}\r\n${ids}${more}\r\n${text}\r\n`
    const { recipients = [/[^\s<>,]+@[^\s<>,]+/.exec(to)![0]], envelopeFrom = FRED.address } = fields
    return post({ raw: Buffer.from(raw, 'latin1'), to: recipients, from: envelopeFrom })
  }
  return {
    ...built,
    key,
    keyOf,
    letterWith,
    send,
    tickets: () => records('tickets'),
    prioritize: async (to, priority, fields = {}) => {
      await send({ to, subject: `priority 1 ${priority}`, ...fields })
      const all = await keptAll(built.config.state_dir)
      return { ...(await all.find('mails', {})).at(-1)!, ticket: (await all.get('tickets', 1))! }
    },
    lastMail: async () => (await records('mails')).at(-1)!,
    notices: async () => (await records('letters')).filter(({ event }) => event === 'key_spent'),
  }
}

/** A letter that was sent to fred yesterday. */
function letterToFred(fields: Partial<Letter>) {
  const yesterday = daysAgo(1)
  const { id: _, ...rest } = { id: 0, ...fields }
  return letter({
    event: 'followed_up',
    to: FRED.address,
    ticket: 1,
    state: 'sent',
    created: yesterday,
    due: yesterday,
    ...rest,
  })
}

export function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY).toISOString()
}
