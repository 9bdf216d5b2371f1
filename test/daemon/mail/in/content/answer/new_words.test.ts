import fc from 'fast-check'
import t from 'tap'
import { newWords } from '../../../../../../daemon/mail/in/content/answer/new_words.ts'
import { KIB } from '../../../../../../data/sizes.ts'
import { anyCharacter } from '../../../../../any_character.ts'
import { growthOf } from '../../../../../growth.ts'
import { runs } from '../../../../../runs.ts'
import { generatedAnswer, lineOfWords } from './generated_answers.ts'

const LONE = /\p{Surrogate}/u
const OPENER = 'On Thu, 26 Nov 2026 at 10:00, Tom <t@b.example> wrote:\n'
/** Texts whose repetition takes the scanner longest. */
const SHAPES = [
  '>',
  '>\n',
  '\n',
  '-',
  '-\n',
  '-- \n',
  '\n--\n',
  '_____\n',
  ' ',
  'On ',
  'On 1\n',
  'On 1@:\n',
  'wrote:\n',
  'From: a\n',
  'From: a\nTo: b\nSubject: c\n',
  'To: a\n@\n@\n@\n',
  OPENER,
  `\n${OPENER}x\n`,
  `${OPENER}>\nx\n`,
  '> 1\nx\n',
  '<@1 2 3 4\n',
  '-----Original Message-----\n',
  '\nsent from my phone\n',
  '\u200b\u2060\n',
]

t.test('no line of new words is lost, whatever program quoted the letter', async t => {
  const property = fc.property(generatedAnswer, ({ text, words }) => {
    const found = newWords(text)
    return found.isNew && isSubsequence(words, found.text.split('\n'))
  })
  fc.assert(property, runs(5000, 500))
  t.pass()
})

t.test('text without history and signature is given as it is', async t => {
  const property = fc.property(fc.array(lineOfWords, { minLength: 1 }), lines => {
    const text = lines.join('\n')
    const found = newWords(text)
    return found.text === text && !found.isCut && found.isNew
  })
  fc.assert(property, runs(2000, 200))
  t.pass()
})

t.test('any text gives lines of it, in order and valid', async t => {
  const fragment = fc.constantFrom(
    ...SHAPES,
    ...'> : \n @ 1'.split(' '),
    'Sent: 1\n',
    'Von: a\n',
    '> ',
    '\n\n',
  )
  const text = fc
    .array(fc.oneof(fragment, fc.string({ unit: anyCharacter })), { maxLength: 60 })
    .map(parts => parts.join(''))
  const property = fc.property(text, text => {
    const found = newWords(text)
    const lines = found.text.split('\n').filter(line => line !== '')
    if (!found.isCut && found.text !== text) return false
    return !LONE.test(found.text) && isSubsequence(lines, text.split('\n'))
  })
  fc.assert(property, runs(5000, 500))
  t.pass()
})

t.test('the time is linear, whatever the text', async t => {
  for (const shape of SHAPES) {
    const textOf = (size: number) => Buffer.from(shape.repeat(Math.ceil(size / shape.length))).toString()
    const growth = await growthOf(4 * KIB, size => {
      const text = textOf(size)
      return () => newWords(text)
    })
    t.equal(growth, 'linear', JSON.stringify(shape))
  }
  // Openers that all look for the quote at the end.
  const growth = await growthOf(4 * KIB, size => {
    const half = Math.ceil(size / 2 / OPENER.length)
    const text = Buffer.from(`\n${OPENER}x\n`.repeat(half) + '> x\n'.repeat(size / 8)).toString()
    return () => newWords(text)
  })
  t.equal(growth, 'linear')
})

/** Whether the lines stand in the text in this order. */
function isSubsequence(lines: readonly string[], text: readonly string[]): boolean {
  let at = 0
  for (const line of text) if (at < lines.length && line === lines[at]) at++
  return at === lines.length
}
