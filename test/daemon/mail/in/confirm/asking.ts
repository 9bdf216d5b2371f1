import type { Test } from 'tap'
import type { Letter, Mail, Tables } from '../../../../../data/tables.ts'
import { ticket } from '../../../../data/records.ts'
import { FRED, furnishUsually, HELPDESK, type House, house, SUSAN } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import { sentLetter } from '../../sent_letter.ts'
import { rawMailer } from '../../wire.ts'

export const ERIN = 'erin@example.net'
export const EVE = 'eve@evil.example'
/** Enough letters for any test. */
export const NO_CAPS = 'limits.letters_per_address_hour = 1000\nlimits.letters_per_address_day = 1000'

/** A mail as it goes over the wire; by default one of fred to the helpdesk. */
export interface Sent {
  readonly from?: string
  readonly to?: string
  readonly subject?: string
  readonly text?: string
  /** More header lines, each with its line end. */
  readonly more?: string
  readonly envelopeFrom?: string
  readonly recipients?: readonly string[]
  /** Date and Message-ID; a new Message-ID by default. */
  readonly ids?: string
}

/** A letter that asks fred, as it was sent. */
export interface Question {
  readonly letter: Letter
  readonly subject: string
  readonly text: string
  readonly messageId: string
  /** Its Reply-To; empty if it has none. */
  readonly key: string
}

/** A helpdesk with tickets 1 and 2 of erin, which fred owns, and what mails without proof become there. */
export interface Asking extends House {
  send(mail: Sent): Promise<string>
  /** Sends a mail; gives its record. */
  record(mail: Sent): Promise<Mail>
  /** Sends a command of fred without proof; gives the letter that asks. */
  asked(mail: Sent): Promise<Question>
  /** Sends fred's answer to a letter; gives its record. */
  answer(question: Question, text: string, mail?: Sent): Promise<Mail>
  /** The last letter to an address. */
  letterTo(address: string): Promise<Question>
  all<T extends keyof Tables>(table: T): Promise<readonly Tables[T][]>
  isHeld(ticket: number): Promise<boolean>
}

export async function asking(t: Test, more = ''): Promise<Asking> {
  const built = await house(t, more, async tx => {
    await furnishUsually(tx)
    for (const title of ['The printer', 'The door'])
      await tx.add('tickets', ticket({ title, submitter_email: ERIN, assigned_to: 2 }))
  })
  const post = await rawMailer(t, built.daemon.smtpPort)
  const all = <T extends keyof Tables>(table: T) =>
    kept(built.config.state_dir, table) as Promise<Tables[T][]>
  let sent = 0
  const send = ({
    from = FRED.address,
    to = HELPDESK,
    subject = 'hold 1',
    text = '',
    more = '',
    ...rest
  }: Sent) => {
    const ids = `Date: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${++sent}@example.org>\r\n`
    const head = `From: ${from}\r\nTo: ${to}\r\nSubject: ${subject}\r\n${rest.ids ?? ids}${more}`
    return post({
      raw: Buffer.from(`${head}\r\n${text.replaceAll('\n', '\r\n')}\r\n`),
      to: rest.recipients ?? [/[^\s<>,]+@[^\s<>,]+/.exec(to)![0]],
      from: rest.envelopeFrom ?? FRED.address,
    })
  }
  const record = async (mail: Sent) => {
    const reply = await send(mail)
    if (!reply.startsWith('250')) throw new Error(reply)
    return (await all('mails')).at(-1)!
  }
  const letterTo = async (address: string) => {
    const letter = (await all('letters')).findLast(({ to }) => to === address)!
    const { messageId = '', subject = '', text = '', replyTo } = await sentLetter(built, letter.id)
    return { letter, subject, text, messageId, key: replyTo?.value[0]?.address ?? '' }
  }
  return {
    ...built,
    send,
    record,
    all,
    letterTo,
    asked: async mail => {
      await record(mail)
      return letterTo(FRED.address)
    },
    answer: ({ key, subject, messageId }, text, mail = {}) =>
      record({
        to: key,
        subject: `Re: ${subject}`,
        text,
        ...mail,
        more: `In-Reply-To: ${messageId}\r\nReferences: ${messageId}\r\n${mail.more ?? ''}`,
      }),
    isHeld: async id => (await all('tickets')).find(one => one.id === id)!.on_hold,
  }
}

export { FRED, HELPDESK, SUSAN }
