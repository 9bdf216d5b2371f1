import { Failure, shown } from '../../data/failure.ts'
import type { Answer } from '../call.ts'
import type { Method } from '../method.ts'
import { EXPECT } from '../precautions.ts'
import type { ParamValues } from '../value.ts'

/** How many tickets one command may name. */
const MOST = 50
const RANGE = /^([0-9]+)-([0-9]+)$/
/** In characters, of 50 of the longest references. */
const LONGEST = 25_000

/**
 * The parameters for each ticket of a command that names several: `1,2,5-9,ref:INV-7`. Throws Failure `invalid` for a malformed range, and
 * for more than 50 tickets.
 */
export function eachTicket(method: Method, params: ParamValues): readonly ParamValues[] {
  const name = Object.keys(method.params).find(key => method.params[key]!.namesTicket)
  const value = name === undefined ? undefined : params[name]
  if (typeof value !== 'string' || !isList(value) || method.sends) return [params]
  const numbers = numbersIn(name!, value)
  if (numbers.length > 1 && params[EXPECT] !== undefined && params[EXPECT] !== '')
    throw new Failure('invalid', 'expect: it is about one ticket; call the method once for each ticket.', {
      parameter: EXPECT,
    })
  return numbers.map(number => ({ ...params, [name!]: number }))
}

function isList(value: string): boolean {
  return value.includes(',') || RANGE.test(value)
}

/** The numbers and references of a list, each once. Anything else is left as it is, for the kind to refuse. */
function numbersIn(name: string, value: string): readonly string[] {
  if (value.length > LONGEST) throw tooMany(name)
  const items = value.split(',')
  if (items.length > MOST) throw tooMany(name)
  const numbers = new Set<string>()
  for (const item of items) {
    const [, first, last] = RANGE.exec(item.trim()) ?? []
    const from = Number(first)
    const to = Number(last)
    if (first === undefined) numbers.add(item.trim())
    else if (from > to)
      throw new Failure('invalid', `${name}: ${shown(item)} is not a range; give the smaller number first.`, {
        parameter: name,
      })
    else if (to - from >= MOST) throw tooMany(name)
    else for (let number = from; number <= to; number++) numbers.add(String(number))
    if (numbers.size > MOST) throw tooMany(name)
  }
  return [...numbers]
}

function tooMany(name: string): Failure {
  return new Failure(
    'invalid',
    `${name}: this names more than ${MOST} tickets; name at most ${MOST} at a time.`,
    { parameter: name },
  )
}

/** One answer for all tickets of a command: a line for each. */
export function joinedAnswer([first, ...more]: readonly Answer[]): Answer {
  if (more.length === 0) return first!
  const all = [first!, ...more]
  const says = all.map(answer => answer.says).join('\n')
  return {
    says,
    gives: all.every(({ gives }) => typeof gives === 'string') ? says : all.map(({ gives }) => gives),
    tickets: all.flatMap(({ tickets }) => tickets),
    heard: [...new Set(all.flatMap(({ heard }) => heard))],
    heldBack: all.flatMap(({ heldBack }) => heldBack),
  }
}
