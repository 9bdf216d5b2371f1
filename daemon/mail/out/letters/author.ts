import type { Author } from '../../../../data/tables.ts'
import { senderWords } from '../../../../handlers/sender_words.ts'
import type { About } from '../about.ts'
import type { Wording } from './wording.ts'

type Sender = Extract<Author, { kind: 'submitter' }>

/**
 * The author of the follow-up as the reader may see it; empty without one. Only staff get the display name, which is what an outsider has
 * written, and watchers not even the address of a sender. To people outside, the operator and the daemon are the queue.
 */
export function authorNamed({ words, author, user, queue, role }: About): string {
  switch (author?.kind) {
    case undefined:
      return ''
    case 'user':
      return user ?? words.say('author.former')
    case 'submitter':
      if (role === 'watcher') return words.say('author.submitter')
      return senderNamed(words, role === 'staff' ? author : { ...author, name: '' })
    case 'operator':
    case 'daemon':
      return role === 'staff' ? words.say(`author.${author.kind}`) : queue.title
  }
}

function senderNamed(words: Wording, author: Sender): string {
  const sender = senderIn(words, author)
  const named = author.automatic
    ? sender === undefined
      ? words.say('author.unknown_machine')
      : words.say('author.machine', { sender })
    : (sender ?? words.say('author.unknown'))
  return author.proven === false ? words.say('author.unproven', { sender: named }) : named
}

/** Somebody who wrote a mail, as staff see it; undefined if nothing is known. */
export function senderIn(
  words: Wording,
  { address, name = '' }: { readonly address: string | null; readonly name?: string | undefined },
): string | undefined {
  if (address !== null) return senderWords({ address, name })
  return name === '' ? undefined : words.say('author.without_address', { name })
}
