import type { Store, Tx } from '../../data/store.ts'

/** Takes the first run of a work back; nobody else throws it. */
class FirstRun extends Error {}

/**
 * A store that holds works to their contract: each `transact` work runs twice, the first time to be taken back, as on the day
 * when two of them meet in a database; and one that awaits anything but its tx fails.
 */
export function twice(store: Store): Store {
  const underWay = new Set<Promise<unknown>>()
  let closed = false
  const run = async <R>(work: (tx: Tx) => Promise<R>): Promise<R> => {
    await store.transact(tx => firstRun(work, tx)).catch(forgive)
    return store.transact(tx => strictly(work, tx))
  }
  return {
    read: work => store.read(work),
    transact: work => {
      const running = closed ? store.transact(work) : run(work)
      underWay.add(running)
      return running.finally(() => underWay.delete(running))
    },
    watch: (table, wake) => store.watch(table, wake),
    files: store.files,
    close: async () => {
      closed = true
      await Promise.allSettled(underWay)
      await store.close()
    },
  }
}

async function firstRun<R>(work: (tx: Tx) => Promise<R>, tx: Tx): Promise<void> {
  try {
    await strictly(work, tx)
  } catch (error) {
    if (error instanceof StrayWork) throw error
  }
  throw new FirstRun()
}

function forgive(error: unknown): void {
  if (!(error instanceof FirstRun)) throw error
}

/** A work awaited something that is not its tx. A bug, so no Failure. */
export class StrayWork extends Error {
  constructor() {
    super('A transact work awaited something else than its tx; do that before the transaction begins.')
  }
}

/**
 * Runs a work and looks after each turn of the event loop: whatever its tx has answered, the work has by then taken up, so
 * one that is neither done nor waiting for its tx waits for something else. Its tx is dead from then on.
 */
async function strictly<R>(work: (tx: Tx) => Promise<R>, tx: Tx): Promise<R> {
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

function watch(tx: Tx): { tx: Tx; outstanding(): number; end(): void } {
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
    tx: {
      get: (table, id) => calling(() => tx.get(table, id)),
      find: (table, where, page) => calling(() => tx.find(table, where, page)),
      count: (table, where) => calling(() => tx.count(table, where)),
      add: (table, fields) => calling(() => tx.add(table, fields)),
      put: (table, record) => calling(() => tx.put(table, record)),
      skip: (table, to) => calling(() => tx.skip(table, to)),
      delete: (table, id) => calling(() => tx.delete(table, id)),
      deleteAll: (table, where) => calling(() => tx.deleteAll(table, where)),
    },
    outstanding: () => outstanding,
    end: () => {
      ended = true
    },
  }
}
