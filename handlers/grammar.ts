import type { Method, Params } from './method.ts'

/** A method's `command` as one anchored expression over blanks and tabs, with what each group stands for. */
export interface Grammar {
  readonly method: Method
  readonly verb: string
  readonly expression: RegExp
  readonly names: readonly string[]
}

/** `<x>` a slot, `[<x>]` one that may be missing, `: <x>` and `[: <x>]` a text to the end, `word` and `[word]` a flag. */
const PIECE = /(\[?): <(\w+)>\]?| (\[?)<(\w+)>\]?| (\[?)(\w+)\]?/g

/** Compiles a method's grammar; undefined where it has none. Throws where the table itself is wrong. */
export function grammarOf(method: Method): Grammar | undefined {
  const { command, params, name, body } = method
  if (command === undefined) return undefined
  const verb = /^[a-z]+/.exec(command)?.[0]
  if (!verb) throw new Error(`${name}: its grammar begins with no verb`)
  const names: string[] = []
  const rest = command.slice(verb.length).replace(PIECE, (_, ...found) => {
    const [tailOptional, tail, slotOptional, slot, flagOptional, flag] = found as (string | undefined)[]
    const parameter = (tail ?? slot ?? flag)!
    names.push(parameter)
    const one = tail
      ? '[ \\t]*:[ \\t]*([\\s\\S]*?)'
      : slot
        ? `[ \\t]+(${slotOf(params, slot)})`
        : `[ \\t]+(${flag})`
    return tailOptional || slotOptional || flagOptional ? `(?:${one})?` : one
  })
  for (const [parameter, kind] of Object.entries(params)) {
    const hasPlace = names.includes(parameter) || body === parameter
    if (kind.need === 'required' && !hasPlace)
      throw new Error(`${name}: its grammar has no place for ${parameter}`)
  }
  return { method, verb, expression: new RegExp(`^[ \\t]*${verb}${rest}[ \\t]*$`, 'i'), names }
}

function slotOf(params: Params, name: string): string {
  return params[name]!.slot
}

/** Reads a line by a grammar: the parameters it gives, as a POST would give them; undefined where it does not fit. */
export function readBy(
  { expression, names, method }: Grammar,
  line: string,
): Record<string, string> | undefined {
  const found = expression.exec(line)
  if (!found) return undefined
  const params: Record<string, string> = {}
  for (const [index, name] of names.entries()) {
    const words = found[index + 1]
    if (words !== undefined) params[name] = method.params[name]!.fromSlot(words)
  }
  return params
}
