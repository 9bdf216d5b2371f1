import { Failure } from '../data/failure.ts'
import type { Reader, Tx } from '../data/store.ts'
import type { Instant, Once } from '../data/tables.ts'

/** Under which key a repeat is known again, and for how long. */
export interface OnceKey {
  readonly key: string
  /** How the key was written before keys were short: what was kept so is honoured until it expires. */
  readonly former?: string
  readonly milliseconds: number
  /** What is called under a key that a caller chose: under the same key again it must be the same. */
  readonly fingerprint?: string
}
type FirstAnswer = NonNullable<Once['answer']>

/**
 * What came of the first call under a key: its answer, its refusal, or undefined where there was none, or too long ago. Throws Failure
 * `invalid` where that was another call.
 */
export async function known(
  tx: Reader,
  { key, former, fingerprint }: OnceKey,
  now: Instant,
): Promise<FirstAnswer | Failure | undefined> {
  const first = (await tx.get('once', key)) ?? (former && (await tx.get('once', former)))
  if (!first || first.expires < now) return undefined
  if (first.fingerprint !== fingerprint)
    throw new Failure(
      'invalid',
      'This Idempotency-Key came with another call before; give each call its own.',
    )
  if (first.refusal) return new Failure(first.refusal.code, first.refusal.says)
  return first.answer ?? undefined
}

/** Keeps what came of it, in the commit of the call itself. */
export async function remember(
  tx: Tx,
  once: OnceKey,
  now: Instant,
  outcome: FirstAnswer | Failure,
): Promise<void> {
  const refused = outcome instanceof Failure
  await tx.put('once', {
    id: once.key,
    expires: new Date(Date.parse(now) + once.milliseconds).toISOString(),
    ...(once.fingerprint === undefined ? {} : { fingerprint: once.fingerprint }),
    answer: refused ? null : { says: outcome.says, gives: outcome.gives },
    refusal: refused ? { code: outcome.code, says: outcome.message } : null,
  })
}
