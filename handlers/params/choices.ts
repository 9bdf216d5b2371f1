import { Failure, shown } from '../../data/failure.ts'
import type { Kind } from '../method.ts'
import { kind } from './kind.ts'

/** One of these words, in any case; `run` gets it in lower case. */
export function choice<W extends string>(about: string, words: readonly W[]): Kind<W> {
  const rule = `one of ${words.join(', ')}`
  return kind({
    about,
    rule,
    schema: { type: 'string', enum: words },
    parse: given => {
      const word = words.find(one => one === given.toLowerCase())
      if (word) return word
      throw new Failure('invalid', `${shown(given)} is not ${rule}.`)
    },
  })
}
