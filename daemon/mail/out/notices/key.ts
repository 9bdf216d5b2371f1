import type { KeyNotice } from '../../../../data/tables.ts'
import type { Wording } from '../letters/wording.ts'
import type { NoticeText } from './notice_text.ts'

/** To a user: others know the key of a letter, or those of its links. */
export function keyText(words: Wording, { ticket, is_link, from }: KeyNotice): NoticeText {
  const isOwn = from === undefined
  const values = { ticket, sender: from ?? words.say('key_spent.nobody') }
  return {
    words,
    subject: words.say(is_link ? 'key_spent.links_subject' : 'key_spent.subject', values),
    paragraphs: is_link
      ? [
          words.say(isOwn ? 'key_spent.links_shared' : 'key_spent.links_stranger', values),
          words.say('key_spent.links_effect'),
          isOwn ? '' : words.say('key_spent.links_report'),
        ]
      : [
          words.say(isOwn ? 'key_spent.shared' : 'key_spent.stranger', values),
          words.say('key_spent.effect'),
          words.say('key_spent.instead', values),
          isOwn ? '' : words.say('key_spent.report'),
        ],
  }
}
