import { paramsNamed } from '../command/filters_in_words.ts'
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

function paramsIn(words: string): Readonly<Record<string, string>> {
  return paramsNamed(words.split(/[ \t]+/).map(word => ({ name: nameFor(word), value: word, word })))
}

function nameFor(word: string): string {
  return word.includes('@') ? 'sender' : word.includes('-') ? 'day' : 'verdict'
}
