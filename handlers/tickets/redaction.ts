// One thing: all places where the text of a follow-up is kept.
import type { Tx } from '../../data/store.ts'
import type { Change, Followup, Instant, Letter, MailAnswer, Ticket, Value } from '../../data/tables.ts'
import { told } from '../change.ts'
import { askedWords, withoutAsked } from '../confirm/asked_words.ts'

/** In characters; so much of a text identifies it where it is quoted. */
const LONGEST_COMPARED = 60
const PAGE = 100
const REMOVED = '(redacted)'

/**
 * Removes the text and the files of a follow-up from all records but its ticket, and puts a line in its place. Gives the ticket without
 * them, for `change` to write.
 */
export async function withoutText(tx: Tx, ticket: Ticket, followup: Followup, line: string): Promise<Ticket> {
  await redactFollowup(tx, followup, line)
  await redactChanges(tx, followup)
  await redactMails(tx, followup)
  await redactAsked(tx, followup)
  const isResolution =
    followup.comment !== '' &&
    ticket.resolution === followup.comment &&
    ticket.resolution_file === followup.comment_file
  if (!isResolution) return ticket
  const { resolution_file: _, ...rest } = ticket
  return { ...rest, resolution: null }
}

/** Deletes the record first, so that the store soon removes its old text from its own files, too. */
async function redactFollowup(tx: Tx, followup: Followup, line: string): Promise<void> {
  const { comment_file: _, network: __, original: ___, ...rest } = followup
  await tx.delete('followups', followup.id)
  const changes = changesWithout(followup.changes, told(followup.comment))
  await tx.put('followups', { ...rest, comment: line, changes, attachments: [], redacted: true })
}

/** The later changes of a resolution that was the same text name it, too. */
async function redactChanges(tx: Tx, { id, ticket, comment, changes }: Followup): Promise<void> {
  const text = told(comment)
  if (!changes.some(change => isAbout(change, text))) return
  for (let after = id; ; ) {
    const page = await tx.find('followups', { ticket }, { limit: PAGE, after })
    for (const later of page)
      if (later.changes.some(change => isAbout(change, text)))
        await tx.put('followups', { ...later, changes: changesWithout(later.changes, text) })
    if (page.length < PAGE) return
    after = page.at(-1)!.id
  }
}

function isAbout({ field, from, to }: Change, text: Value): boolean {
  return field === 'resolution' && text !== '' && (from === text || to === text)
}

function changesWithout(changes: readonly Change[], text: Value): readonly Change[] {
  const without = (value: Value) => (value === text ? REMOVED : value)
  return changes.map(change =>
    isAbout(change, text) ? { ...change, from: without(change.from), to: without(change.to) } : change,
  )
}

/**
 * The raw mails that came with the follow-up or later go, since any of them may quote it; and those that were nearly a command, since the
 * text may have been sent again with the link of the answer. So do the sentences of letters that quote it,
 * also of letters that answer a mail about several tickets.
 */
async function redactMails(tx: Tx, followup: Followup): Promise<void> {
  const { ticket, date } = followup
  const tickets = new Set([ticket])
  for (const mail of await tx.find('mails', { tickets: ticket })) {
    for (const other of mail.tickets) tickets.add(other)
    if (mail.received < date && mail.verdict !== 'near_miss') continue
    const { raw_size: _, network: __, ...rest } = mail
    const subject = subjectWithout(followup, mail.subject, mail.received)
    if (mail.raw !== null || subject !== mail.subject) await tx.put('mails', { ...rest, subject, raw: null })
  }
  for (const about of tickets)
    for (const letter of await tx.find('letters', { ticket: about })) await redactLetter(tx, letter, followup)
}

async function redactLetter(tx: Tx, letter: Letter, followup: Followup): Promise<void> {
  if (!letter.answer) return
  const offering = offersWithout(letter.answer, followup)
  const answer = letter.created < followup.date ? offering : wordsWithout(offering, followup, letter.created)
  if (answer !== letter.answer) await tx.put('letters', { ...letter, answer })
}

/** Without the commands that have the text in their links: it may have been sent with one, so the letter may be older. */
function offersWithout(answer: MailAnswer, followup: Followup): MailAnswer {
  const { next = [], ...rest } = answer
  const kept = next.filter(({ line, text = '' }) => !isQuoted(followup, `${line} ${text}`))
  return kept.length === next.length ? answer : { ...rest, ...(kept.length > 0 ? { next: kept } : {}) }
}

function wordsWithout(answer: MailAnswer, followup: Followup, at: Instant): MailAnswer {
  const subject = subjectWithout(followup, answer.subject, at)
  const sentences = answer.sentences.map(sentence => (isQuoted(followup, sentence) ? REMOVED : sentence))
  const { attachment, ...rest } = answer
  const { attachments, original } = followup
  const isGone = [...attachments, original].some(gone => gone !== undefined && gone.file === attachment?.file)
  const isSame = subject === answer.subject && sentences.every((one, at) => one === answer.sentences[at])
  const kept = attachment && !isGone ? { attachment } : {}
  return isSame && !isGone ? answer : { ...rest, ...kept, subject, sentences }
}

/** The letters that asked whether to write it, and the mails before them. */
async function redactAsked(tx: Tx, followup: Followup): Promise<void> {
  for (const { mail: number, letter: asking } of await tx.find('confirmations', {
    tickets: followup.ticket,
  })) {
    const letter = await tx.get('letters', asking)
    if (!letter || !askedWords(letter).some(words => isQuoted(followup, words))) continue
    const mail = await tx.get('mails', number)
    if (mail) {
      const { raw_size: _, network: __, ...rest } = mail
      const subject = subjectWithout(followup, mail.subject, followup.date)
      await tx.put('mails', { ...rest, subject, raw: null })
    }
    await tx.put('letters', withoutAsked(letter, REMOVED))
  }
}

/** Whether a sentence has the text, or the name of a file, as the answers to some commands do. */
function isQuoted({ comment, attachments }: Followup, sentence: string): boolean {
  const whole = plain(sentence, Number.POSITIVE_INFINITY)
  const gone = [comment, ...attachments.map(({ filename }) => filename)].map(text => plain(text))
  return gone.some(text => text !== '' && whole.includes(text))
}

/** A subject of the same commit is that of the command, which may end with the text, `followup 5: TEXT`; a later one may quote it after a colon. */
function subjectWithout({ comment, date }: Followup, subject: string, at: Instant): string {
  const text = comment.trim()
  const hasText = text !== '' && subject.endsWith(at === date ? text : `: ${text}`)
  return hasText ? `${subject.slice(0, -text.length)}${REMOVED}` : subject
}

/** The beginning of a text on one line, so that it can be compared with a quotation that is wrapped elsewhere. */
function plain(text: string, most = LONGEST_COMPARED): string {
  return text
    .split(/[\s>]+/)
    .join(' ')
    .trim()
    .slice(0, most)
}
