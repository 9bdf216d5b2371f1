import type { Reader } from '../../../../data/store.ts'
import type { FailingNotice } from '../../../../data/tables.ts'
import type { LetterWords } from '../letters/letter_words.ts'
import type { Wording } from '../letters/wording.ts'
import type { NoticeText } from './notice_text.ts'

/** To the administrators: an address of a user or a queue gets no more letters. It is in the language of that queue. */
export async function failingText(tx: Reader, all: LetterWords, notice: FailingNotice): Promise<NoticeText> {
  const { address: failing, reply, complained, whose } = notice
  const queue = 'queue' in whose ? await tx.get('queues', whose.queue) : undefined
  const words = all.ofQueues(queue ? [queue] : [])
  return {
    words,
    subject: words.say('failing.subject', { failing }),
    paragraphs: [
      words.say(complained ? 'card.complained' : 'card.failing', { failing, reply }),
      `${await ownerSentence(tx, words, notice)} ${words.say('correction.stopped', { failing })}`.trimStart(),
      `${words.say('failing.correct')}\n  clear ${failing}`,
      words.say('failing.list'),
    ],
  }
}

/** Whose address it is; empty if that is gone. */
async function ownerSentence(
  tx: Reader,
  words: Wording,
  { address: failing, whose }: FailingNotice,
): Promise<string> {
  if ('queue' in whose) {
    const queue = await tx.get('queues', whose.queue)
    return queue ? words.say('failing.queue', { failing, queue: queue.title }) : ''
  }
  const user = await tx.get('users', whose.user)
  return user ? words.say('failing.user', { failing, user: user.username }) : ''
}
