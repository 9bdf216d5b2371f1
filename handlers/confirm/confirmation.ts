import { HOUR } from '../../data/durations.ts'
import { Failure } from '../../data/failure.ts'
import type { Reader, Tx } from '../../data/store.ts'
import type { Confirmation, Instant } from '../../data/tables.ts'

/** For how many hours a yes is waited for. */
export const CONFIRM_HOURS = 24

/** Until when a yes to a question of this moment counts. */
export function expiryOf(now: Instant): Instant {
  return new Date(Date.parse(now) + CONFIRM_HOURS * HOUR).toISOString()
}

/** Whether a yes at this moment would count. */
export function isOpen({ state, expires }: Confirmation, now: Instant): boolean {
  return state === 'open' && now < expires
}

/** The commands in the name of a user that wait for a yes, the oldest first. */
export async function openOf(tx: Reader, user: number, now: Instant): Promise<readonly Confirmation[]> {
  const all = await tx.find('confirmations', { user })
  return all.filter(one => isOpen(one, now))
}

/** Throws Failure `conflict` unless a command still waits for the yes of its user. */
export async function refuseClosed(
  tx: Reader,
  confirmation: Confirmation | undefined,
  now: Instant,
): Promise<void> {
  const found = confirmation && (await tx.get('confirmations', confirmation.id))
  if (!found || !isOpen(found, now)) throw closed(found)
}

/** Why a yes does nothing. */
export function closed(found: Confirmation | undefined): Failure {
  const why =
    found === undefined
      ? 'what it was about no longer exists'
      : found.state === 'open'
        ? `that letter is older than ${CONFIRM_HOURS} hours`
        : found.state === 'displaced'
          ? 'a later command in your name has taken its place'
          : 'that letter was answered before'
  return new Failure('conflict', `Nothing was done now: ${why}. To have it done, send the command again.`)
}

/** Keeps what became of a command, without the command itself. Its yes counts no more. */
export async function settle(
  tx: Tx,
  confirmation: Confirmation,
  state: Confirmation['state'],
): Promise<void> {
  await tx.put('confirmations', { ...confirmation, commands: [], state })
}
