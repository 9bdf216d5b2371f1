import type { Kind } from '../method.ts'

const TO = /^to[ \t]+/i

/** The same kind, before which a command may also have the word `to`: `assign 31794 to fred`. */
export function afterTo<T>(inner: Kind<T>): Kind<T> {
  return {
    ...inner,
    slot: `(?:to[ \\t]+)?${inner.slot}`,
    fromSlot: words => inner.fromSlot(words.replace(TO, '')),
  }
}
