import { Failure } from '../data/failure.ts'
import type { Room } from './disk_space.ts'
import type { Shares } from './files/shares.ts'
import type { Outbox } from './mail/out/outbox.ts'

type Sending = Pick<Outbox, 'downSince'>

/** The part of a limit above which the administrators are warned. */
const NEARLY = 0.9

/** What runs short or is down, and the consequences: sentences for an administrator. */
export async function shortages(shares: Shares, room: Room, { downSince }: Sending): Promise<string[]> {
  const { bytes, most, unproven, mostUnproven } = await shares.fill()
  const found: string[] = []
  if (bytes > NEARLY * most)
    found.push(
      `The files take ${percent(bytes, most)} of limits.files; files that do not fit are refused. Delete tickets, or raise limits.files.`,
    )
  if (unproven > NEARLY * mostUnproven)
    found.push(
      `The files of unproven mail take ${percent(unproven, mostUnproven)} of their half of limits.files: raw mails are removed first, then files that do not fit are not kept, and their tickets say so.`,
    )
  await room().catch(error => {
    if (!(error instanceof Failure)) throw error
    found.push(
      'The disk has less room than store.min_free, in bytes or in inodes; nothing new is accepted. Make room on it.',
    )
  })
  if (downSince !== undefined)
    found.push(
      `The smarthost has taken no letter since ${new Date(downSince).toISOString()}; they wait. The log has its reply (smarthost_down), and "letters waiting" lists them.`,
    )
  return found
}

function percent(part: number, whole: number): string {
  return whole === 0 ? 'all' : `${Math.floor((100 * part) / whole)} %`
}
