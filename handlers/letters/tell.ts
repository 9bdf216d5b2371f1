import type { Followup } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import { isAdded, withChanges } from './changes/waiting_changes.ts'
import { failingAt, failingWords } from './failing_addresses.ts'
import { isGathered } from './gathered.ts'
import { holdBack } from './held_back.ts'
import { addToSummary } from './summary.ts'
import { echoOf, type Weighed, weightOf } from './weight.ts'

/**
 * Writes a letter, adds its follow-up to the letter of its run, to one about changes or to a summary, or records that it is not written.
 */
export async function tell(call: Call, letter: Weighed, followup: Followup): Promise<void> {
  const { to, ticket } = letter
  if (await isGathered(call, to, followup.id)) {
    call.heard.add(to)
    return
  }
  if (await isAdded(call, letter, followup)) return
  const failing = await failingAt(call.tx, to)
  if (failing) {
    const sentence = `No letter to ${to} about ticket ${ticket.id}. ${failingWords(failing)}`
    call.heldBack.push({ cap: 'failing', sentence })
    return
  }
  const fate = await fateOf(call, letter)
  if (fate === 'held_back') return
  call.heard.add(to)
  if (fate === 'summary') return addToSummary(call, call.letters!, to, followup.id)
  const added = await call.tx.add('letters', {
    to,
    ticket: ticket.id,
    followup: followup.id,
    answer: null,
    state: 'waiting',
    created: call.now,
    attempts: [],
    ...(await withChanges(call, letter, followup)),
  })
  call.gathered?.add(added)
}

/** What becomes of a letter: it is written and counted against the caps, goes into a summary, or is held back, which is recorded. */
export async function fateOf(call: Call, letter: Weighed): Promise<'letter' | 'summary' | 'held_back'> {
  const { tx, letters } = call
  if (!letters) return 'letter'
  const { to, ticket } = letter
  const at = Date.parse(call.now)
  const echo = await echoOf(tx, letter)
  // The quick check comes first: the whole weight takes reads of the store.
  const early = letters.caps.heldBack(echo, at)
  const weight = early ? echo : await weightOf(tx, letter, echo, letters.sender)
  const heldBack = early ?? letters.caps.heldBack(weight, at)
  if (heldBack) {
    await holdBack(call, letters, { to, about: { ticket: ticket.id }, limit: heldBack })
    return 'held_back'
  }
  if (letters.caps.isFlooded(weight, at)) return 'summary'
  letters.count(weight)
  return 'letter'
}
