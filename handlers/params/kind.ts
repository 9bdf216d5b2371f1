import { Failure } from '../../data/failure.ts'
import type { Kind, Loading } from '../method.ts'
import type { TypedValue } from '../value.ts'

/** The default expression of a slot. */
const WORD = '[^ \\t:]+'

interface Declared<V, T> extends Partial<Omit<Kind<T>, 'parse' | 'accept' | 'load'>> {
  readonly about: string
  readonly rule: string
  parse(text: string): V
  accept?(value: TypedValue): V
  load?(value: never, call: Loading): Promise<T>
}

/** Makes a kind of parameter, with defaults for everything optional. A kind without `accept` takes only text. */
export function kind<V, T = V>(declared: Declared<V, T>): Kind<T> {
  return {
    schema: { type: 'string', minLength: 1 },
    need: 'required',
    secret: false,
    words: false,
    namesTicket: false,
    fromDoor: false,
    slot: WORD,
    fromSlot: words => words,
    accept: value => {
      throw noText(value, declared)
    },
    ...declared,
  } as Kind<T>
}

/** A parameter that may be left out or empty; both mean that it is not given. */
export function optional<T>(inner: Kind<T>): Kind<T | undefined> {
  return { ...(inner as Kind<T | undefined>), need: 'optional' }
}

/** A parameter that may be left out to change nothing, or empty to clear a field: `run` gets `null`. */
export function clearable<T>(inner: Kind<T>): Kind<T | null | undefined> {
  const { load } = inner
  return {
    ...(inner as Kind<T | null | undefined>),
    need: 'clearable',
    rule: `${inner.rule}, or an empty value to clear it`,
    schema: { anyOf: [inner.schema, { const: '' }] },
    parse: text => (text === '' ? null : inner.parse(text)),
    ...(load && { load: async (value, call) => (value === null ? null : load(value, call)) }),
  }
}

/** A typed value as a sentence may show it, after the name of its parameter. */
export function shownTyped(value: TypedValue): string {
  return typeof value === 'object' ? 'this' : String(value)
}

function noText(value: TypedValue, { rule, secret }: { rule: string; secret?: boolean }): Failure {
  const told = secret ? 'the value' : shownTyped(value)
  return new Failure('invalid', `${told} is not text; give ${rule}.`)
}
