import { readFileSync } from 'node:fs'
import { isLocale, LOCALES, type Locale } from '../../../../data/locales.ts'
import type { Queue } from '../../../../data/tables.ts'
import type { WordSource } from '../../word_source.ts'
import { KEYS, type Key } from './keys.ts'
import { type Texts, textsIn } from './locale_texts.ts'
import { type Overrides, overridesIn } from './overrides.ts'
import { Wording } from './wording.ts'

/** The words of letters in every language and at every queue. */
export class LetterWords {
  readonly #source: WordSource
  readonly #shipped: ReadonlyMap<string, Texts>
  readonly #lacking: readonly string[]
  #overrides: Overrides = { texts: new Map(), mistakes: [] }

  constructor(source: WordSource = { usual: 'en', directory: '' }) {
    this.#source = source
    const shipped = LOCALES.map(locale => [locale, shippedTexts(locale)] as const)
    this.#shipped = new Map(shipped.map(([locale, { texts }]) => [locale, texts]))
    this.#lacking = shipped.flatMap(([locale, { texts, mistakes }]) => [
      ...mistakes,
      ...lackingIn(locale, texts),
    ])
    this.reload()
  }

  /** Reads the overrides of the site again. */
  reload(): void {
    this.#overrides = overridesIn(this.#source.directory)
  }

  /** A sentence about each text that cannot be used; letters have the usual text in its place. */
  get mistakes(): readonly string[] {
    return [...this.#lacking, ...this.#overrides.mistakes]
  }

  /** What letters say that are about no queue. */
  usual(): Wording {
    return this.#in(this.#source.usual, [])
  }

  /**
   * What letters say about the tickets of a queue, in one of the given languages: the first that letters can have, else the usual one. A
   * region does not matter, nor does `auto`.
   */
  of(slug: string, ...wanted: readonly (string | undefined)[]): Wording {
    const found = wanted.map(one => one?.slice(0, 2)).find(one => one !== undefined && isLocale(one))
    return this.#in((found as Locale | undefined) ?? this.#source.usual, [slug])
  }

  /**
   * What letters say about the tickets of several queues: in the language of these queues if they have the same one, else in the usual one;
   * with the texts of a queue if it is the only one.
   */
  ofQueues(queues: readonly Pick<Queue, 'slug' | 'locale'>[]): Wording {
    const slugs = [...new Set(queues.map(({ slug }) => slug))]
    const locales = new Set(queues.map(({ slug, locale }) => this.of(slug, locale).locale))
    const [locale = this.#source.usual] = locales.size === 1 ? locales : []
    return this.#in(locale, slugs.length === 1 ? slugs : [])
  }

  #in(locale: Locale, slugs: readonly string[]): Wording {
    const files = [...slugs.map(slug => `${locale}.${slug}`), locale]
    const own = files.flatMap(name => this.#overrides.texts.get(name) ?? [])
    return new Wording(locale, [...own, this.#shipped.get(locale)!, this.#shipped.get('en')!])
  }
}

/** The texts of the file of a language that comes with the program. */
function shippedTexts(locale: Locale): { texts: Texts; mistakes: readonly string[] } {
  const file = new URL(`./${locale}.toml`, import.meta.url)
  return textsIn(readFileSync(file, 'utf8'), `${locale}.toml`)
}

/** A sentence about each text that such a file lacks. */
function lackingIn(locale: Locale, texts: Texts): string[] {
  const lacking = (Object.keys(KEYS) as Key[]).filter(key => !texts.has(key))
  return lacking.map(key => `${locale}.toml of the program lacks ${key}.`)
}
