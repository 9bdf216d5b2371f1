import { francAll } from 'franc-min'
import { isLocale, type Locale } from '../../../../data/locales.ts'

/** By the names of ISO 639-3. */
const LOCALE_OF: Readonly<Record<string, Locale>> = {
  eng: 'en',
  deu: 'de',
  fra: 'fr',
  spa: 'es',
  nld: 'nl',
  por: 'pt',
  ita: 'it',
}
/** In characters: of fewer, the language is a guess, and more do not make it surer. */
const FEWEST = 200
const MOST = 2000
/** How likely another language may be, from 0 to 1, where the likeliest has 1. Danish has more for German. */
const MOST_LIKELY_OTHER = 0.96

/**
 * The language of a mail, if letters can have it: the first of Content-Language (RFC 3282), else that of its words, if they are long enough
 * and it is clear. Undefined if nothing tells it.
 */
export function languageOf(contentLanguage: string | undefined, words: string): Locale | undefined {
  return named(contentLanguage) ?? told(words)
}

/** Of a language tag, only the language counts: `de-AT` is German. */
function named(contentLanguage = ''): Locale | undefined {
  const tag = contentLanguage.trim().toLowerCase()
  const language = tag.slice(0, 2)
  const isTag = tag.length === 2 || !isLetter(tag.charAt(2))
  return isTag && isLocale(language) ? language : undefined
}

function isLetter(character: string): boolean {
  return character >= 'a' && character <= 'z'
}

function told(words: string): Locale | undefined {
  const text = words.slice(0, MOST).trim()
  if (text.length < FEWEST) return undefined
  const [[language, likely] = ['und', 0], [, other] = ['und', 0]] = francAll(text)
  return likely === 1 && other <= MOST_LIKELY_OTHER ? LOCALE_OF[language] : undefined
}
