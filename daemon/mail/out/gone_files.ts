import type { Store } from '../../../data/store.ts'
import type { FileName, Letter } from '../../../data/tables.ts'

/**
 * Those of the files which a letter may carry that are gone or cannot be opened, so that its text can say so. It opens each of them, outside
 * the transaction that renders the letter. One that is lost after that, or is damaged, ends with a sentence.
 */
export async function goneFiles(
  store: Pick<Store, 'files' | 'read'>,
  { followup: id, answer }: Letter,
): Promise<ReadonlySet<FileName>> {
  const followup = id === null ? undefined : await store.read(tx => tx.get('followups', id))
  const gone = new Set<FileName>()
  for (const { file } of [
    ...(followup?.attachments ?? []),
    ...(answer?.attachment ? [answer.attachment] : []),
  ]) {
    const stream = await store.files.stream(file).catch(() => undefined)
    if (stream) stream.destroy()
    else gone.add(file)
  }
  return gone
}
