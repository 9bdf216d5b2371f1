import fc from 'fast-check'
import t from 'tap'
import { unflowed } from '../../../../../../daemon/mail/in/content/text/flowed.ts'
import { MIB } from '../../../../../../data/sizes.ts'
import { anyCharacter } from '../../../../../any_character.ts'
import { growthOf } from '../../../../../growth.ts'
import { runs } from '../../../../../runs.ts'

t.test('soft line breaks are joined, hard ones stay', async t => {
  const cases: readonly (readonly [flowed: string, text: string])[] = [
    ['The printer is \non fire.\n\nPlease \nhelp.', 'The printer is on fire.\n\nPlease help.'],
    ['one\n two\n  three', 'one\ntwo\n three'],
    [
      '>> The first \n>> level.\n> The other \n> one. \nMine.',
      '>> The first level.\n> The other one.\nMine.',
    ],
    [' > no quote\n From here', '> no quote\nFrom here'],
    ['Bye \n-- \nAnn \nLee', 'Bye\n-- \nAnn Lee'],
    ['> Bye \n> -- \n> Ann', '> Bye\n> -- \n> Ann'],
    ['> a\n>\n>  indented\n>b', '> a\n>\n>  indented\n> b'],
    ['a  \nb', 'a  b'],
    ['a ', 'a'],
    ['', ''],
    ['\n\n', '\n\n'],
  ]
  for (const [flowed, text] of cases) t.equal(unflowed(flowed, ' '), text, JSON.stringify(flowed))
})

t.test('with DelSp the blank at a soft line break goes', async t => {
  t.equal(unflowed('こんに \nちは\n> Kraft \n> werk', ''), 'こんにちは\n> Kraftwerk')
})

t.test('nothing but blanks and line ends is lost, in linear time', async t => {
  const text = fc.string({
    unit: fc.oneof(anyCharacter, fc.constantFrom(' ', '\n', '>', '-')),
    maxLength: 200,
  })
  fc.assert(
    fc.property(text, fc.constantFrom('' as const, ' ' as const), (text, joint) => {
      t.equal(visible(unflowed(text, joint)), visible(text))
    }),
    runs(1000),
  )
  for (const shape of ['a \n', '\n', '>', '> \n', ' ', '-- \n'])
    t.equal(
      await growthOf(MIB / 256, size => {
        const long = shape.repeat(size / shape.length)
        return () => unflowed(long, ' ')
      }),
      'linear',
    )
})

/** Quote marks of joined lines are gone. */
function visible(text: string): string {
  return text.replace(/[ \n>]+/g, '')
}
