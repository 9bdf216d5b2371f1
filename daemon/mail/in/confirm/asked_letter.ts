import type { Reader } from '../../../../data/store.ts'
import type { Letter } from '../../../../data/tables.ts'
import { isForward } from '../content/reply_prefix.ts'
import type { LetterSigns } from '../letter_signs.ts'
import type { Received } from '../received/received.ts'

/** The letter about a command without proof that a mail answers. */
export interface AskedLetter {
  readonly letter: Letter
  /** Whether the mail went to the reply address of that letter, and has the key of no other. */
  readonly isByKey: boolean
}

/** That letter, by the key or the return path in an address of the mail, or by its Message-ID; undefined if the mail answers none. */
export async function askedLetterOf(
  tx: Reader,
  { keys, paths, direct }: LetterSigns,
  { subject }: Pick<Received, 'subject'>,
): Promise<AskedLetter | undefined> {
  for (const { number } of keys) {
    const letter = await askingLetter(tx, number)
    if (letter) return { letter, isByKey: keys.length === 1 }
  }
  const answered = isForward(subject) ? undefined : direct
  for (const number of [...paths.map(({ number }) => number), answered]) {
    const letter = await askingLetter(tx, number)
    if (letter) return { letter, isByKey: false }
  }
  return undefined
}

async function askingLetter(tx: Reader, number: number | undefined): Promise<Letter | undefined> {
  const letter = number === undefined ? undefined : await tx.get('letters', number)
  return letter?.event === 'unconfirmed' ? letter : undefined
}
