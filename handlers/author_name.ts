import type { Author } from '../data/tables.ts'

/** The author's name to display; `user` is the name of a user who still exists. */
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

function senderNamed({ address, automatic }: Extract<Author, { kind: 'submitter' }>): string {
  return automatic ? `A machine at ${address ?? 'an unknown address'}` : (address ?? 'An unknown sender')
}
