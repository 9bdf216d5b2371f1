import { HISTORY_WORDS } from './history_words.ts'

/** What a line of a header block tells, as bits. */
export const Label = { from: 1, sent: 2, to: 4, copy: 8, subject: 16 } as const

/** A label, and the languages that it belongs to, as bits. */
export interface KnownLabel {
  readonly label: number
  readonly languages: number
}

/** The labels of all languages in lower case. No word is two labels in two languages. */
export const KNOWN_LABELS: ReadonlyMap<string, KnownLabel> = knownLabels()

function knownLabels(): Map<string, KnownLabel> {
  const known = new Map<string, KnownLabel>()
  const labels = Object.entries(Label) as [keyof typeof Label, number][]
  for (const [language, words] of HISTORY_WORDS.entries())
    for (const [name, label] of labels)
      for (const word of words[name])
        known.set(word, { label, languages: (known.get(word)?.languages ?? 0) | (1 << language) })
  return known
}
