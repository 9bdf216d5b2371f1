import { LOCALES } from '../../data/locales.ts'
import type { Queue } from '../../data/tables.ts'
import { choice } from '../params/choices.ts'
import { flag } from '../params/flags.ts'
import { lines } from '../params/texts.ts'

const LONGEST = 1000

/** The parameters of a queue that say how its letters are worded. */
export const letterParams = {
  locale: choice(
    'Language of its letters; with auto, those to submitter and watchers have that of the mail which opened the ticket, and all others that of mail.locale.',
    ['auto', ...LOCALES],
  ),
  greeting: lines('The first lines of letters to submitters and watchers, such as a greeting.', LONGEST),
  signature: lines('The last lines of these letters, such as the names of the team.', LONGEST),
  quote: flag(
    'Whether these letters end with the last public follow-ups as a quote, at most three and 10 KiB; defaults to n.',
  ),
} as const

type Lines = Pick<Queue, 'greeting' | 'signature'>
type Given = { readonly [K in keyof Lines]: string | null | undefined }

/** The lines of a queue after a change: null clears some, and what is not given stays. */
export function letterLines(given: Given, former: Lines): Lines {
  const { greeting = former.greeting, signature = former.signature } = given
  return { ...(greeting ? { greeting } : {}), ...(signature ? { signature } : {}) }
}
