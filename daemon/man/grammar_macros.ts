import { words } from './mdoc.ts'

/** A command: how it is called, in one way or several, and what it does. */
interface UsedCommand {
  readonly usages: readonly string[]
  readonly body: readonly string[]
}

const TOKENS = /(\s*)(?:(\[)|(\])|<(\w+)>|([^\s<>[\]]+))/g

/** A grammar, such as `hold <ticket>[: <reason>]`, as arguments of a macro: words to type, names to replace, brackets around what may be left out. */
function grammarMacros(usage: string): string {
  let isGlued = false
  const made: string[] = []
  for (const [, blanks, opens, closes, name, word] of usage.matchAll(TOKENS)) {
    if (made.length > 0 && blanks === '' && !isGlued && !closes) made.push('Ns')
    made.push(opens ? 'Oo' : closes ? 'Oc' : name ? `Ar ${words(name)}` : `Cm ${words(word!)}`)
    // Nothing stands between a bracket and what follows it.
    isGlued = opens !== undefined
  }
  return made.join(' ')
}

/** Commands as a list, in which the usages of a command stand together. */
export function usageList(commands: readonly UsedCommand[]): string[] {
  const items = commands.flatMap(({ usages, body }, at) => [
    ...(at > 0 ? ['.Pp'] : []),
    ...usages.map(usage => `.It ${grammarMacros(usage)}`),
    ...body,
  ])
  return ['.Bl -tag -width Ds -compact', ...items, '.El']
}

/** The usage of a command of the program, such as `replay MAIL [--yes]`, in which capitals are names to replace. */
export function usageMacros(usage: string): string {
  return grammarMacros(usage.replace(/\b[A-Z]{2,}\b/g, name => `<${name.toLowerCase()}>`))
}
