import { Failure, shown } from '../data/failure.ts'
import type { Call, Kind, Method } from './method.ts'

/** A value that a door has parsed already, in place of a text. */
export interface Given {
  readonly given: unknown
}
export type Texts = Readonly<Record<string, string | Given>>

/** Checks and loads the parameters of a call: what `run` gets. Throws Failure `invalid` or `not_found`, naming the parameter. */
export async function argsOf(
  { name: methodName, params }: Method,
  texts: Texts,
  prepared: ReadonlyMap<string, unknown>,
  context: Call,
): Promise<Record<string, unknown>> {
  const unknown = Object.keys(texts).find(name => !Object.hasOwn(params, name))
  if (unknown !== undefined) {
    const known = Object.keys(params).join(', ') || 'none'
    throw new Failure('invalid', `${methodName} has no parameter ${shown(unknown)}; it has: ${known}.`)
  }
  const args: Record<string, unknown> = {}
  for (const [name, kind] of Object.entries(params)) {
    const given = Object.hasOwn(texts, name) ? texts[name] : undefined
    args[name] = prepared.has(name) ? prepared.get(name) : await loaded(name, kind, given, context)
  }
  return args
}

async function loaded(
  name: string,
  kind: Kind<unknown>,
  given: string | Given | undefined,
  context: Call,
): Promise<unknown> {
  if (typeof given === 'object') return given.given
  if (given === undefined || (given === '' && kind.need === 'optional')) {
    if (kind.need === 'required') throw new Failure('invalid', `${name} is missing; give ${kind.rule}.`)
    return undefined
  }
  if (given === '' && kind.need === 'required')
    throw new Failure('invalid', `${name} is empty; give ${kind.rule}.`)
  const value = await about(name, async () => kind.parse(given))
  return kind.load(value, context)
}

/** Names the parameter in what is said against its value. */
export async function about<V>(name: string, work: () => Promise<V>): Promise<V> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Failure && error.code === 'invalid')
      throw new Failure('invalid', `${name}: ${error.message}`)
    throw error
  }
}
