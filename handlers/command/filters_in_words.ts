import { Failure } from '../../data/failure.ts'

/** A parameter, its value, and the word of a command that stands for it. */
export interface NamedFilter {
  readonly name: string
  readonly value: string
  readonly word: string
}

/** The parameters that the words of a command stand for. Throws Failure `invalid` if two different words stand for the same one. */
export function paramsNamed(filters: Iterable<NamedFilter>): Readonly<Record<string, string>> {
  const words = new Map<string, string>()
  const params: Record<string, string> = {}
  for (const { name, value, word } of filters) {
    const other = words.get(name) ?? word
    if (other !== word)
      throw new Failure('invalid', `"${other}" and "${word}" exclude each other; give one of them.`, {
        parameter: name,
      })
    words.set(name, word)
    params[name] = value
  }
  return params
}
