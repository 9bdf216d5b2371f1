import { type Kind, type Method, namedParams } from '../method.ts'

/** A parameter in one sentence: what it is, and what it must be. */
export function aboutOf({ about, rule }: Pick<Kind<unknown>, 'about' | 'rule'>): string {
  return `${about.replace(/\.$/, '')} (${rule}).`
}

/** How a method is called in one line: its grammar, or the plain form where it has none. */
export function usageOf({ command, name, params }: Pick<Method, 'command' | 'name' | 'params'>): string {
  if (command !== undefined) return command
  const words = namedParams({ params }).map(([key, { need }]) =>
    need === 'required' ? `${key}=…` : `[${key}=…]`,
  )
  return [name, ...words].join(' ')
}
