// One thing: what the letters about a command without proof say.
import { INVISIBLE } from '../../../../data/invisible.ts'
import type { AskingNotice, RefusingNotice } from '../../../../data/tables.ts'
import { shortCommand } from '../../../../handlers/confirm/ask.ts'
import { CONFIRM_HOURS } from '../../../../handlers/confirm/confirmation.ts'
import { tagOf } from '../letters/tag.ts'
import type { Wording } from '../letters/wording.ts'
import type { NamedTicket } from './named_tickets.ts'
import type { NoticeText } from './notice_text.ts'

/** How many tickets are named with their titles, and how many files. */
const MOST_NAMED = 5

/** The question whether to carry out a command. No line of it is a yes, whatever the mail says: mail programs quote it. */
export function askingText(
  words: Wording,
  notice: AskingNotice,
  tickets: readonly NamedTicket[],
): NoticeText {
  const { subject, mail, does, files } = notice
  return {
    words,
    subject: words.say('confirm.subject', { command: shortCommand(subject) }),
    paragraphs: [
      commandLines(words, notice),
      `${words.say('confirm.does')}\n\n${does.map(indented).join('\n')}`,
      titleLines(words, tickets),
      filesSentence(words, files),
      words.say('confirm.yes', { hours: CONFIRM_HOURS }),
      words.say('confirm.no'),
      `${words.say('confirm.silence')} ${words.say('confirm.kept', { mail })} ${words.say('confirm.not_meant')}`,
    ],
  }
}

/** Why a command is not carried out, and not asked about. */
export function refusingText(words: Wording, notice: RefusingNotice): NoticeText {
  const { subject, mail, why } = notice
  return {
    words,
    subject: words.say('confirm.refused_subject', { command: shortCommand(subject) }),
    paragraphs: [
      commandLines(words, notice),
      typeof why === 'string'
        ? `${words.say('confirm.refused')} ${why}`
        : `${words.say('confirm.refused')} ${words.say('confirm.too_many', { count: why.waiting })}`,
      `${words.say('confirm.kept', { mail })} ${words.say('confirm.not_meant')}`,
      words.say('confirm.others'),
    ],
  }
}

function commandLines(words: Wording, { subject, text }: AskingNotice | RefusingNotice): string {
  const lines = text === '' ? [] : ['', ...text.split('\n').map(line => `  > ${visible(line)}`.trimEnd())]
  return [words.say('confirm.introduction'), '', `  ${visible(subject)}`, ...lines].join('\n')
}

function titleLines(words: Wording, tickets: readonly NamedTicket[]): string {
  if (tickets.length === 0) return ''
  const lines = tickets
    .slice(0, MOST_NAMED)
    .map(({ ticket, queue }) => `  ${tagOf(ticket, queue)} ${visible(ticket.title)}`)
  const more = moreThanNamed(words, tickets)
  return [words.say('confirm.about'), '', ...lines, ...(more === '' ? [] : [`  ${more}`])].join('\n')
}

function filesSentence(words: Wording, files: readonly string[]): string {
  if (files.length === 0) return ''
  const names = files.slice(0, MOST_NAMED).map(visible).join(', ')
  return words.say('confirm.files', { files: `${names} ${moreThanNamed(words, files)}`.trimEnd() })
}

/** How many others there are; empty if all are named. */
function moreThanNamed(words: Wording, all: readonly unknown[]): string {
  return all.length > MOST_NAMED ? words.say('confirm.more', { count: all.length - MOST_NAMED }) : ''
}

function indented(sentence: string): string {
  return sentence
    .split('\n')
    .map(line => `  ${line}`.trimEnd())
    .join('\n')
}

/** A line without characters that could hide what it says, or show it in another order. */
function visible(line: string): string {
  return line.replaceAll('\t', ' ').replace(INVISIBLE, '')
}
