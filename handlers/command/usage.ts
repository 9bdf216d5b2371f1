import { grammarTexts, type Kind, type Method, namedParams } from '../method.ts'

/** A parameter in one sentence: what it means, and its rule in parentheses. */
export function aboutOf({ about, rule }: Pick<Kind<unknown>, 'about' | 'rule'>): string {
  return `${about.replace(/\.$/, '')} (${rule}).`
}

/** How to call a method, a line for each of its grammars; the plain form if it has none. */
export function usagesOf({
  name,
  params,
  ...rest
}: Pick<Method, 'command' | 'name' | 'params'>): readonly string[] {
  const texts = grammarTexts(rest)
  if (texts.length > 0) return texts
  const words = namedParams({ params }).map(([key, { need }]) =>
    need === 'required' ? `${key}=…` : `[${key}=…]`,
  )
  return [[name, ...words].join(' ')]
}
