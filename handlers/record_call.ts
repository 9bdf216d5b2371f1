import type { Failure } from '../data/failure.ts'
import type { Store } from '../data/store.ts'
import type { Instant } from '../data/tables.ts'
import type { Answer, Command, Options, Unreadable } from './call.ts'
import { known, type OnceKey, remember } from './idempotency.ts'
import type { Ready } from './ready.ts'

/** Records a permanent refusal, unless the call repeats one that was refused under all of its keys. */
export async function recordRefusal(
  store: Store,
  commands: readonly (Command | Unreadable)[],
  now: Instant,
  refusal: Failure,
  alsoRefused: NonNullable<Options['alsoRefused']>,
): Promise<void> {
  const keys = commands.flatMap(({ once }) => once ?? [])
  await store.transact(async tx => {
    const fresh: OnceKey[] = []
    for (const once of keys) if (!(await known(tx, once, now))) fresh.push(once)
    // A repeat of a call that was refused under all of these keys is not recorded again.
    if (keys.length > 0 && fresh.length === 0) return
    for (const once of fresh) await remember(tx, once, now, refusal)
    await alsoRefused(tx, refusal)
  })
}

/** Keeps the answers of a dry run under their keys, and what the door records about the call. */
export async function recordDryRun(
  store: Store,
  ready: readonly Ready[],
  answers: readonly Answer[],
  { also, now }: Options,
): Promise<readonly Answer[]> {
  const hasKey = ready.some(({ command }) => command.once)
  if (!also && !hasKey) return answers
  await store.transact(async tx => {
    // A secret must not be kept, not even one that was rolled back.
    for (const [at, { command, method }] of ready.entries())
      if (command.once && !method.toldOnce)
        await remember(tx, command.once, now, answers[at]!.again ?? answers[at]!)
    await also?.(tx, answers)
  })
  return answers
}
