/** Node makes a text a mere view of the one that it was cut from where it is longer than this. */
const LONGEST_COPY = 12
/** Longer ones are seldom there twice. */
const LONGEST_SHARED = 128

/**
 * Texts as they are to stay in memory: each by itself, in one piece. What a text was cut out of would stay with it, be it a title and
 * a mail of 25 MB; what two were joined of as well. Equal ones of one transaction become the same.
 */
export class Texts {
  readonly #known = new Map<string, string>()

  /** Puts such texts in place of all in a record, those that were there before from the record as it was. */
  own(record: object, before: object = {}): void {
    if (Object.isFrozen(record)) return
    const [fields, old] = [record as Record<string, unknown>, before as Record<string, unknown>]
    for (const field in fields) {
      const value = fields[field]
      if (value === old[field]) fields[field] = old[field]
      else if (typeof value === 'string') fields[field] = this.#owned(value)
      else if (typeof value === 'object' && value !== null) this.own(value)
    }
  }

  #owned(text: string): string {
    if (text.length <= LONGEST_COPY) return text
    if (text.length > LONGEST_SHARED) return copy(text)
    const known = this.#known.get(text) ?? copy(text)
    this.#known.set(known, known)
    return known
  }
}

function copy(text: string): string {
  // One byte a character where that is enough.
  const encoding = /[\u0100-\uffff]/.test(text) ? 'utf16le' : 'latin1'
  return Buffer.from(text, encoding).toString(encoding)
}
