import type { NotYes } from '../../data/tables.ts'

/** Why an answer does not count as a yes, for the record of its mail: a clause. */
export function notYesWords(why: NotYes): string {
  switch (why.is) {
    case 'strangers':
      return 'the address of our letter is no longer that of an active user'
    case 'off':
      return 'commands.proofs no longer has confirm'
    case 'keyless':
      return 'it did not go to the reply address of our letter, or to those of several'
    case 'header':
      return why.rule
    case 'older':
      return `our letter is older than the addresses of ${why.username}`
    case 'address':
      return `it is from ${why.from}, which is not an address of ${why.username}`
    case 'login':
      return 'the session of the mail logged in as another user'
    case 'words':
      return 'its first line is not the word yes'
  }
}
