import { type Kind, type Method, namedParams } from '../method.ts'

/** A parameter in one sentence: what it means, and its rule in parentheses. */
export function aboutOf({ about, rule }: Pick<Kind<unknown>, 'about' | 'rule'>): string {
  return `${about.replace(/\.$/, '')} (${rule}).`
}

/** How to call a method, in one line: its grammar, or the plain form if it has none. */
export function usageOf({ command, name, params }: Pick<Method, 'command' | 'name' | 'params'>): string {
  if (command !== undefined) return command
  const words = namedParams({ params }).map(([key, { need }]) =>
    need === 'required' ? `${key}=…` : `[${key}=…]`,
  )
  return [name, ...words].join(' ')
}
