import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { htmlText } from '../../../../daemon/mail/html_text/html_text.ts'
import { MIB } from '../../../../data/sizes.ts'
import { anyCharacter } from '../../../any_character.ts'
import { growthOf } from '../../../growth.ts'
import { ROOT } from '../../../program.ts'
import { runs } from '../../../runs.ts'

const CASES = join(ROOT, 'test/cases/html')
const IMAGES = new Map([
  ['image001.png@01DC0A11.5B2E7F40', 'image001.png'],
  ['image002+b@x.example', 'image002.png'],
  ['logo@mill.example', 'logo.png'],
])
const LONGEST = 5 * MIB
const WRONG = /(?![\t\n])[\p{Cc}\p{Cs}]/u
/** Each takes the time of other parts of the conversion. */
const SHAPES: Readonly<Record<string, readonly [beginning: string, repeated: string]>> = {
  tables: ['', '<table><tr><td>Order</td><td>4711</td></tr></table>'],
  'tables in tables': ['', '<table>'],
  'cells in cells': ['', '<table><td>'],
  'lines in deep tables': ['<table><td>'.repeat(1100), '<br>a'],
  'one row': ['<table><tr>', '<td>a b</td>'],
  links: ['', '<a href="http://x.example/a">b</a>'],
  'open links': ['', '<a href=http://x.example>'],
  'a long link': ['<a href=http://x.example>', '<b>x</b>'],
  words: ['', '<b>word</b>'],
  nested: ['', '<div>a'],
  'wrong ends': [`<div>${'<b>'.repeat(750)}<table><td>`, '</div>'],
  paragraphs: ['<b>'.repeat(750), '<p>'],
  tags: ['', '<'],
  entities: ['', '&amp;'],
  attributes: ['<p ', 'a=b '],
  styles: ['', '<p style="a:b" class=c>'],
  'a style': ['<p style="', 'a:b;'],
  quotes: ['', '<blockquote>a<br>'],
  breaks: ['', '<br>'],
  'fixed blanks': ['', '&nbsp;'],
  blanks: ['', ' '],
  'lines kept': ['<pre>', '\n'],
  comments: ['', '<!--'],
  exponents: ['', 'x<sup>1</sup>'],
  'a word': ['', 'abcdefghij'],
  lists: ['', '<ul><li>a'],
  images: ['', '<img src=cid:logo@mill.example>'],
}

function textOf(html: string): string {
  return htmlText(html, IMAGES).text
}

t.test('each page reads as the text beside it', async t => {
  const names = readdirSync(CASES).filter(name => name.endsWith('.html'))
  t.ok(names.length >= 40)
  for (const name of names) {
    const right = readFileSync(join(CASES, name.replace('.html', '.txt')), 'utf8')
    t.equal(`${textOf(readFileSync(join(CASES, name), 'utf8'))}\n`, right, name)
  }
})

t.test('the words between tags all stand in the text, in their order', async t => {
  const names =
    'p div span b i a ul ol li table tbody tr td th blockquote h2 pre br hr center font dl dt dd sup o:p body'
  const tag = fc
    .tuple(fc.constantFrom('<', '</'), fc.constantFrom(...names.split(' ')), fc.boolean())
    .map(([open, name, isLoud]) => `${open}${isLoud ? name.toUpperCase() : name} href=https://a.example>`)
  const pieces = fc.array(fc.oneof(tag, fc.constant('word')), { maxLength: 120 })
  fc.assert(
    fc.property(pieces, pieces => {
      let count = 0
      const html = pieces.map(piece => (piece === 'word' ? ` w${count++}w ` : piece)).join('')
      t.same(
        textOf(html).match(/w\d+w/g) ?? [],
        Array.from({ length: count }, (_, at) => `w${at}w`),
        html,
      )
    }),
    runs(2000, 200),
  )
})

t.test('any text becomes text without control characters', async t => {
  const tags = fc.constantFrom(
    '<p>',
    '<td>',
    '<!--',
    '<pre>',
    '&#27;',
    '&#0;',
    '&#xd800;',
    '<style>',
    '<img alt="',
  )
  const html = fc
    .array(fc.oneof(anyCharacter, tags, fc.string({ unit: anyCharacter })))
    .map(all => all.join(''))
  fc.assert(
    fc.property(html, html => {
      t.notOk(WRONG.test(textOf(html)), JSON.stringify(html))
    }),
    runs(2000),
  )
  t.equal(textOf('a\ud800\r\nb\0c\u001b<p alt="\udc00">&#27;d&#x9f;'), 'a\ufffd bc\n\ndŸ')
})

/** Quadratic code takes seconds for 32 times as much of this, too. */
const SHORT = process.env.HELPDESKD_TORTURE ? MIB / 64 : MIB / 256

t.test('it takes linear time', async t => {
  for (const [name, [beginning, repeated]] of Object.entries(SHAPES)) {
    const htmlOf = (size: number) => beginning + repeated.repeat(size / repeated.length)
    t.equal(
      await growthOf(SHORT, size => {
        const html = htmlOf(size)
        return () => textOf(html)
      }),
      'linear',
      name,
    )
  }
})

t.test('what is too long is cut, and said to be', async t => {
  t.same(htmlText('<p>short', IMAGES), { text: 'short', isCut: false })
  const long = htmlText('word '.repeat(MIB), IMAGES)
  t.ok(long.isCut && long.text.length <= 2 * MIB && long.text.startsWith('word word'))
  for (const html of ['<blockquote>a<br>', '<ul><li>a', '<img src=cid:logo@mill.example>a']) {
    const { text, isCut } = htmlText(html.repeat(MIB), IMAGES)
    t.ok(isCut && text.length > MIB / 2 && text.length < LONGEST, html)
  }
})

t.test('100,000 nested elements are read', async t => {
  for (const tag of ['div', 'table', 'td', 'blockquote', 'ul', 'span', 'a'])
    t.match(textOf(`${`<${tag}>`.repeat(100_000)}deep`), /deep$/, tag)
  t.equal(textOf(`${'<div>'.repeat(100_000)}deep${'</div>'.repeat(100_000)}after`), 'deep\nafter')
})
