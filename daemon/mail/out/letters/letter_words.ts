import { isLocale, type Locale } from '../../../../data/locales.ts'
import type { Queue } from '../../../../data/tables.ts'
import type { WordSource } from '../../word_source.ts'
import { type Overrides, overridesIn } from './overrides.ts'
import { ShippedTexts } from './shipped_texts.ts'
import { Wording } from './wording.ts'

/** The words of letters in every language and at every queue. */
export class LetterWords {
  readonly #source: WordSource
  readonly #shipped = new ShippedTexts()
  #overrides: Overrides = { texts: new Map(), mistakes: [] }

  constructor(source: WordSource = { usual: 'en', directory: '' }) {
    this.#source = source
    this.reload()
  }

  /** Reads the overrides of the site again. */
  reload(): void {
    this.#overrides = overridesIn(this.#source.directory)
  }

  /** A sentence about each text of the site that cannot be used; letters have the usual text in its place. */
  get mistakes(): readonly string[] {
    return this.#overrides.mistakes
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
    return new Wording(locale, [...own, this.#shipped.of(locale), this.#shipped.of('en')])
  }
}
