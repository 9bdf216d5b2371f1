import type { Store, Tx } from '../data/store.ts'

/**
 * Does the work of a transaction and takes it back; gives what it came to. A store takes back only what throws, so this throws, and
 * catches what it threw.
 */
export async function rehearse<R>(store: Store, work: (tx: Tx) => Promise<R>): Promise<R> {
  const takenBack = new Error('taken back')
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
