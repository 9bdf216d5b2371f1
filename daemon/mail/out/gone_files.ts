import type { Files, Reader } from '../../../data/store.ts'
import type { FileName, Letter } from '../../../data/tables.ts'

/** The files that a letter may carry. */
export async function filesFor(
  tx: Reader,
  { followup: id, answer }: Pick<Letter, 'followup' | 'answer'>,
): Promise<readonly FileName[]> {
  const followup = id === null ? undefined : await tx.get('followups', id)
  return [...(followup?.attachments ?? []), ...(answer?.attachment ? [answer.attachment] : [])].map(
    ({ file }) => file,
  )
}

/**
 * Those of the files that are gone or cannot be opened, so that the text of the letter can say so. It opens each of them, outside the
 * transaction that renders the letter. One that is lost after that, or is damaged, ends with a sentence.
 */
export async function goneFiles(
  files: Pick<Files, 'stream'>,
  names: readonly FileName[],
): Promise<ReadonlySet<FileName>> {
  const gone = new Set<FileName>()
  for (const name of names) {
    const stream = await files.stream(name).catch(() => undefined)
    if (stream) stream.destroy()
    else gone.add(name)
  }
  return gone
}
