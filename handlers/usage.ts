import { type Method, namedParams } from './method.ts'

/** How a method is called in one line: its grammar, or the plain form where it has none. */
export function usageOf({ command, name, params }: Pick<Method, 'command' | 'name' | 'params'>): string {
  if (command !== undefined) return command
  const words = namedParams({ params }).map(([key, { need }]) =>
    need === 'required' ? `${key}=…` : `[${key}=…]`,
  )
  return [name, ...words].join(' ')
}
