import type { Ignore, Queue } from '../../data/tables.ts'
import { inQueues } from '../ignore_list.ts'
import { method } from '../method.ts'
import { ID, INSTANT, listOf, objectOf, TEXT } from '../result_schema.ts'

export default method({
  name: 'list_ignores',
  summary: 'List the senders whose mail is ignored.',
  description: 'The list is sorted by number. A program gets the slugs of the queues; none means all queues.',
  may: 'admin',
  reads: true,
  params: {},
  command: 'ignores',
  example: {
    command: 'ignores',
    says: '1 *@spam.example in all queues\n2 shop@mail.example in queue Support: Receipts',
    gives: [
      { ignore: 1, email: '*@spam.example', name: '', queues: [], created: '2026-03-01T12:00:00.000Z' },
      {
        ignore: 2,
        email: 'shop@mail.example',
        name: 'Receipts',
        queues: ['support'],
        created: '2026-03-01T12:00:00.000Z',
      },
    ],
  },
  run: async (_, { tx }) => {
    const queues = new Map((await tx.find('queues', {})).map(queue => [queue.id, queue]))
    const ignores = await tx.find('ignores', {})
    return ignores.map(entry => ({ entry, queues: (entry.queues ?? []).flatMap(id => queues.get(id) ?? []) }))
  },
  says: listed => listed.map(lineOf).join('\n') || 'The ignore list is empty.',
  gives: listed =>
    listed.map(({ entry: { id, email, name, created }, queues }) => {
      return { ignore: id, email, name, queues: queues.map(({ slug }) => slug), created }
    }),
  givesAs: 'ignores',
  givesSchema: listOf(
    objectOf({ ignore: ID, email: TEXT, name: TEXT, queues: listOf(TEXT), created: INSTANT }),
  ),
})

function lineOf({ entry, queues }: { entry: Ignore; queues: readonly Queue[] }): string {
  const { id, email, name } = entry
  return `${id} ${email} ${inQueues(queues)}${name === '' ? '' : `: ${name}`}`
}
