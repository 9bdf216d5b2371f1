import { Failure } from '../data/failure.ts'
import type { Room } from './disk_space.ts'
import type { Shares } from './files/shares.ts'

/** Above this part of a limit the administrators should hear of it. */
const NEARLY = 0.9

/** What runs short, and what comes of it: sentences for an administrator. */
export async function shortages(shares: Shares, room: Room): Promise<string[]> {
  const { bytes, most, unproven, mostUnproven } = await shares.fill()
  const found: string[] = []
  if (bytes > NEARLY * most)
    found.push(
      `The files take ${percent(bytes, most)} of limits.files: what does not fit is refused. Delete tickets, or raise it.`,
    )
  if (unproven > NEARLY * mostUnproven)
    found.push(
      `Files of mail that nothing proves take ${percent(unproven, mostUnproven)} of the half of limits.files that is theirs: their raw mails go first, then what does not fit is named in its ticket and not kept.`,
    )
  await room().catch(error => {
    if (!(error instanceof Failure)) throw error
    found.push(error.message)
  })
  return found
}

function percent(part: number, whole: number): string {
  return whole === 0 ? 'all' : `${Math.floor((100 * part) / whole)} %`
}
