import { readFileSync } from 'node:fs'
import { LOCALES, type Locale } from '../../../../data/locales.ts'
import { type Texts, textsIn } from './locale_texts.ts'

/**
 * The texts that come with the program. All files are read at once, since an upgrade may replace them while the program runs. A language is
 * parsed when a letter first needs it, since that takes two milliseconds, and few sites need all.
 */
export class ShippedTexts {
  readonly #files = new Map(LOCALES.map(locale => [locale, readFileSync(fileOf(locale), 'utf8')]))
  readonly #parsed = new Map<Locale, Texts>()

  of(locale: Locale): Texts {
    const known = this.#parsed.get(locale)
    if (known) return known
    const { texts } = textsIn(this.#files.get(locale)!, `${locale}.toml`)
    this.#parsed.set(locale, texts)
    return texts
  }
}

function fileOf(locale: Locale): URL {
  return new URL(`./${locale}.toml`, import.meta.url)
}
