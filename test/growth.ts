/** The large input is so many times the small one: linear time takes 32 times as long, and quadratic time a thousand times. */
const TIMES = 32
const MOST_TIMES = 180
/** The processor time of a process is told in ticks on some machines. */
const TICKS_MILLISECONDS = 20
const ROUNDS = 5
const TRIES = 10

/**
 * `linear`, or how much longer the work takes for 32 times as much. `workFor` prepares the work for a size. The best processor time of
 * several rounds counts, so that neither the speed of the machine nor its load matters.
 */
export async function growthOf(size: number, workFor: (size: number) => () => unknown): Promise<string> {
  const short = await milliseconds(workFor(size))
  const most = short * MOST_TIMES + TICKS_MILLISECONDS
  const work = workFor(size * TIMES)
  let long = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < TRIES && long > most; tries++) long = Math.min(long, await processorTime(work))
  return long > most
    ? `${short.toFixed(3)} ms, and ${long.toFixed(0)} ms for ${TIMES} times as much`
    : 'linear'
}

/** The best processor time of some rounds of work, in milliseconds. */
export async function milliseconds(work: () => unknown): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) best = Math.min(best, await processorTime(work))
  return best
}

async function processorTime(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
