import { Failure } from '../data/failure.ts'
import type { Reader, Tx } from '../data/store.ts'
import type { Instant, Once } from '../data/tables.ts'

/** The key by which a repeat is recognized, and how long it is kept. */
export interface OnceKey {
  readonly key: string
  /** The key in the long form of older versions; records under it are valid until they expire. */
  readonly former?: string
  readonly milliseconds: number
  /** A digest of the call, for a key that the caller chose: a repeat must be the same call. */
  readonly fingerprint?: string
}
type FirstAnswer = NonNullable<Once['answer']>

/**
 * The answer or the refusal of the first call under a key; undefined if there was none or it has expired. Throws Failure `invalid` if
 * that was a different call.
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
      'This Idempotency-Key was already used for a different call; use a new key for each call.',
    )
  if (first.refusal) return new Failure(first.refusal.code, first.refusal.says)
  return first.answer ?? undefined
}

/** Keeps the outcome of a call under its key, in the given transaction. */
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
