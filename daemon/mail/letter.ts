import type { SendMailOptions } from 'nodemailer'
import type { Files, Reader } from '../../data/store.ts'
import type { Letter } from '../../data/tables.ts'
import { type About, answerOf, marks as eventMarks, nameOf, tagOf, textOf } from './letters/english.ts'
import { LOOP_FIELD, type Marks } from './mark.ts'
import { quoteOf } from './quote.ts'
import { wholeText } from './whole_text.ts'

/** A base64 word of RFC 2047 holds at most 75 characters; 42 bytes make 56 of them, and leave room for its frame. */
const WORD_BYTES = 42
const UNSAFE = /=\?|\S{60}|\s\s/

/**
 * A letter as nodemailer takes it, made from the records as they are now. Undefined where what it is about has gone meanwhile.
 * The envelope is always explicit, and each address in it has passed our own check: nodemailer would read a list into a string.
 */
export async function render(
  tx: Reader,
  files: Files,
  letter: Letter,
  marks: Marks,
  mailAddress: string,
): Promise<SendMailOptions | undefined> {
  const about = await aboutOf(tx, letter)
  if (letter.event !== 'answered' && !about) return undefined
  const frame = {
    messageId: marks.messageId(letter),
    to: [{ name: '', address: letter.to }],
    headers: {
      'Auto-Submitted': letter.event === 'answered' ? 'auto-replied' : 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      [LOOP_FIELD]: marks.loop(),
    },
    date: new Date(letter.created),
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  }
  if (letter.event === 'answered') {
    const { subject, message_id } = letter.answer!
    return {
      ...frame,
      from: { name: 'Helpdesk', address: mailAddress },
      envelope: { from: '', to: [letter.to] },
      subject: safeSubject(`Re: ${subject}`),
      text: answerOf(letter.answer!, about),
      ...threadOf(about, marks, message_id),
    }
  }
  const { ticket, queue, followup } = about!
  return {
    ...frame,
    from: { name: safeName(queue.title), address: queue.email_address ?? mailAddress },
    envelope: { from: marks.returnPath(letter), to: [letter.to] },
    subject: safeSubject(`${tagOf(ticket, queue)} ${ticket.title} ${eventMarks[letter.event]}`),
    text: textOf(letter.event, about!),
    attachments: followup && !quoteOf(followup).isWhole ? [wholeText(files, followup)] : [],
    ...threadOf(about, marks, followup?.message_id ?? null),
  }
}

async function aboutOf(tx: Reader, letter: Letter): Promise<About | undefined> {
  const ticket = letter.ticket === null ? undefined : await tx.get('tickets', letter.ticket)
  const queue = ticket && (await tx.get('queues', ticket.queue))
  if (!ticket || !queue) return undefined
  const owner = ticket.assigned_to === null ? undefined : await tx.get('users', ticket.assigned_to)
  const followup = letter.followup === null ? undefined : await tx.get('followups', letter.followup)
  const user = followup?.author.kind === 'user' ? await tx.get('users', followup.author.user) : undefined
  const author = followup ? nameOf(followup.author, user && (user.full_name || user.username)) : ''
  return { ticket, queue, owner: owner?.username, followup, author }
}

function threadOf(about: About | undefined, marks: Marks, answers: string | null): Partial<SendMailOptions> {
  const references = [...(about ? [marks.threadId(about.ticket.id)] : []), ...(answers ? [answers] : [])]
  return { ...(references.length ? { references } : {}), ...(answers ? { inReplyTo: answers } : {}) }
}

/**
 * A subject as it may stand in a header. What looks like an encoded word would be decoded by whoever reads it, line ends and all,
 * a long word cannot be folded into lines, and of several blanks folding keeps one: these go encoded.
 */
function safeSubject(subject: string): string {
  if (!UNSAFE.test(subject)) return subject
  const words: string[] = []
  let word = ''
  for (const character of subject) {
    if (Buffer.byteLength(word + character) > WORD_BYTES) {
      words.push(word)
      word = ''
    }
    word += character
  }
  return [...words, word].map(text => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`).join(' ')
}

function safeName(name: string): string {
  return name.replaceAll('=?', '= ?')
}
