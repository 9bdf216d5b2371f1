import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import type { Installation } from '../torture/process.ts'
import { probed } from './children.ts'
import { type Figure, mebibytes, milliseconds } from './figure.ts'
import { snapshotOf } from './fill.ts'
import { tell } from './rates.ts'

/** The start time of a daemon, compared with a process that only parses the same JSON. */
export async function startTimes(house: Installation, tickets: number): Promise<Figure[]> {
  tell('starting')
  const starts: number[] = []
  const parses: number[] = []
  for (let round = 0; round < 3; round++) {
    parses.push(parseMilliseconds(snapshotOf(house)))
    const daemon = await probed(house)
    starts.push(daemon.startMilliseconds)
    await daemon.end()
  }
  const [start, parse] = [Math.min(...starts), Math.min(...parses)]
  return [
    {
      what: `start with ${tickets} tickets (whole process, ${milliseconds(start)}) ÷ a process that reads the same ${mebibytes(statSync(snapshotOf(house)).size)} with JSON.parse (${milliseconds(parse)}), the best of 3`,
      value: start / parse,
      most: 1.5,
    },
  ]
}

function parseMilliseconds(path: string): number {
  const started = performance.now()
  const script = 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))'
  execFileSync(process.execPath, ['-e', script, path])
  return performance.now() - started
}
