import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Row, statuses, type Verdict } from '../../data/tables.ts'
import { keptAll } from '../daemon/mail/kept.ts'
import { SUSAN } from '../house.ts'

/** What a mail must do: the file NAME.json beside NAME.eml. */
export interface Expected {
  readonly verdict: Verdict
  readonly reasons?: readonly string[]
  /** The ticket that it belongs to, a new one, or none. */
  readonly ticket: number | 'new' | null
  /** Whether its follow-up is public. */
  readonly public?: boolean
  /** Its text. */
  readonly text?: string
  /** Of the ticket, afterwards. */
  readonly status?: string
  /** The events and the recipients of the letters that it causes, without those that tell the administrator of a new ticket. */
  readonly letters?: readonly string[]
  /** Of a new ticket. */
  readonly title?: string
  readonly submitter?: string | null
}

/** How a mail is sent. */
export interface Sending {
  readonly raw: Buffer
  /** The envelope sender; that of From if the expectation names none. */
  readonly from: string
  /** The recipient of the envelope. */
  readonly to: string
}

interface InFile extends Expected {
  readonly envelope?: string
  readonly to?: string
}

/** Reads a case. `filled` replaces what stands for parts of our letters, also in the recipient. */
export function mailCase(
  folder: string,
  name: string,
  to: string,
  filled: (text: string) => string,
): { readonly sending: Sending; readonly wanted: Expected } {
  const text = filled(readFileSync(join(folder, `${name}.eml`), 'latin1'))
  const { envelope, to: given = to, ...wanted }: InFile = JSON.parse(
    readFileSync(join(folder, `${name}.json`), 'utf8'),
  )
  const from = envelope ?? senderIn(text)
  return { sending: { raw: Buffer.from(text, 'latin1'), from, to: filled(given) }, wanted }
}

function senderIn(text: string): string {
  const [, from = ''] = /^From: ((?:.*\r\n[ \t])*.*)/m.exec(text) ?? []
  return /[^\s<>,]+@[^\s<>,]+/.exec(from.replace(/"[^"]*"/, ''))?.[0] ?? ''
}

/** The records that a mail may change. */
export interface Records {
  readonly mails: readonly Row<'mails'>[]
  readonly tickets: readonly Row<'tickets'>[]
  readonly followups: readonly Row<'followups'>[]
  readonly letters: readonly Row<'letters'>[]
}

export async function recordsIn(stateDirectory: string): Promise<Records> {
  const tx = await keptAll(stateDirectory)
  const [mails, tickets] = [await tx.find('mails', {}), await tx.find('tickets', {})]
  return { mails, tickets, followups: await tx.find('followups', {}), letters: await tx.find('letters', {}) }
}

/** What a mail did, with the facts that `wanted` names. */
export function done(before: Records, after: Records, wanted: Expected): Partial<Expected> {
  const mail = after.mails[before.mails.length]
  // It was refused, or is not recorded.
  if (!mail) return {}
  const { verdict, reasons, tickets } = mail
  const isNew = after.tickets.length > before.tickets.length
  const ticket = after.tickets.find(({ id }) => id === tickets[0])
  const followup = after.followups.at(-1)!
  const hasFollowup = after.followups.length > before.followups.length
  const facts = {
    verdict,
    reasons,
    ticket: isNew ? 'new' : (ticket?.id ?? null),
    public: hasFollowup ? followup.public : undefined,
    text: hasFollowup ? followup.comment : undefined,
    status: ticket && statuses[ticket.status],
    letters: after.letters
      .slice(before.letters.length)
      .filter(({ event, to }) => event !== 'opened' || to !== SUSAN.address)
      .map(({ event, to }) => `${event} ${to}`),
    title: ticket?.title,
    submitter: ticket?.submitter_email,
  } as const
  return Object.fromEntries(Object.entries(facts).filter(([name]) => name in wanted)) as Partial<Expected>
}
