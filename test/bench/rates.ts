import { median } from './figure.ts'
import type { Result } from './load.ts'

/** The calls a second of each, as the median of `rounds` rounds. They take turns, so that other load on the machine affects all. */
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

/** Reports progress on standard error. */
export function tell(what: string): void {
  process.stderr.write(`${what} …\n`)
}
