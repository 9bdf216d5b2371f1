import fc from 'fast-check'
import t from 'tap'
import { literal, roffText, section, sentences, tagList, textLines, words } from '../../../daemon/man/mdoc.ts'
import { inlineMacros, prose } from '../../../daemon/man/prose.ts'
import { anyCharacter } from '../../any_character.ts'
import { needs } from '../../tools.ts'
import { formatted } from './formatted.ts'

const HEAD = [
  '.Dd January 1, 2026',
  '.Dt TEST 1',
  '.Os',
  section('Sh', 'NAME'),
  '.Nm test',
  '.Nd text',
  '.Sh T',
]
const END = 'THEEND'
/** What means something in mdoc, in a text or as an argument, and what formatters replace. */
const means = fc.constantFrom(
  '.',
  "'",
  '\\',
  '\\fB',
  '-',
  '"',
  '`',
  '^',
  '~',
  'Ql',
  'Ns',
  'No',
  '.Sh',
  '(',
  ')',
  ',',
  '|',
  ' ',
  '. ',
  '.\\"',
  '%T',
  '…',
  '–',
)
const letter = anyCharacter.filter(one => !/[\p{C}\p{Z}\p{M}]/u.test(one))
const texts = fc
  .sample(fc.array(fc.oneof(means, letter, fc.constantFrom('a', 'B', ' ')), { maxLength: 12 }), 300)
  .map(parts => parts.join('').replace(/\s+/g, ' ').trim())
  .filter(text => text !== '')

t.test('any text comes out as it went in', { skip: needs('mandoc') }, async t => {
  for (const [name, made] of Object.entries({
    lines: textLines,
    sentences,
    literal: (text: string) => literal([text]),
    argument: (text: string) => [`.Sy ${words(text)}`],
    tag: (text: string) => tagList([{ tag: `No ${words(text)}`, body: ['.No'] }]),
    heading: (text: string) => [section('Ss', text)],
  })) {
    const page = [...HEAD, ...texts.flatMap(text => [...made(text), '.Pp', END, '.Pp'])].join('\n')
    const [first = '', ...others] = formatted(`${page}\n`).split(END)
    const found = [first.replace(/^.* T (?=\S)/, ''), ...others.slice(0, -1)]
    t.same(
      found.map(text => text.replace(/\s+/g, '')),
      texts.map(text => text.replace(/\s+/g, '').replaceAll('…', '...')),
      name,
    )
  }
})

t.test('a control character is refused', async t => {
  for (const text of ['a\nb', '\x1b[1m', '\x00']) t.throws(() => roffText(text), /a control character/)
})

t.test('each sentence begins a line, and no line is long', async t => {
  t.same(sentences('One. Two (see above.) Three "four." Five'), [
    'One.',
    'Two (see above.)',
    'Three \\(dqfour.\\(dq',
    'Five',
  ])
  for (const line of textLines('word '.repeat(100))) t.ok(line.length <= 80)
})

t.test('Markdown in a line becomes macros', async t => {
  t.same(prose('Send `hold 5`, or (see [the list](#list)) **do not**. It *waits*.'), [
    'Send',
    '.So hold 5 Sc ,',
    'or (see the list)',
    '.Sy do not .',
    'It',
    '.Em waits .',
  ])
  t.same(prose('more ([how](x.md#y)). `a`s, (`b`) and x`c`'), [
    'more.',
    '.So a Sc Ns No s,\\&',
    '.No \\&( Ns So b Sc )',
    'and',
    '.No x Ns So c Sc',
  ])
  t.equal(inlineMacros('`a`, `b` or No'), 'So a Sc , So b Sc No or No \\&No')
})
