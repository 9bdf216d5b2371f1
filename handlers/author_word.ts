import type { Reader } from '../data/store.ts'
import type { Author } from '../data/tables.ts'
import { senderWords } from './sender_words.ts'

/** An author by name, for staff: the username, the address of a mail's sender or the From as written, `operator` or `helpdesk`. */
export async function authorWord(tx: Reader, author: Author): Promise<string> {
  switch (author.kind) {
    case 'user':
      return usernameOf(tx, author.user)
    case 'submitter':
      return author.address ?? senderWords(author) ?? 'unknown sender'
    case 'operator':
      return 'operator'
    case 'daemon':
      return 'helpdesk'
  }
}

export async function usernameOf(tx: Reader, id: number): Promise<string> {
  return (await tx.get('users', id))?.username ?? `user ${id}`
}
