import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { readConfig } from '../../daemon/config/config.ts'
import { forget } from '../../daemon/housekeeping.ts'
import { DAY } from '../../data/durations.ts'
import { tables } from '../../data/indexes.ts'
import { openStore } from '../../data/json/open.ts'
import type { Store } from '../../data/store.ts'
import type { Table } from '../../data/tables.ts'
import { quietStore } from '../house.ts'
import { liveThrough } from './year.ts'

/** The figures of a simulated time, in bytes and milliseconds. */
export interface Figures {
  readonly end: number
  readonly records: Readonly<Record<Table, number>>
  /** The characters of all comments, and their bytes in UTF-8. */
  readonly characters: number
  readonly textBytes: number
  /** In use after a garbage collection, less what an empty process uses. */
  readonly heapBytes: number
  readonly residentBytes: number
  readonly peakBytes: number
  /** The event-loop delay while records were removed. */
  readonly worstDelay: number
  readonly seconds: number
}

/** Runs in a separate process to measure its memory. Arguments: a config file, the days, and the mails a day. */
const [path = '', days = '', mailsPerDay = ''] = process.argv.slice(2)
process.send!(await simulated(path, Number(days), Number(mailsPerDay)))
process.disconnect()

async function simulated(path: string, days: number, mailsPerDay: number): Promise<Figures> {
  const config = readConfig(path)
  const store = await openStore(config.state_dir, quietStore)
  const empty = heapInUse()
  const began = performance.now()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const age = async (now: number) => {
    delay.enable()
    await forget(store, now, config)
    delay.disable()
  }
  const end = await liveThrough({ store, config, days, mailsPerDay, start: Date.now() - days * DAY, age })
  const seconds = (performance.now() - began) / 1000
  const heapBytes = heapInUse() - empty
  const figures = {
    end,
    records: await countsOf(store),
    ...(await textsIn(store)),
    heapBytes,
    residentBytes: process.memoryUsage.rss(),
    peakBytes: Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024,
    worstDelay: delay.max / 1e6,
    seconds,
  }
  await store.close()
  return figures
}

function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

async function countsOf(store: Store): Promise<Figures['records']> {
  const counts: Partial<Record<Table, number>> = {}
  for (const table of tables) counts[table] = await store.read(tx => tx.count(table, {}))
  return counts as Figures['records']
}

async function textsIn(store: Store): Promise<Pick<Figures, 'characters' | 'textBytes'>> {
  let [characters, textBytes] = [0, 0]
  for (let after = 0; ; ) {
    const page = await store.read(tx => tx.find('followups', {}, { after, limit: 1000 }))
    if (page.length === 0) return { characters, textBytes }
    for (const { id, comment } of page) {
      characters += comment.length
      textBytes += Buffer.byteLength(comment)
      after = id
    }
  }
}
