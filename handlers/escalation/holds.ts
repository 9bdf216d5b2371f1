import type { Followup } from '../../data/tables.ts'

/** An interval on hold, in milliseconds since 1970, without its end; `to` is infinite while it lasts. */
export interface HeldTime {
  readonly from: number
  readonly to: number
}
/** A moment, in milliseconds since 1970, at which a ticket was put on hold, or taken off. */
export interface HoldChange {
  readonly at: number
  readonly on_hold: boolean
}

/** What a follow-up changed about the hold of its ticket; undefined for nothing. */
export function holdChangeOf({ changes, date }: Pick<Followup, 'changes' | 'date'>): HoldChange | undefined {
  const change = changes.find(({ field }) => field === 'on_hold')
  return change && { at: Date.parse(date), on_hold: change.to === true }
}

/**
 * The intervals on hold, by the changes in their order. A ticket that is taken off hold first was on hold before. A moment after `latest`
 * is that of a clock that was wrong: of such a hold only the other end is known.
 */
export function holdsBy(changes: readonly HoldChange[], latest = Number.POSITIVE_INFINITY): HeldTime[] {
  const holds: HeldTime[] = []
  let begun = changes[0]?.on_hold === false ? Number.NEGATIVE_INFINITY : undefined
  for (const { at, on_hold } of changes) {
    if (on_hold) begun ??= at
    else if (begun !== undefined) {
      holds.push(...heldTime(begun, at, latest))
      begun = undefined
    }
  }
  return begun === undefined ? holds : [...holds, ...heldTime(begun, Number.POSITIVE_INFINITY, latest)]
}

/** None if neither end is known. */
function heldTime(begun: number, ended: number, latest: number): readonly HeldTime[] {
  const isEndKnown = ended <= latest || ended === Number.POSITIVE_INFINITY
  if (!isEndKnown && !(begun <= latest && Number.isFinite(begun))) return []
  const from = begun > latest ? ended : begun
  const to = isEndKnown ? ended : from
  // A clock that was put back in between makes the end earlier than the beginning.
  return [{ from: Math.min(from, to), to: Math.max(from, to) }]
}
