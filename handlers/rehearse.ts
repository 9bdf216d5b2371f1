import type { Store, Tx } from '../data/store.ts'

/**
 * Runs the work of a transaction, rolls it back and gives its result. A store rolls back only if the work throws, so this throws an
 * error and catches it.
 */
export async function rehearse<R>(store: Store, work: (tx: Tx) => Promise<R>): Promise<R> {
  const takenBack = new Error('rolled back')
  let result!: R
  try {
    await store.transact(async tx => {
      result = await work(tx)
      throw takenBack
    })
  } catch (error) {
    if (error !== takenBack) throw error
  }
  return result
}
