import { readFileSync } from 'node:fs'

/** The source from which the program was built: `dist/` lies in it. */
export const SOURCE = new URL('../../../', import.meta.url)

/** A file of the source. Throws an Error if there is none. */
export function sourceFile(path: string): string {
  return readFileSync(new URL(path, SOURCE), 'utf8')
}
