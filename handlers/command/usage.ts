import { grammarTexts, type Kind, type Method, namedParams } from '../method.ts'
import { isPrecaution } from '../precautions.ts'

/** A parameter in one sentence: what it means, and its rule in parentheses. */
export function aboutOf({ about, rule }: Pick<Kind<unknown>, 'about' | 'rule'>): string {
  return `${about.replace(/\.$/, '')} (${rule}).`
}

type Called = Pick<Method, 'command' | 'name' | 'params'>

/** How to call a method, a line for each of its grammars; the plain form if it has none. */
export function usagesOf(method: Called): readonly string[] {
  const { required, optionals } = wordsOf(method)
  return grammarsOr([method.name, ...required, ...optionals], method)
}

/** The same, with dots for the optional parameters of a plain form if it has several. */
export function shortUsagesOf(method: Called): readonly string[] {
  const { required, optionals } = wordsOf(method)
  return grammarsOr([method.name, ...required, ...(optionals.length > 1 ? ['[…]'] : optionals)], method)
}

function grammarsOr(plain: readonly string[], method: Called): readonly string[] {
  const texts = grammarTexts(method)
  return texts.length > 0 ? texts : [plain.join(' ')]
}

/** The precautions are left out, since every method that changes something takes them. */
function wordsOf(method: Called): Record<'required' | 'optionals', readonly string[]> {
  const own = namedParams(method).filter(([name]) => !isPrecaution(name))
  const isRequired = ([, { need }]: (typeof own)[number]) => need === 'required'
  return {
    required: own.filter(isRequired).map(([name]) => `${name}=…`),
    optionals: own.filter(one => !isRequired(one)).map(([name]) => `[${name}=…]`),
  }
}
