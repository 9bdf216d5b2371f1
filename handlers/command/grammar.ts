import { grammarTexts, type Method } from '../method.ts'

/** A grammar of a method compiled to one anchored expression; `names` are the parameters of its groups. */
export interface Grammar {
  readonly method: Method
  readonly verb: string
  readonly expression: RegExp
  readonly names: readonly string[]
}

/**
 * `<x>` is a slot, `[<x>]` an optional slot, `x <x>` a slot after its own name, `[word <x>]` an optional one after a word, `: <x>` and `[: <x>]` text
 * to the end of the line, `word` and `[word]` a flag.
 */
const PIECE = /(\[?): <(\w+)>\]?| \[(\w+) <(\w+)>\]| (\w+) <\5>| (\[?)<(\w+)>\]?| (\[?)(\w+)\]?/g
/** Greedy, so that matching a long line takes linear time; `readBy` trims the end. */
const TAIL = '[ \\t]*:[ \\t]*([\\s\\S]*)'

/**
 * Compiles the grammars of a method table. Several methods may have the same verb: the first grammar that a line fits decides. Throws an
 * Error if a grammar is malformed, names an unknown parameter or has no place for a required one: the program does not start with such
 * a table.
 */
export function grammarsOf(methods: readonly Method[]): Grammar[] {
  return methods.flatMap(method => grammarTexts(method).map(text => grammarOf(method, text)))
}

function grammarOf(method: Method, command: string): Grammar {
  const { params, name, body } = method
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
    const one = tail ? TAIL : `${before}[ \\t]+(${flag ?? kind.slot})`
    return tailOptional || word || slotOptional || flagOptional ? `(?:${one})?` : one
  })
  for (const [parameter, kind] of Object.entries(params)) {
    const hasPlace = names.includes(parameter) || body === parameter
    if (kind.need === 'required' && !hasPlace)
      throw new Error(`${name}: its grammar has no place for ${parameter}`)
  }
  return { method, verb, expression: new RegExp(`^[ \\t]*${verb}${rest}[ \\t]*$`, 'i'), names }
}

function verbIn(command: string): string | undefined {
  return /^[a-z]+/.exec(command)?.[0]
}

/** The first words of a method's grammars. */
export function verbsOf(method: Pick<Method, 'command'>): readonly string[] {
  return [...new Set(grammarTexts(method).flatMap(text => verbIn(text) ?? []))]
}

/**
 * The parameters of a line, as a POST would send them; undefined if the line does not match the grammar. A colon with nothing after it
 * gives no parameter, so that the mail's text can take its place.
 */
export function readBy(
  { expression, names, method }: Grammar,
  line: string,
): Record<string, string> | undefined {
  const found = expression.exec(line)
  if (!found) return undefined
  const params: Record<string, string> = {}
  for (const [index, name] of names.entries()) {
    const words = found[index + 1]?.trimEnd()
    if (!words) continue
    const given = method.params[name]!.fromSlot(words)
    if (typeof given === 'string') params[name] = given
    else Object.assign(params, given)
  }
  return params
}
