import { Failure } from '../../../data/failure.ts'
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

/** Throws Failure `invalid` for two filters of one kind. */
function paramsIn(words: string): Readonly<Record<string, string>> {
  const params: Record<string, string> = {}
  const rest = words.split(/[ \t]+/)
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [name, value] = filterOf(word, () => rest.shift()!)
    const other = params[name]
    if (other !== undefined && other !== value)
      throw new Failure('invalid', `"${other}" and "${value}" exclude each other; give one of them.`, {
        parameter: name,
      })
    params[name] = value
  }
  return params
}

/** `next` gives the word after it: that of `to` is an address, that of `ticket` a number. */
function filterOf(word: string, next: () => string): [name: string, value: string] {
  switch (word.toLowerCase()) {
    case 'to':
      return ['to', next()]
    case 'ticket':
      return ['ticket', ticketsIn(next())]
    default:
      return letterStates.some(state => state === word.toLowerCase())
        ? ['state', word]
        : ['ticket', ticketsIn(word)]
  }
}
