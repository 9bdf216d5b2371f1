import { mailbox } from '../../../data/address.ts'
import type { Attachment, FileName, Followup, Letter } from '../../../data/tables.ts'

/** What decides which files of a follow-up a letter carries. */
interface Carries {
  readonly letter: Pick<Letter, 'event' | 'to'>
  readonly isStaff: boolean
  /** Whether the letter quotes the follow-up. */
  readonly quotes: boolean
  /** In bytes. */
  readonly most: number
  /** The files that do not exist any more. */
  readonly gone: ReadonlySet<FileName>
}

/**
 * The files of a follow-up that go along with a letter about it, in their order, as long as all together have at most `most` bytes. Those of a
 * private follow-up go to staff alone. Nobody gets the own files back, and none go to the user that an unproven mail names: whoever writes
 * in the name of others must not make us send them files.
 */
export function filesAlong(
  followup: Followup | undefined,
  { letter: { event, to }, isStaff, quotes, most, gone }: Carries,
): readonly Attachment[] {
  if (!followup || !quotes || event === 'claimed' || isBy(followup, to)) return []
  if (!followup.public && !isStaff) return []
  const along: Attachment[] = []
  let left = most
  for (const file of followup.attachments)
    if (file.size <= left && !gone.has(file.file)) {
      along.push(file)
      left -= file.size
    }
  return along
}

function isBy({ author }: Followup, to: string): boolean {
  return author.kind === 'submitter' && author.address !== null && mailbox(author.address) === mailbox(to)
}
