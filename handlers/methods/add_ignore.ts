import { checkIgnore, inQueues, refuseOurs } from '../ignore_list.ts'
import { method } from '../method.ts'
import { addressPattern } from '../params/addresses.ts'
import { flag } from '../params/flags.ts'
import { optional } from '../params/kind.ts'
import { queues } from '../params/several_queues.ts'
import { line } from '../params/texts.ts'
import { ID } from '../result_schema.ts'
import { limitedTo } from '../visible.ts'

export default method({
  name: 'add_ignore',
  summary: 'Ignore the mail of a sender.',
  description:
    'Mail from these addresses is accepted and recorded, but it opens no ticket, adds nothing to one, and nobody gets a letter about it. In an address, * stands for any part before the @, for any domain, or, as in *@*.spam.example, for the names before the rest of a domain. Mail that is proven to come from a user is never ignored. The list has at most 1000 entries.',
  may: 'admin',
  params: {
    email: addressPattern('The address to ignore, or a pattern of addresses.'),
    queues: optional(queues('The queues that ignore it; without them, all queues.')),
    name: optional(line('What the entry is for.', 100)),
    force: optional(flag('Whether to add it even if it is an address of a user or of a queue.')),
  },
  command: 'ignore <email> [<queues>][: <name>]',
  example: {
    command: 'ignore *@news.example: Newsletters',
    says: 'Mail from *@news.example is ignored in all queues; this is entry 3.',
    gives: 3,
  },
  run: async ({ email, queues, name, force }, { tx, now }) => {
    await checkIgnore(tx, email)
    if (!force) await refuseOurs(tx, email)
    return tx.add('ignores', { email, name: name ?? '', ...limitedTo(queues), created: now })
  },
  says: ({ id, email }, { queues = [] }) =>
    `Mail from ${email} is ignored ${inQueues(queues)}; this is entry ${id}.`,
  gives: ({ id }) => id,
  givesAs: 'ignore',
  givesSchema: ID,
})
