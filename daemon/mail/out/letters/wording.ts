import type { Locale } from '../../../../data/locales.ts'
import type { Key, Values } from './keys.ts'
import type { Texts } from './locale_texts.ts'
import { filled } from './template.ts'

type Given<K extends Key> = keyof Values<K> extends never ? [] : [Values<K>]

/** What letters say in one language, at one queue. */
export class Wording {
  readonly locale: Locale
  readonly #layers: readonly Texts[]

  /** `layers`: a text is that of the first which has it; the last one has all. */
  constructor(locale: Locale, layers: readonly Texts[]) {
    this.locale = locale
    this.#layers = layers
  }

  /** A text, with the values in the places of its placeholders. */
  say<K extends Key>(key: K, ...[values]: Given<K>): string {
    const text = this.#layers.find(texts => texts.has(key))!.get(key)!
    return filled(text, values ?? {})
  }

  /** A text above what it names, such as a link. */
  label(text: string): string {
    return this.say('text.label', { label: text })
  }

  /** A day, given as `YYYY-MM-DD`, as people write it. */
  day(day: string): string {
    const format = new Intl.DateTimeFormat(this.#tag, { dateStyle: 'long', timeZone: 'UTC' })
    return format.format(new Date(`${day}T00:00:00Z`))
  }

  /** The size of a file. */
  size(bytes: number): string {
    if (bytes < 1000) return this.#unit(bytes, 'byte', 0)
    if (bytes < 1e6) return this.#unit(Math.round(bytes / 1e3), 'kilobyte', 0)
    return this.#unit(bytes / 1e6, 'megabyte', 1)
  }

  /** Several things, as the parts of a sentence. */
  list(parts: readonly string[]): string {
    return new Intl.ListFormat(this.#tag, { type: 'conjunction' }).format(parts)
  }

  /** A text at the beginning of a line. */
  capital(text: string): string {
    const [first = '', ...others] = text
    return first.toLocaleUpperCase(this.#tag) + others.join('')
  }

  /** English dates begin with the day, as in most countries. */
  get #tag(): string {
    return this.locale === 'en' ? 'en-GB' : this.locale
  }

  #unit(count: number, unit: string, digits: number): string {
    const unitDisplay = unit === 'byte' ? 'long' : 'short'
    return new Intl.NumberFormat(this.#tag, {
      style: 'unit',
      unit,
      unitDisplay,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(count)
  }
}
