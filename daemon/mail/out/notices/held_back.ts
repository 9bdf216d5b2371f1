import type { HeldBackNotice, LetterLimit } from '../../../../data/tables.ts'
import type { Wording } from '../letters/wording.ts'
import type { NoticeText } from './notice_text.ts'

/** To the administrators: letters are held back. */
export function heldBackText(words: Wording, { to, about, limit }: HeldBackNotice): NoticeText {
  const held = { recipient: to, why: limitWords(words, limit) }
  return {
    words,
    subject: words.say('held_back.subject'),
    paragraphs: [
      words.say('held_back.introduction'),
      'ticket' in about
        ? words.say('held_back.ticket', { ...held, ticket: about.ticket })
        : words.say('held_back.mail', { ...held, mail: about.mail }),
      words.say('held_back.show'),
    ],
  }
}

/** A clause. */
function limitWords(words: Wording, limit: LetterLimit): string {
  if (limit.per === 'all') return words.say('held_back.all')
  return words.say(`held_back.${limit.per}`, { count: limit.most })
}
