import type { Config } from '../config/config.ts'
import type { WordSource } from './out/letters/letter_words.ts'

/** Where the words of letters come from at this site. */
export function wordSourceIn(config: Config): WordSource {
  const { 'mail.locale': locale, 'mail.letters': directory } = config
  return { usual: locale === 'auto' ? 'en' : locale, directory }
}
