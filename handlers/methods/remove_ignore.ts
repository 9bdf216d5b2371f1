import { method } from '../method.ts'
import { ignore } from '../params/references.ts'

export default method({
  name: 'remove_ignore',
  summary: 'Remove an entry from the ignore list.',
  description: 'Mail that was ignored before stays ignored.',
  may: 'admin',
  frees: true,
  params: {
    ignore: ignore('The number of the entry, or its address or pattern; list_ignores shows them.'),
  },
  command: 'unignore <ignore>',
  example: {
    command: 'unignore *@spam.example',
    says: 'Entry 1 of the ignore list, *@spam.example, is removed.',
  },
  run: async ({ ignore }, { tx }) => {
    await tx.delete('ignores', ignore.id)
    return ignore
  },
  says: ({ id, email }) => `Entry ${id} of the ignore list, ${email}, is removed.`,
})
