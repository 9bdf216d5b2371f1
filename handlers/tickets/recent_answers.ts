import { MINUTE } from '../../data/durations.ts'
import type { Reader } from '../../data/store.ts'
import type { Followup, Instant, Ticket, User } from '../../data/tables.ts'
import type { Call } from '../method.ts'

/** How long after an answer another agent's answer may have been written without knowing of it. */
const RECENT = 10 * MINUTE
/** How many of the newest follow-ups are searched for answers. */
const MOST_LOOKED_AT = 20

/** Another agent's answer, and when it was written. */
export interface RecentAnswer {
  readonly user: User
  readonly date: Instant
}

/** The last answer of each other active user in the ten minutes before a user's call, newest first; none for other actors. */
export async function recentAnswers(
  { tx, actor, now }: { readonly tx: Reader } & Pick<Call, 'actor' | 'now'>,
  { id: ticket, created }: Ticket,
): Promise<readonly RecentAnswer[]> {
  if (actor.kind !== 'user') return []
  const since = new Date(Date.parse(now) - RECENT).toISOString()
  const answers = new Map<number, RecentAnswer>()
  for (const followup of await tx.find('followups', { ticket }, { newest: true, limit: MOST_LOOKED_AT })) {
    const { author, date } = followup
    // The text of a new ticket is no answer.
    if (date < since || date === created || author.kind !== 'user' || author.user === actor.user.id) continue
    if (!isAnswer(followup) || answers.has(author.user)) continue
    const user = await tx.get('users', author.user)
    if (user?.active) answers.set(user.id, { user, date })
  }
  return [...answers.values()]
}

/** What the answer to a call adds about them: " fred answered this ticket 3 minutes ago."; empty if there are none. */
export function answeredToo(answers: readonly RecentAnswer[], now: Instant): string {
  return answers.map(({ user, date }) => ` ${user.username} answered this ticket ${ago(date, now)}.`).join('')
}

/** Whether a follow-up is an answer or a resolution, not the reason of another change. */
function isAnswer({ comment, attachments, changes }: Followup): boolean {
  const says = comment !== '' || attachments.length > 0
  return says && (changes.length === 0 || changes.some(({ field, to }) => field === 'status' && to === 3))
}

function ago(date: Instant, now: Instant): string {
  const minutes = Math.floor((Date.parse(now) - Date.parse(date)) / MINUTE)
  if (minutes < 1) return 'less than a minute ago'
  return minutes === 1 ? '1 minute ago' : `${minutes} minutes ago`
}
