import type { Store, Tx } from '../data/store.ts'
import type { Answer } from './call.ts'
import type { Gives, Method } from './method.ts'
import { isDryRun } from './ready.ts'
import type { ParamValues } from './value.ts'

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

/** The answer of a call that was rolled back: what it would do and give, and who would get a letter. */
export function rehearsed({ says, gives, again, tickets, heard }: Answer): Answer {
  const letters = heard.length === 0 ? 'Nobody gets a letter.' : `Letters go to ${heard.join(', ')}.`
  const told = (sentence: string) =>
    `Nothing is changed, since this is a dry run. The call would do this:\n${sentence}\n${letters}`
  const repeated = again && { again: { ...again, says: told(again.says) } }
  const would = { says, tickets, heard }
  return { says: told(says), gives, ...repeated, tickets: [], heard: [], heldBack: [], would }
}

/** What a program gets that gets no sentence beside it: of a dry run the sentence, since its result does not exist. */
export function soleResult(method: Method, params: ParamValues, { says, gives }: Answer): Gives {
  return isDryRun(method, params) ? says : gives
}
