import { Failure, isTemporary } from '../data/failure.ts'
import type { Kind, Loading, Method } from './method.ts'
import { checkNamed } from './only_ticket.ts'
import type { ParamValue, ParamValues } from './value.ts'

/**
 * Converts the parameters of a call, each once, and loads them: the arguments of `run`. Unknown parameters are ignored here;
 * `refuseUnknown` checks them. Throws Failure `invalid`, which names the parameter, `not_found`, or `forbidden` for what is about
 * more than the only ticket of the call.
 */
export async function argsOf(
  method: Pick<Method, 'params' | 'anyProof'>,
  values: ParamValues,
  prepared: ReadonlyMap<string, unknown>,
  context: Loading,
): Promise<Record<string, unknown>> {
  const { params } = method
  const args: Record<string, unknown> = {}
  const toLoad: string[] = []
  for (const name of Object.keys(params)) {
    if (prepared.has(name)) args[name] = prepared.get(name)
    else {
      const kind = params[name]!
      const value = Object.hasOwn(values, name) ? values[name] : undefined
      if (!isGiven(name, kind, value)) continue
      args[name] = converted(name, kind, value)
      if (kind.load) toLoad.push(name)
    }
  }
  // All values are checked before the first one is looked up.
  for (const name of toLoad) {
    try {
      args[name] = await params[name]!.load!(args[name], context)
    } catch (error) {
      throw naming(name, error)
    }
  }
  if (context.onlyTicket !== undefined) checkNamed(method, args, context.onlyTicket)
  return args
}

function isGiven(
  name: string,
  { need, rule }: Kind<unknown>,
  value: ParamValue | undefined,
): value is ParamValue {
  if (value !== undefined && value !== '') return true
  if (need !== 'required') return value === '' && need === 'clearable'
  throw new Failure('invalid', `${name} is ${value === undefined ? 'missing' : 'empty'}; give ${rule}.`, {
    parameter: name,
  })
}

function converted(name: string, kind: Kind<unknown>, value: ParamValue): unknown {
  try {
    if (typeof value === 'string') return kind.parse(value)
    if (!(value instanceof Uint8Array)) return kind.accept(value)
  } catch (error) {
    throw naming(name, error)
  }
  throw new Failure('invalid', `${name} has ${value.length} bytes; give ${kind.rule}.`, { parameter: name })
}

/** Runs work on a value. A Failure that the value causes then has the name of the parameter, and an `invalid` one says it. */
export async function about<V>(name: string, work: () => V | Promise<V>): Promise<V> {
  try {
    return await work()
  } catch (error) {
    throw naming(name, error)
  }
}

function naming(name: string, error: unknown): unknown {
  if (!(error instanceof Failure) || isTemporary(error)) return error
  const { code, message } = error
  return new Failure(code, code === 'invalid' ? `${name}: ${message}` : message, { parameter: name })
}
