/** Does the work of one key piece by piece, each behind what was there before. */
export type Turns<K> = <R>(key: K, work: () => Promise<R>) => Promise<R>

/** Turns for any number of keys. Of one key at most `most` pieces are there, with the one under way; for one more `refuse` throws. */
export function newTurns<K>(most: number, refuse: (key: K) => never): Turns<K> {
  const turns = new Map<K, { last: Promise<unknown> | undefined; waiting: number }>()
  return async (key, work) => {
    const turn = turns.get(key) ?? { last: undefined, waiting: 0 }
    if (turn.waiting >= most) refuse(key)
    turn.waiting++
    turns.set(key, turn)
    // Whoever waits for it hears of its error; the next one only waits for its end.
    const done = turn.last ? turn.last.then(work, work) : work()
    turn.last = done
    try {
      return await done
    } finally {
      turn.waiting--
      if (turn.waiting === 0) turns.delete(key)
    }
  }
}
