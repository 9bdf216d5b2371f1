import type { Author } from '../data/tables.ts'
import { senderWords } from './sender_words.ts'

/** The author's name to display to staff; `user` is the name of a user who still exists. */
export function nameOf(author: Author, user: string | undefined): string {
  switch (author.kind) {
    case 'user':
      return user ?? 'A former user'
    case 'submitter':
      return `${senderNamed(author)}${author.proven === false ? ' (not proven)' : ''}`
    case 'operator':
      return 'The operator'
    case 'daemon':
      return 'The helpdesk'
  }
}

function senderNamed(author: Extract<Author, { kind: 'submitter' }>): string {
  const words = senderWords(author)
  return author.automatic ? `A machine at ${words ?? 'an unknown address'}` : (words ?? 'An unknown sender')
}
