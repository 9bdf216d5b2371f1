import { Failure } from '../../data/failure.ts'
import type { Kind } from '../method.ts'
import { kind } from '../params/kind.ts'
import { verdicts } from './verdicts.ts'

const DAY = '[0-9]{4}-[0-9]{2}-[0-9]{2}'
/** Without `=`, which the plain form has. */
const ADDRESS = '[^ \\t:@=]+@[^ \\t:@=]+'
const WORD = `(?:${verdicts.join('|')}|${DAY}|${ADDRESS})`

/** The words after `mails`, in any order: a verdict, a day, an address. */
export const mailFilterWords: Kind<string> = kind({
  about: 'Filters as words.',
  rule: 'a verdict, a day and a sender',
  fromDoor: true,
  slot: `${WORD}(?:[ \\t]+${WORD})*`,
  fromSlot: paramsIn,
  parse: text => text,
})

/** Throws Failure `invalid` for two words of one kind. */
function paramsIn(words: string): Readonly<Record<string, string>> {
  const params: Record<string, string> = {}
  for (const word of words.split(/[ \t]+/)) {
    const name = word.includes('@') ? 'sender' : word.includes('-') ? 'day' : 'verdict'
    const other = params[name]
    if (other !== undefined && other !== word)
      throw new Failure('invalid', `"${other}" and "${word}" exclude each other; give one of them.`, {
        parameter: name,
      })
    params[name] = word
  }
  return params
}
