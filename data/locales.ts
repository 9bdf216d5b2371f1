/** The languages that letters can have. */
export const LOCALES = ['en', 'de', 'fr', 'es', 'nl', 'pt', 'it'] as const
export type Locale = (typeof LOCALES)[number]

export function isLocale(text: string): text is Locale {
  return (LOCALES as readonly string[]).includes(text)
}
