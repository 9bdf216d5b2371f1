/** Counts the records of a table by their values of some fields. */
export class Combinations<R extends object> {
  readonly #fields: readonly (keyof R & string)[]
  readonly #counts = new Map<string, number>()

  constructor(fields: readonly (keyof R & string)[]) {
    this.#fields = fields
  }

  add(record: R): void {
    this.#change(record, 1)
  }

  remove(record: R): void {
    this.#change(record, -1)
  }

  clear(): void {
    this.#counts.clear()
  }

  /** Whether a condition is about exactly these fields. */
  isMeant(where: object): boolean {
    return Object.keys(where).length === this.#fields.length && this.#fields.every(field => field in where)
  }

  /** The number of records with these values. */
  count(values: { readonly [K in keyof R]?: unknown }): number {
    return this.#counts.get(this.#keyOf(values)) ?? 0
  }

  #change(record: R, by: number): void {
    const key = this.#keyOf(record)
    const count = (this.#counts.get(key) ?? 0) + by
    if (count > 0) this.#counts.set(key, count)
    else this.#counts.delete(key)
  }

  #keyOf(values: { readonly [K in keyof R]?: unknown }): string {
    return JSON.stringify(this.#fields.map(field => values[field]))
  }
}
