import type { Reader, Store, Tx } from '../../data/store.ts'
import { BeyondContract, checkCall, checkSearch } from './contract.ts'

/** Thrown only here, to roll back the first run of a transaction. */
class FirstRun extends Error {}

/**
 * A store that checks transactions against the contract. It runs each one twice, and rolls back the first run of `transact`, as after
 * a conflict in a database. It refuses work that awaits anything but its tx, or asks for more than every store gives.
 */
export function twice(store: Store): Store {
  const underWay = new Set<Promise<unknown>>()
  let closed = false
  const run = async <R>(work: (tx: Tx) => Promise<R>): Promise<R> => {
    await store.transact(tx => firstRun(work, tx)).catch(forgive)
    return store.transact(tx => strictly(work, tx))
  }
  const look = async <R>(work: (tx: Reader) => Promise<R>): Promise<R> => {
    await store.read(tx => firstRun(work, tx)).catch(forgive)
    return store.read(tx => strictly(work, tx))
  }
  const awaited = <R>(running: Promise<R>): Promise<R> => {
    underWay.add(running)
    return running.finally(() => underWay.delete(running))
  }
  return {
    read: work => awaited(closed ? store.read(work) : look(work)),
    transact: work => awaited(closed ? store.transact(work) : run(work)),
    search: async (table, search) => {
      checkSearch(table, search)
      return awaited(store.search(table, search))
    },
    watch: (table, wake) => store.watch(table, wake),
    files: store.files,
    free: () => store.free(),
    keys: () => store.keys(),
    close: async () => {
      closed = true
      await Promise.allSettled(underWay)
      await store.close()
    },
  }
}

async function firstRun<X extends Reader, R>(work: (tx: X) => Promise<R>, tx: X): Promise<void> {
  try {
    await strictly(work, tx)
  } catch (error) {
    if (error instanceof StrayWork || error instanceof BeyondContract) throw error
  }
  throw new FirstRun()
}

function forgive(error: unknown): void {
  if (!(error instanceof FirstRun)) throw error
}

/** A transaction awaited something other than its tx. This is a bug, so it is not a Failure. */
export class StrayWork extends Error {
  constructor() {
    super('The transaction awaited something other than its tx; do that before the transaction begins.')
  }
}

/**
 * Runs work and checks it after each turn of the event loop. By then the work has received all results of its tx, so if it is neither
 * done nor waiting for its tx, it waits for something else. Its tx is unusable from then on.
 */
async function strictly<X extends Reader, R>(work: (tx: X) => Promise<R>, tx: X): Promise<R> {
  const watched = watch(tx)
  let done = false
  const started = async () => work(watched.tx)
  const finished = started().finally(() => {
    done = true
  })
  const stray = new Promise<never>((_, reject) => {
    const look = () => {
      if (done) return
      if (watched.outstanding() > 0) return void setImmediate(look)
      watched.end()
      reject(new StrayWork())
    }
    setImmediate(look)
  })
  finished.catch(() => {})
  try {
    return await Promise.race([finished, stray])
  } finally {
    watched.end()
  }
}

function watch<X extends Reader>(tx: X): { tx: X; outstanding(): number; end(): void } {
  let outstanding = 0
  let ended = false
  const calling = async <R>(call: () => Promise<R>): Promise<R> => {
    if (ended) throw new StrayWork()
    outstanding++
    try {
      return await call()
    } finally {
      outstanding--
    }
  }
  return {
    tx: new Proxy(tx, {
      get:
        (of, name) =>
        (...args: unknown[]) =>
          calling(async () => {
            checkCall(String(name), args)
            const method = of[name as keyof X] as (...args: unknown[]) => Promise<unknown>
            return method.apply(of, args)
          }),
    }),
    outstanding: () => outstanding,
    end: () => {
      ended = true
    },
  }
}
