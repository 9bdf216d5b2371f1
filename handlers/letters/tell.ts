import type { Followup } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import { holdBack } from './held_back.ts'
import { addToSummary } from './summary.ts'
import { echoOf, type Weighed, weightOf } from './weight.ts'

/** Writes a letter, adds its follow-up to a summary, or records that it is held back. */
export async function tell(call: Call, letter: Weighed, { id: followup }: Followup): Promise<void> {
  const { tx, letters } = call
  const { to, event, ticket } = letter
  if (letters) {
    const at = Date.parse(call.now)
    const echo = await echoOf(tx, letter)
    // The quick check comes first: the whole weight takes reads of the store.
    const early = letters.caps.heldBack(echo, at)
    if (early) return holdBack(call, letters, to, ticket.id, early)
    const weight = await weightOf(tx, letter, echo, letters.sender)
    const heldBack = letters.caps.heldBack(weight, at)
    if (heldBack) return holdBack(call, letters, to, ticket.id, heldBack)
    if (letters.caps.isFlooded(weight, at)) {
      call.heard.add(to)
      return addToSummary(call, letters, to, followup)
    }
    letters.count(weight)
  }
  call.heard.add(to)
  await tx.add('letters', {
    event,
    to,
    ticket: ticket.id,
    followup,
    answer: null,
    state: 'waiting',
    created: call.now,
    due: call.now,
    attempts: [],
  })
}
