import { statSync } from 'node:fs'
import type { Installation } from '../torture/process.ts'
import type { Probed } from './children.ts'
import { type Figure, mebibytes, median, milliseconds } from './figure.ts'
import { snapshotOf } from './fill.ts'
import { tell } from './rates.ts'

const RUN_SECONDS = 4
const FIRST_MILLISECONDS = 500

/** The event-loop delay during a checkpoint under load, and the memory that it takes. `run` makes the load. */
export async function underLoad(
  daemon: Probed,
  house: Installation,
  tickets: number,
  run: (seconds: number) => Promise<unknown>,
): Promise<Figure[]> {
  tell('making checkpoints under load')
  const delays = []
  for (let round = 0; round < 3; round++) {
    const running = run(RUN_SECONDS)
    await new Promise(resolve => setTimeout(resolve, FIRST_MILLISECONDS))
    delays.push(await daemon.checkpoint())
    await running
  }
  const { rss } = await daemon.memory()
  const { size } = statSync(snapshotOf(house))
  const took = median(delays.map(({ took }) => took))
  return [
    {
      what: `event-loop delay at p99.9 during a checkpoint of ${tickets} tickets under load (${milliseconds(took)}), ms`,
      value: median(delays.map(({ p999 }) => p999)),
      most: 20,
    },
    {
      what: `memory after it (${mebibytes(rss)}) ÷ (3 × the snapshot of ${mebibytes(size)} + 150 MB)`,
      value: rss / (3 * size + 150e6),
      most: 1,
    },
  ]
}
