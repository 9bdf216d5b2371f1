import type { Reader } from '../../../../data/store.ts'
import type { DoubtNotice, NotYes, NoYesNotice } from '../../../../data/tables.ts'
import { momentWords } from '../../../../handlers/mails/mail_listing.ts'
import type { Wording } from '../letters/wording.ts'
import type { NoticeText } from './notice_text.ts'

/** To the administrators: the answer of a user is no yes. */
export async function doubtText(tx: Reader, words: Wording, notice: DoubtNotice): Promise<NoticeText> {
  const { username, why, is_done } = notice
  return {
    words,
    subject: words.say('cancelled.subject', { user: username }),
    paragraphs: [
      `${words.say('cancelled.administrators', { user: username, why: whyNot(words, why) })} ${outcome(words, is_done)}`,
      await factLines(tx, words, notice),
      words.say('cancelled.look'),
    ],
  }
}

/** To the user: the same. */
export function noYesText(words: Wording, { command, why, is_done }: NoYesNotice): NoticeText {
  return {
    words,
    subject: `Re: ${words.say('confirm.subject', { command })}`,
    paragraphs: [
      `${words.say('cancelled.user', { why: whyNot(words, why) })} ${outcome(words, is_done)} ${words.say('cancelled.told')}`,
      words.say('cancelled.again'),
    ],
  }
}

function outcome(words: Wording, isDone: boolean): string {
  return words.say(isDone ? 'cancelled.done' : 'cancelled.not_done')
}

/** A clause. */
function whyNot(words: Wording, why: NotYes): string {
  switch (why.is) {
    case 'header':
      return words.say('cancelled.why_header', { rule: why.rule })
    case 'older':
      return words.say('cancelled.why_older', { user: why.username })
    case 'address':
      return words.say('cancelled.why_address', { sender: why.from, user: why.username })
    default:
      return words.say(`cancelled.why_${why.is}`)
  }
}

/** What was asked for, from where, and what was answered; without the records that are no longer kept. */
async function factLines(tx: Reader, words: Wording, notice: DoubtNotice): Promise<string> {
  const { methods, tickets, asking, answering, letter: number, line } = notice
  const [asked, answered] = [await tx.get('mails', asking), await tx.get('mails', answering)]
  const letter = await tx.get('letters', number)
  const commands = methods.join(', ') || words.say('cancelled.unknown')
  const came = (received: string, peer: string, mail: number) => ({
    moment: momentWords(received),
    peer,
    mail,
  })
  return [
    words.say('cancelled.commands', { commands }),
    ...(tickets.length > 0 ? [words.say('cancelled.tickets', { tickets: tickets.join(', ') })] : []),
    ...(asked ? [words.say('cancelled.came', came(asked.received, asked.peer, asking))] : []),
    ...(letter ? [words.say('cancelled.asked', { recipient: letter.to, letter: number })] : []),
    ...(answered
      ? [
          words.say('cancelled.answered', came(answered.received, answered.peer, answering)),
          words.say('cancelled.from', { sender: answered.from ?? words.say('cancelled.no_address') }),
        ]
      : []),
    words.say('cancelled.line', { line: line === '' ? words.say('cancelled.no_words') : line }),
  ].join('\n')
}
