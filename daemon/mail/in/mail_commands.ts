import { mailbox } from '../../../data/address.ts'
import { DAY, MINUTE } from '../../../data/durations.ts'
import { Failure } from '../../../data/failure.ts'
import { shortHash } from '../../../data/secret.ts'
import type { Author } from '../../../data/tables.ts'
import type { Given } from '../../../handlers/args.ts'
import type { Command, Unreadable } from '../../../handlers/call.ts'
import { withBody } from '../../../handlers/command/command.ts'
import type { OnceKey } from '../../../handlers/idempotency.ts'
import { oneLine } from '../../../handlers/params/plain_text.ts'
import type { Holding } from '../../files/holding.ts'
import type { ReturnedLetter } from '../signed_ids.ts'
import type { Judgement } from './judge.ts'
import { prefixed } from './kept_words.ts'
import type { RawMail } from './raw_mail.ts'
import type { Received } from './received.ts'

/** Without Date and Message-ID the same words again are more likely meant again than repeated by a server. */
const UNMARKED_KNOWN_MILLISECONDS = 10 * MINUTE
const LONGEST_TITLE = 200
/** What a mail is known again by. */
type Print = Pick<RawMail, 'fingerprint' | 'marked'>
const NO_TEXT = { beginning: '(This mail has no text.)' }

/** The commands that a judgement comes to, each under a key by which the same mail again is known for so many days. */
export async function commandsOf(
  holding: Holding,
  { act, automatic }: Judgement,
  mail: Received,
  keepDays: number,
): Promise<(Command | Unreadable)[]> {
  const once = (about: string) => onceFor(mail, about, keepDays)
  const attachments = given(mail.attachments)
  switch (act.kind) {
    case 'command': {
      if (act.said instanceof Failure) return [{ refused: act.said, once: once('command') }]
      const { text } = mail
      const body = text.file === undefined ? text.beginning : given(text)
      const { params: said, ...command } = withBody(act.said, body)
      const params = act.said.method.params.attachments ? { ...said, attachments } : said
      return [{ ...command, params, once: once('command') }]
    }
    case 'report': {
      const { number, ticket } = act.letter
      const params = {
        ...(number === undefined ? {} : { letter: String(number) }),
        ...(ticket === undefined ? {} : { ticket: String(ticket) }),
        reply: given(act.reason),
      }
      return [{ method: 'report_letter', params, once: reportOf(act.letter, keepDays) }]
    }
    case 'followup': {
      const message = given(mail.text.beginning === '' ? NO_TEXT : mail.text)
      const params = { ticket: String(act.ticket.id), message, public: act.public ? 'y' : 'n', attachments }
      return [{ method: 'add_followup', params, once: once(`ticket ${act.ticket.id}`) }]
    }
    case 'ticket': {
      const ticket = await opening(holding, mail, automatic)
      return act.queues.map(queue => {
        const params = { queue: String(queue.id), ...ticket, attachments }
        return { method: 'create_ticket', params, once: once(`queue ${queue.id}`) }
      })
    }
  }
}

/**
 * The key by which it is known that somebody has had this mail, whatever was made of it. It names the login too: a forged copy that
 * comes first must not keep the mail that is proven from being done.
 */
export function receivedBy(
  mail: Print,
  address: string,
  sessionUser: number | null,
  keepDays: number,
): OnceKey {
  return onceFor(mail, `to ${mailbox(address)} by ${sessionUser ?? 'anybody'}`, keepDays)
}

/** The key of a report about a letter: the same for every report about it, in whatever words. */
export function reportOf({ name }: ReturnedLetter, keepDays: number): OnceKey {
  const former = `report of letter ${name}`
  return { key: shortHash(former), former, milliseconds: keepDays * DAY }
}

function onceFor({ fingerprint, marked }: Print, about: string, keepDays: number): OnceKey {
  const former = `mail ${fingerprint} ${about}`
  return {
    key: shortHash(former),
    former,
    milliseconds: marked ? keepDays * DAY : UNMARKED_KNOWN_MILLISECONDS,
  }
}

/**
 * A mail may say more than a POST: a title of 200 characters, and no text at all. What does not fit in the title is kept in the follow-up.
 */
async function opening(
  holding: Holding,
  { subject, text, from }: Received,
  automatic: boolean,
): Promise<Record<string, Given>> {
  const line = oneLine(subject) || '(no subject)'
  const title = [...line.slice(0, 2 * LONGEST_TITLE)].slice(0, LONGEST_TITLE).join('')
  const body = title === line ? text : await prefixed(holding, `Subject: ${line}\n\n`, text)
  return {
    title: given(title),
    body: given(body),
    ...(from !== null && !automatic ? { submitter_email: given(from) } : {}),
  }
}

/** The actor: the proven user of a command, else the sender that the mail names. */
export function authorOf({ act, automatic, proven }: Judgement, mail: Received): Author {
  if (act.kind === 'command') return { kind: 'user', user: act.user.id }
  const isMachine = automatic || act.kind === 'report'
  return {
    kind: 'submitter',
    address: mail.from,
    automatic: isMachine,
    ...(proven === undefined ? {} : { proven }),
  }
}

function given(value: unknown): Given {
  return { given: value }
}
