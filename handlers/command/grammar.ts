import type { Method } from '../method.ts'

/** A method's `command` as one anchored expression over blanks and tabs, with what each group stands for. */
export interface Grammar {
  readonly method: Method
  readonly verb: string
  readonly expression: RegExp
  readonly names: readonly string[]
}

/** `<x>` a slot, `[<x>]` one that may be missing, `: <x>` and `[: <x>]` a text to the end, `word` and `[word]` a flag. */
const PIECE = /(\[?): <(\w+)>\]?| (\[?)<(\w+)>\]?| (\[?)(\w+)\]?/g
/** Greedy, so that a long line is read once; blanks at its end are cut when it is found. */
const TAIL = '[ \\t]*:[ \\t]*([\\s\\S]*)'

/**
 * Compiles the grammars of a method table. Throws an Error where two have the same verb, one is not written as it must be, names
 * what its method does not have, or leaves no place for what must be given: a table like that starts nothing.
 */
export function grammarsOf(methods: readonly Method[]): Grammar[] {
  const grammars = methods.map(grammarOf).filter(grammar => grammar !== undefined)
  const verbs = new Set<string>()
  for (const { verb } of grammars) {
    if (verbs.has(verb)) throw new Error(`two methods have the verb ${verb}`)
    verbs.add(verb)
  }
  return grammars
}

function grammarOf(method: Method): Grammar | undefined {
  const { command, params, name, body } = method
  if (command === undefined) return undefined
  const verb = verbOf(method)
  if (!verb) throw new Error(`${name}: its grammar begins with no verb`)
  if (command.slice(verb.length).replace(PIECE, '') !== '')
    throw new Error(`${name}: its grammar ${command} cannot be read`)
  const names: string[] = []
  const rest = command.slice(verb.length).replace(PIECE, (_, ...found) => {
    const [tailOptional, tail, slotOptional, slot, flagOptional, flag] = found as (string | undefined)[]
    const parameter = (tail ?? slot ?? flag)!
    const kind = params[parameter]
    if (!kind) throw new Error(`${name}: its grammar names ${parameter}, which is no parameter`)
    names.push(parameter)
    const one = tail ? TAIL : `[ \\t]+(${slot ? kind.slot : flag})`
    return tailOptional || slotOptional || flagOptional ? `(?:${one})?` : one
  })
  for (const [parameter, kind] of Object.entries(params)) {
    const hasPlace = names.includes(parameter) || body === parameter
    if (kind.need === 'required' && !hasPlace)
      throw new Error(`${name}: its grammar has no place for ${parameter}`)
  }
  return { method, verb, expression: new RegExp(`^[ \\t]*${verb}${rest}[ \\t]*$`, 'i'), names }
}

/** The first word of a method's command. */
export function verbOf({ command }: Pick<Method, 'command'>): string | undefined {
  return command && /^[a-z]+/.exec(command)?.[0]
}

/**
 * Reads a line by a grammar: the parameters it gives, as a POST would give them; undefined where it does not fit. A colon with
 * nothing behind it gives nothing, so that a text beside the line has its place.
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
    if (words) params[name] = method.params[name]!.fromSlot(words)
  }
  return params
}
