import { readdirSync, readFileSync } from 'node:fs'

/**
 * The processor time of a process and of its children so far, in milliseconds: of all threads that still run. It depends less on other load
 * on the machine than speeds do.
 */
export function processorTime(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`).map(thread => `/proc/${pid}/task/${thread}`)
  const own = threads.map(thread => Number(wordsIn(`${thread}/schedstat`)[0]) / 1e6)
  const children = threads.flatMap(thread => wordsIn(`${thread}/children`))
  return sum([...own, ...children.map(child => processorTime(Number(child)))])
}

function wordsIn(path: string): string[] {
  return readFileSync(path, 'utf8').split(/\s+/).filter(Boolean)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
