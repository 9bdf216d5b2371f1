import { type NamedFilter, paramsNamed } from '../../command/filters_in_words.ts'
import type { Kind } from '../../method.ts'
import { kind } from '../../params/kind.ts'
import { TICKET_SLOT, ticketsIn } from '../../params/tickets_in_command.ts'
import { letterStates } from './letter_states.ts'

const STATE = letterStates.join('|')
/** Without `=`, which the plain form has. */
const ADDRESS = '[^ \\t:@=]+@[^ \\t:@=]+'
const WORD = `(?:${STATE}|to[ \\t]+${ADDRESS}|${TICKET_SLOT})`

/** The words after `letters`, in any order: a state, `to` and an address, a ticket. */
export const letterFilterWords: Kind<string> = kind({
  about: 'Filters as words.',
  rule: 'a state, "to" and an address, and a ticket',
  fromDoor: true,
  slot: `${WORD}(?:[ \\t]+${WORD})*`,
  fromSlot: paramsIn,
  parse: text => text,
})

function paramsIn(words: string): Readonly<Record<string, string>> {
  const rest = words.split(/[ \t]+/)
  const filters: NamedFilter[] = []
  for (let word = rest.shift(); word !== undefined; word = rest.shift())
    filters.push(filterOf(word, () => rest.shift()!))
  return paramsNamed(filters)
}

/** `next` gives the word after it: that of `to` is an address, that of `ticket` a number. */
function filterOf(word: string, next: () => string): NamedFilter {
  const filter = (name: string, value: string) => ({ name, value, word: value })
  switch (word.toLowerCase()) {
    case 'to':
      return filter('to', next())
    case 'ticket':
      return filter('ticket', ticketsIn(next()))
    default:
      return letterStates.some(state => state === word.toLowerCase())
        ? filter('state', word)
        : filter('ticket', ticketsIn(word))
  }
}
