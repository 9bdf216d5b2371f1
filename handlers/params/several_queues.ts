import { Failure } from '../../data/failure.ts'
import type { Queue } from '../../data/tables.ts'
import type { Kind } from '../method.ts'
import { kind } from './kind.ts'
import { listed } from './longest.ts'
import { queue } from './references.ts'

const MOST_QUEUES = 100
const NAME = '[^ \\t:,]+'
/** In a command also `queue support`, `sales and support`, and `all queues`. */
const NAMES = `(?:queues?[ \\t]+)?${NAME}(?:(?:[ \\t]*,[ \\t]*|[ \\t]+and[ \\t]+)${NAME}){0,${MOST_QUEUES}}`

/** At most 100 queues by id or slug, with commas between; `run` gets the queues, each once. */
export function queues(about: string): Kind<readonly Queue[]> {
  const one = queue(about)
  return kind({
    about,
    rule: 'queue ids or slugs, with commas between',
    slot: `all[ \\t]+queues|${NAMES}`,
    fromSlot: words => queuesIn(words),
    parse: (text): readonly (number | string)[] => {
      const items = listed(text)
      if (items.length > MOST_QUEUES)
        throw new Failure('invalid', `this names more than ${MOST_QUEUES} queues; name fewer.`)
      return items.map(item => one.parse(item.trim()) as number | string)
    },
    load: async (given: readonly (number | string)[], call) => {
      const found = new Map<number, Queue>()
      for (const reference of given) {
        const queue = await one.load!(reference, call)
        found.set(queue.id, queue)
      }
      return [...found.values()]
    },
  })
}

/** The value of the parameter that words of a command stand for; none for all queues. */
function queuesIn(words: string): string | Readonly<Record<string, string>> {
  const plain = words.replace(/[ \t]+/g, ' ')
  if (/^all /i.test(plain)) return {}
  return plain.replace(/^queues? /i, '').replace(/ and /gi, ',')
}
