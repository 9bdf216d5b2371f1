import { method } from '../method.ts'
import { ID, listOf, objectOf, TEXT } from '../result_schema.ts'
import { actorSees } from '../visible.ts'

export default method({
  name: 'list_queues',
  summary: 'List the queues.',
  description:
    'The list is sorted by title. A program gets objects with id and title; in text/json the id is a string, as in the API of 2008.',
  may: 'agent',
  reads: true,
  params: {},
  command: 'queues',
  example: { command: 'queues', says: '1 support Support', gives: [{ id: 1, title: 'Support' }] },
  run: async (_, { tx, actor }) => {
    const queues = await tx.find('queues', {}, { by: 'title' })
    return queues.filter(({ id }) => actorSees(actor, id))
  },
  says: queues =>
    queues.map(({ id, slug, title }) => `${id} ${slug} ${title}`).join('\n') || 'There are no queues.',
  gives: queues => queues.map(({ id, title }) => ({ id, title })),
  givesAs: 'queues',
  givesSchema: listOf(objectOf({ id: ID, title: TEXT })),
  stringIds: true,
})
