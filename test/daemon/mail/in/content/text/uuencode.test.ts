import fc from 'fast-check'
import t from 'tap'
import { uudecoded, withoutUuencoded } from '../../../../../../daemon/mail/in/content/text/uuencode.ts'
import { MIB } from '../../../../../../data/sizes.ts'
import { growthOf } from '../../../../../growth.ts'
import { runs } from '../../../../../runs.ts'

const REPORT_TEXT = 'RULESET_ID;NAME;ACTIVE;SCORE;LAST\n381;Paper "A4"; yes;12;17.09.14\n'
const REPORT = [
  'begin 644 rulesets-report.csv',
  'M4E5,15-%5%])1#M.04U%.T%#5$E613M30T]213M,05-4"C,X,3M087!E<B B',
  '5030B.R!Y97,[,3([,3<N,#DN,30*',
  '`',
  'end',
  '',
].join('\n')
const HELLO_TEXT = 'Hello helpdesk'
const HELLO = 'begin 644 hello.txt\n.2&5L;&\\@:&5L<&1E<VL\n`\nend\n'

/** Encodes as POSIX says, with `zero` for six zero bits. */
function encoded(content: Uint8Array, name: string, zero: string): string {
  const character = (bits: number) => (bits === 0 ? zero : String.fromCharCode(32 + bits))
  let lines = ''
  for (let from = 0; from < content.length; from += 45) {
    const line = content.subarray(from, from + 45)
    lines += character(line.length)
    for (let at = 0; at < line.length; at += 3) {
      const bits = ((line[at] ?? 0) << 16) | ((line[at + 1] ?? 0) << 8) | (line[at + 2] ?? 0)
      for (const shift of [18, 12, 6, 0]) lines += character((bits >> shift) & 63)
    }
    lines += '\n'
  }
  return `begin 644 ${name}\n${lines}${zero}\nend\n`
}

function contents(text: string): string[] {
  return withoutUuencoded(text).files.map(({ content }) => Buffer.from(content).toString())
}

t.test('files are taken out of the text, which keeps the rest', async t => {
  const { text, files } = withoutUuencoded(`Report below.\n\n${REPORT}\nBye.\n${HELLO}`)
  t.equal(text, 'Report below.\n\nBye.\n')
  t.same(
    files.map(({ filename }) => filename),
    ['rulesets-report.csv', 'hello.txt'],
  )
  t.same(
    files.map(({ content }) => Buffer.from(content).toString()),
    [REPORT_TEXT, HELLO_TEXT],
  )
})

t.test('prose that begins like a file stays', async t => {
  for (const text of [
    'begin 644 words to say\nthis is prose\nend\n',
    'begin with the cable\nend',
    'begin 644\n`\nend\n',
    `> ${HELLO}`,
    'begin 644 a.txt',
    'begin 644 a.txt\n\nText',
    'begin 999 a.txt\n`\nend\n',
    'begin 644 a.txt\nEND OF\n',
    'begin 100 tests\nend\n',
  ])
    t.same(withoutUuencoded(text), { text, files: [] })
})

t.test('a file without its end is what can be read', async t => {
  t.same(contents(HELLO.replace('end\n', '')), [HELLO_TEXT])
  t.same(contents(HELLO.slice(0, HELLO.indexOf('\n`'))), [HELLO_TEXT])
  const { text } = withoutUuencoded(HELLO.replace('`\nend\n', 'Best regards'))
  t.equal(text, 'Best regards')
  t.same(contents('begin 644 empty.txt\n`\nend\n'), [''])
  t.same(contents('begin 644 empty.txt\n\nend\n'), [''])
})

t.test('any bytes come back, also when blanks at the ends of lines are gone', async t => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(' ', '`'), (content, zero) => {
      const text = encoded(content, 'any file.bin', zero)
      t.same(withoutUuencoded(`a\n${text}b`), {
        text: 'a\nb',
        files: [{ filename: 'any file.bin', content }],
      })
      t.same(uudecoded(Buffer.from(text.replaceAll('\n', '\r\n'))), content)
    }),
    runs(500),
  )
  const zeros = Buffer.concat([Buffer.from('x'.repeat(45)), Buffer.alloc(45)])
  t.same(uudecoded(Buffer.from(encoded(zeros, 'zeros', ' ').replace(/ +$/gm, ''))), new Uint8Array(zeros))
  t.equal(uudecoded(Buffer.from('no file')), undefined)
})

t.test('the number of files and the time are limited', async t => {
  const { text, files } = withoutUuencoded(HELLO.repeat(102))
  t.equal(files.length, 100)
  t.equal(text, HELLO.repeat(2))
  for (const shape of ['begin 644 a\n', HELLO, 'M\n', 'begin ', `${'M'.repeat(61)}\n`])
    t.equal(
      await growthOf(MIB / 256, size => {
        const long = `begin 644 a\n${shape.repeat(size / shape.length)}`
        return () => [withoutUuencoded(long), uudecoded(Buffer.from(long))]
      }),
      'linear',
    )
})
