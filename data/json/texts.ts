/** Node makes a text a mere view of the one that it was cut from where it is longer than this. */
const LONGEST_COPY = 12
const SCRATCH_BYTES = 256
/** Fields that the program fills in itself, with texts that are cut from nothing. */
const ours: ReadonlySet<string> = new Set(['date', 'created', 'modified', 'due', 'received', 'expires', 'at'])

/**
 * OwnTexts as they are to stay in memory: each by itself, in one piece. What a text was cut out of would stay with it, be it a title and
 * a mail of 25 MB; what it was joined of as well.
 */
export class OwnTexts {
  readonly #scratch = Buffer.alloc(SCRATCH_BYTES)

  /** Puts such texts in place of all in a record, those that were there before from the record as it was. */
  own(record: object, before: object = {}): void {
    if (Object.isFrozen(record)) return
    const [fields, old] = [record as Record<string, unknown>, before as Record<string, unknown>]
    for (const field in fields) {
      const value = fields[field]
      if (typeof value === 'string') {
        if (value.length <= LONGEST_COPY || ours.has(field)) continue
        fields[field] = value === old[field] ? old[field] : this.#copy(value)
      } else if (typeof value === 'object' && value !== null) this.own(value)
    }
  }

  #copy(text: string): string {
    // One byte a character where that is enough.
    if (/[\u0100-\uffff]/.test(text)) return Buffer.from(text, 'utf16le').toString('utf16le')
    const bytes = text.length > SCRATCH_BYTES ? Buffer.allocUnsafe(text.length) : this.#scratch
    bytes.write(text, 'latin1')
    return bytes.toString('latin1', 0, text.length)
  }
}
