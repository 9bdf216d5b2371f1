import type { Attachment } from '../../../../data/tables.ts'

/** A line for each file of a follow-up: whether it goes along with the letter. */
export function fileLines(files: readonly Attachment[], along: readonly Attachment[]): string {
  return files
    .map(file => {
      const words = along.includes(file) ? 'Attached' : 'Not attached'
      return `${words}: ${file.filename} (${sizeOf(file.size)})`
    })
    .join('\n')
}

function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`
  return `${(bytes / 1e6).toFixed(1)} MB`
}
