/** Runs tasks with the same key one at a time, in the order of the calls. */
export type Turns<K> = <R>(key: K, work: () => Promise<R>) => Promise<R>

/** Makes a queue for any number of keys. A key may have `most` tasks, including the running one; `refuse` throws for one more. */
export function newTurns<K>(most: number, refuse: (key: K) => never): Turns<K> {
  const turns = new Map<K, { last: Promise<unknown> | undefined; waiting: number }>()
  return async (key, work) => {
    const turn = turns.get(key) ?? { last: undefined, waiting: 0 }
    if (turn.waiting >= most) refuse(key)
    turn.waiting++
    turns.set(key, turn)
    // The caller of a task gets its error; the next task only waits for its end.
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
