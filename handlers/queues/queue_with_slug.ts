import type { Reader } from '../../data/store.ts'
import type { Queue } from '../../data/tables.ts'

/** How many former slugs a queue keeps. */
const MOST_FORMER = 20

/** The queue with a slug, else the one that had it before a change of its slug; undefined if there is none. */
export async function queueWithSlug(tx: Reader, slug: string): Promise<Queue | undefined> {
  const [now] = await tx.find('queues', { slug })
  if (now) return now
  return (await tx.find('queues', {})).find(({ former_slugs = [] }) => former_slugs.includes(slug))
}

/** All slugs of a queue: the present one and the former ones. */
export function slugsOf({ slug, former_slugs = [] }: Queue): readonly string[] {
  return [slug, ...former_slugs]
}

/** The former slugs of a queue whose slug becomes `slug`: the newest first. */
export function formerSlugs(queue: Queue, slug: string): Pick<Queue, 'former_slugs'> {
  const former = slugsOf(queue).filter(one => one !== slug)
  return former.length === 0 ? {} : { former_slugs: former.slice(0, MOST_FORMER) }
}
