import type { Queue } from '../../data/tables.ts'
import { method } from '../method.ts'
import { BOOLEAN, ID, listOf, objectOf, TEXT } from '../result_schema.ts'
import { actorSees } from '../visible.ts'

const QUEUE = objectOf({ id: ID, title: TEXT })
const OWN = { escalate_at: TEXT, time_zone: TEXT, forwards: BOOLEAN }

export default method({
  name: 'list_queues',
  summary: 'List the queues.',
  description:
    'The list is sorted by title. A queue that has them shows the hour at which its tickets rise, its time zone, and forwards. A program gets objects with id and title, and escalate_at, time_zone and forwards of such queues; in text/json the id is a string, as in the API of 2008.',
  may: 'agent',
  reads: true,
  params: {},
  command: 'queues',
  example: { command: 'queues', says: '1 support Support', gives: [{ id: 1, title: 'Support' }] },
  run: async (_, { tx, actor }) => {
    const queues = await tx.find('queues', {}, { by: 'title' })
    return queues.filter(({ id }) => actorSees(actor, id))
  },
  says: queues => queues.map(lineOf).join('\n') || 'There are no queues.',
  gives: queues => queues.map(({ id, title, ...queue }) => ({ id, title, ...ownOf(queue) })),
  givesAs: 'queues',
  givesSchema: listOf({ ...QUEUE, properties: { ...QUEUE.properties, ...OWN } }),
  stringIds: true,
})

type Own = Pick<Queue, 'escalate_at' | 'time_zone' | 'forwards'>

function ownOf({ escalate_at, time_zone, forwards }: Own): Own {
  return {
    ...(escalate_at ? { escalate_at } : {}),
    ...(time_zone ? { time_zone } : {}),
    ...(forwards ? { forwards } : {}),
  }
}

function lineOf({ id, slug, title, ...queue }: Queue): string {
  const { escalate_at = '', time_zone = '', forwards } = ownOf(queue)
  const own = [escalate_at, time_zone, forwards ? 'forwards=y' : ''].filter(Boolean).join(' ')
  return `${id} ${slug} ${title}${own && ` (${own})`}`
}
