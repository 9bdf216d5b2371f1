import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'
import { type Off, switchOff } from './off.ts'

// Loaded into the daemon before its own code: measures from inside, makes a checkpoint on request, and
// switches off the parts whose cost the bench measures.

interface Checkpoint {
  consider(): void
  run(): Promise<void>
}
export interface Memory {
  readonly rss: number
}
/** The event-loop delay during a checkpoint, in milliseconds. */
export interface Delay {
  readonly p999: number
  readonly worst: number
  readonly took: number
}

let checkpoint: Checkpoint | undefined

// Threads and children of the daemon load this module too, but must not run it.
if (isMainThread && process.argv[1]?.endsWith('main.js')) {
  const off = process.env.HELPDESKD_OFF as Off | undefined
  if (off) await switchOff(off)
  await listen()
}

async function listen(): Promise<void> {
  const module: { Checkpoint: { prototype: Checkpoint } } = await import(process.env.HELPDESKD_CHECKPOINT!)
  const { prototype } = module.Checkpoint
  const { consider } = prototype
  prototype.consider = function (this: Checkpoint) {
    checkpoint = this
    consider.call(this)
  }
  process.on('message', async asked => {
    process.send!(asked === 'memory' ? ({ rss: process.memoryUsage.rss() } satisfies Memory) : await delay())
  })
  process.channel!.unref()
}

async function delay(): Promise<Delay> {
  // With a coarser resolution an idle loop seems late.
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  const started = performance.now()
  histogram.enable()
  await checkpoint!.run()
  histogram.disable()
  const took = performance.now() - started
  return { p999: histogram.percentile(99.9) / 1e6, worst: histogram.max / 1e6, took }
}
