import type { Locale } from '../../data/locales.ts'
import type { Config } from '../config/config.ts'

/** Where the words of letters come from. */
export interface WordSource {
  /** The language of letters if nothing says another one. */
  readonly usual: Locale
  /** The directory with the overrides of the site; empty for none. */
  readonly directory: string
}

export function wordSourceIn({ 'mail.locale': locale, 'mail.letters': directory }: Config): WordSource {
  return { usual: locale === 'auto' ? 'en' : locale, directory }
}
