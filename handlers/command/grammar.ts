import { type Method, type Phrase, phrasesOf } from '../method.ts'

/**
 * A grammar of a method compiled to one anchored expression; `names` are the parameters of its groups, the last of which is the text to the
 * end of the line if `hasTail`. `means` are parameters that the words themselves give.
 */
export interface Grammar {
  readonly method: Method
  readonly verb: string
  readonly expression: RegExp
  readonly names: readonly string[]
  readonly hasTail: boolean
  readonly means: Readonly<Record<string, string>>
}

/**
 * `<x>` is a slot, `[<x>]` an optional slot, `x <x>` a slot after its own name, `[word <x>]` an optional one after a word, `: <x>` and
 * `[: <x>]` text to the end of the line, `word` and `[word]` a flag.
 */
const PIECE = /(\[?): <(\w+)>\]?| \[(\w+) <(\w+)>\]| (\w+) <\5>| (\[?)<(\w+)>\]?| (\[?)(\w+)\]?/g
/** All of them take one UTF-16 code unit, as the space does. */
const BLANK = /[\t\p{Zs}]/gu
/** Greedy, so that matching a long line takes linear time; `readBy` trims the end. */
const COLON = '[ \\t]*:[ \\t]*'
/** Behind tickets, where a dash before a number may be a range: `resolve 31794 - fixed`, which phones make `resolve 31794 – fixed`. */
const DASH = '[ \\t]+(?:--?|[–—])[ \\t]+(?![#0-9[])'
const TO_END = '([\\s\\S]*)'

/**
 * Compiles the grammars of a method table. Several methods may have the same verb: the first grammar that a line fits decides. Throws an
 * Error if a grammar is malformed, names an unknown parameter or has no place for a required one: the program does not start with such
 * a table.
 */
export function grammarsOf(methods: readonly Method[]): Grammar[] {
  return methods.flatMap(method => phrasesOf(method).map(phrase => grammarOf(method, phrase)))
}

function grammarOf(method: Method, { command, means }: Phrase): Grammar {
  const { params, name, body } = method
  for (const parameter of Object.keys(means))
    if (!params[parameter])
      throw new Error(`${name}: its grammar gives ${parameter}, which is not a parameter`)
  const verb = verbIn(command)
  if (!verb) throw new Error(`${name}: its grammar does not begin with a verb`)
  if (command.slice(verb.length).replace(PIECE, '') !== '')
    throw new Error(`${name}: its grammar ${command} is malformed`)
  const names: string[] = []
  const rest = command.slice(verb.length).replace(PIECE, (_, ...found) => {
    const [tailOptional, tail, word, behindWord, named, slotOptional, slot, flagOptional, flag] = found as (
      | string
      | undefined
    )[]
    const parameter = (tail ?? behindWord ?? named ?? slot ?? flag)!
    const kind = params[parameter]
    if (!kind) throw new Error(`${name}: its grammar names ${parameter}, which is not a parameter`)
    names.push(parameter)
    const before = (word ?? named) ? `[ \\t]+${word ?? named}` : ''
    const isBehindTickets = names.some(name => params[name]!.namesTicket)
    const mark = isBehindTickets ? `(?:${COLON}|${DASH})` : COLON
    const one = tail ? `${mark}${TO_END}` : `${before}[ \\t]+(${flag ?? kind.slot})`
    return tailOptional || word || slotOptional || flagOptional ? `(?:${one})?` : one
  })
  for (const [parameter, kind] of Object.entries(params)) {
    const hasPlace = names.includes(parameter) || body === parameter || Object.hasOwn(means, parameter)
    if (kind.need === 'required' && !hasPlace)
      throw new Error(`${name}: its grammar has no place for ${parameter}`)
  }
  const expression = new RegExp(`^[ \\t]*${verb}${rest}[ \\t]*$`, 'id')
  return { method, verb, expression, names, hasTail: /: <\w+>\]?$/.test(command), means }
}

function verbIn(command: string): string | undefined {
  return /^[a-z]+/.exec(command)?.[0]
}

/** The first words of a method's grammars. */
export function verbsOf(method: Pick<Method, 'command'>): readonly string[] {
  return [...new Set(phrasesOf(method).flatMap(({ command }) => verbIn(command) ?? []))]
}

/**
 * The parameters of a line, as a POST would send them; undefined if the line does not match the grammar. Any Unicode blank counts as one,
 * and full stops and exclamation marks at the end do not count. A colon with nothing after it gives no parameter, so that the mail's text
 * can take its place.
 */
export function readBy(
  { verb, expression, names, method, hasTail, means }: Grammar,
  line: string,
): Record<string, string> | undefined {
  // Each title of a mail is read by every grammar, and most have another verb.
  if (line.trimStart().slice(0, verb.length).toLowerCase() !== verb) return undefined
  const found = expression.exec(withoutFinalMark(line.replace(BLANK, ' ')))
  if (!found) return undefined
  const params: Record<string, string> = { ...means }
  for (const [index, name] of names.entries()) {
    const isTail = hasTail && index === names.length - 1
    const from = found.indices![index + 1]?.[0] ?? line.length
    // A text keeps its blanks and its final mark.
    const words = (isTail ? line.slice(from) : found[index + 1])?.trimEnd()
    if (!words) continue
    const given = method.params[name]!.fromSlot(words)
    if (typeof given === 'string') params[name] = given
    else Object.assign(params, given)
  }
  return params
}

function withoutFinalMark(line: string): string {
  let end = line.length
  while (line[end - 1] === ' ') end--
  while (line[end - 1] === '.' || line[end - 1] === '!' || line[end - 1] === '…') end--
  return line.slice(0, end)
}
