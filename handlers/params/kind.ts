import type { Call, Kind } from '../method.ts'

/** What a slot matches where its kind does not say. */
const WORD = '[^ \\t:]+'

interface Declared<V, T> extends Partial<Omit<Kind<T>, 'parse' | 'load'>> {
  readonly about: string
  readonly rule: string
  parse(text: string): V
  load?(value: never, call: Call): Promise<T>
}

/** A kind of parameter from what it has of its own. */
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
    load: async value => value as T,
    ...declared,
  } as Kind<T>
}

/** May be left out, or left empty. */
export function optional<T>(inner: Kind<T>): Kind<T | undefined> {
  return { ...(inner as Kind<T | undefined>), need: 'optional' }
}

/** May be left out, which leaves things as they are; left empty it clears them: `null`. */
export function clearable<T>(inner: Kind<T>): Kind<T | null | undefined> {
  return {
    ...(inner as Kind<T | null | undefined>),
    need: 'clearable',
    rule: `${inner.rule}, or nothing`,
    schema: { anyOf: [inner.schema, { const: '' }] },
    parse: text => (text === '' ? null : inner.parse(text)),
    load: async (value, call) => (value === null ? null : inner.load(value, call)),
  }
}
