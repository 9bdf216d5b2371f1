import type { Change, Value } from '../../../../data/tables.ts'
import { holdOf, priorityOf } from './card.ts'
import type { Wording } from './wording.ts'

/** What has changed, a line each, from → to. */
export function changeLines(words: Wording, changes: readonly Change[]): readonly string[] {
  const lines = changes.flatMap(({ field, from, to }) => {
    if (field === 'title' || field === 'queue')
      return words.say(`changed.${field}`, { from: shown(from), to: shown(to) })
    const [before, after] = [stateOf(words, field, from), stateOf(words, field, to)]
    return before === undefined || after === undefined ? [] : lineOf(words, before, after)
  })
  const hold = holdLine(words, changes)
  return hold === undefined ? lines : [...lines, hold]
}

/** On hold and its end are two fields of one thing. Whether it is on hold is no change if only the end is another one. */
function holdLine(words: Wording, changes: readonly Change[]): string | undefined {
  const held = changes.find(({ field }) => field === 'on_hold')
  const until = changes.find(({ field }) => field === 'hold_until')
  if (!held && !until) return undefined
  const state = (side: 'from' | 'to') => {
    const end = until?.[side]
    const hold_until = typeof end === 'string' ? { hold_until: end } : {}
    return (
      holdOf(words, { on_hold: held?.[side] !== false, ...hold_until })[0] ?? words.say('changed.not_held')
    )
  }
  return lineOf(words, state('from'), state('to'))
}

function stateOf(words: Wording, field: Change['field'], value: Value): string | undefined {
  switch (field) {
    case 'priority':
      return priorityOf(words, { priority: Number(value) })
    case 'assigned_to':
      return value === null ? words.say('card.no_owner') : words.say('card.owner', { owner: shown(value) })
    case 'due_date':
      return value === null
        ? words.say('changed.no_due')
        : words.say('card.due', { day: words.day(shown(value)) })
    case 'submitter_email':
      return value === null
        ? words.say('card.no_submitter')
        : words.say('card.from', { submitter: shown(value) })
    default:
      return undefined
  }
}

function lineOf(words: Wording, before: string, after: string): string {
  return `${words.capital(before)} → ${after}`
}

function shown(value: Value): string {
  return `${value ?? ''}`
}
