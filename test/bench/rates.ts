import { median } from './figure.ts'
import type { Result } from './load.ts'

/** Calls a second of each, the median of so many rounds; all in turn, so that what else the machine does falls on all. */
export async function rates<K extends string>(
  kinds: Readonly<Record<K, () => Promise<Result>>>,
  rounds: number,
): Promise<Record<K, number>> {
  const names = Object.keys(kinds) as K[]
  const found = Object.fromEntries(names.map(name => [name, []])) as unknown as Record<K, number[]>
  for (let round = 1; round <= rounds; round++) {
    tell(`measuring ${names.join(', ')}: round ${round} of ${rounds}`)
    for (const name of names) {
      const { perSecond, refused } = await kinds[name]()
      if (refused) throw new Error(`${refused} calls of ${name} were refused`)
      found[name].push(perSecond)
    }
  }
  return Object.fromEntries(names.map(name => [name, median(found[name])])) as Record<K, number>
}

/** Says on standard error what goes on. */
export function tell(what: string): void {
  process.stderr.write(`${what} …\n`)
}
