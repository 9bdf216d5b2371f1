import { Failure, shown } from '../data/failure.ts'
import { type Call, type Kind, type Method, namedParams } from './method.ts'

/** A value that a door has parsed already, in place of a text. */
export interface Given {
  readonly given: unknown
}
/** What is given for each parameter; a text that is too long for a record may be in UTF-8. */
export type Texts = Readonly<Record<string, string | Uint8Array | Given>>

/** Checks the parameters of a call, then loads them: what `run` gets. Throws Failure `invalid` or `not_found`, naming the parameter. */
export async function argsOf(
  { name: methodName, params }: Method,
  texts: Texts,
  prepared: ReadonlyMap<string, unknown>,
  context: Call,
): Promise<Record<string, unknown>> {
  const unknown = Object.keys(texts).find(name => !Object.hasOwn(params, name))
  if (unknown !== undefined) {
    const known =
      namedParams({ params })
        .map(([name]) => name)
        .join(', ') || 'none'
    throw new Failure('invalid', `${methodName} has no parameter ${shown(unknown)}; it has: ${known}.`)
  }
  const args: Record<string, unknown> = {}
  const parsed = new Map<string, unknown>()
  for (const [name, kind] of Object.entries(params)) {
    const given = Object.hasOwn(texts, name) ? texts[name] : undefined
    if (prepared.has(name)) args[name] = prepared.get(name)
    else if (given instanceof Uint8Array) throw tooLong(name, kind, given)
    else if (typeof given === 'object') args[name] = given.given
    else if (isGiven(name, kind, given)) parsed.set(name, await about(name, () => kind.parse(given)))
  }
  for (const [name, value] of parsed) args[name] = await about(name, () => params[name]!.load(value, context))
  return args
}

function isGiven(name: string, { need, rule }: Kind<unknown>, given: string | undefined): given is string {
  if (need === 'required' && given === undefined)
    throw new Failure('invalid', `${name} is missing; give ${rule}.`)
  if (need === 'required' && given === '') throw new Failure('invalid', `${name} is empty; give ${rule}.`)
  return given !== undefined && (given !== '' || need === 'clearable')
}

function tooLong(name: string, { rule }: Kind<unknown>, { length }: Uint8Array): Failure {
  return new Failure('invalid', `${name} has ${length} bytes; give ${rule}.`)
}

/** Names the parameter in what is said against its value. */
export async function about<V>(name: string, work: () => V | Promise<V>): Promise<V> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Failure && error.code === 'invalid')
      throw new Failure('invalid', `${name}: ${error.message}`)
    throw error
  }
}
