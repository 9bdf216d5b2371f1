import fc from 'fast-check'
import iconv from 'iconv-lite'
import t from 'tap'
import { partName } from '../../../../../daemon/mail/in/content/part_name.ts'
import { growthOf } from '../../../../growth.ts'
import { runs } from '../../../../runs.ts'

type Case = readonly [disposition: string | undefined, type: string | undefined, name: string | undefined]

const cases: readonly Case[] = [
  [undefined, undefined, undefined],
  ['attachment', 'text/plain; charset=utf-8', undefined],
  ['attachment; filename=report.pdf', undefined, 'report.pdf'],
  ['attachment; filename="Report 2026; final.pdf"', undefined, 'Report 2026; final.pdf'],
  ['attachment; FileName = "a.pdf" ; size=5', undefined, 'a.pdf'],
  ['attachment; filename=my file.pdf ; size=5', undefined, 'my file.pdf'],
  ['attachment; filename=Invoice (1).pdf', undefined, 'Invoice (1).pdf'],
  ['attachment; filename="a \\"b\\" c.txt"', undefined, 'a "b" c.txt'],
  ['attachment; filename="C:\\scans\\page.png"', undefined, 'C:\\scans\\page.png'],
  ['attachment; filename="never closed.txt; size=5', undefined, 'never closed.txt'],
  ['attachment; filename=""', 'image/png; name="b.png"', 'b.png'],
  ['attachment', 'image/png; name=b.png', 'b.png'],
  ['inline; filename=a.png', 'image/png; name=b.png', 'a.png'],
  ['inline; filename=a.png; filename=b.png', undefined, 'a.png'],
  // RFC 2231.
  [
    "attachment; filename=old.txt; filename*=utf-8'de'%C3%9Cbersicht%20Juli.txt",
    undefined,
    'Übersicht Juli.txt',
  ],
  ["attachment; filename*=iso-8859-1''caf%E9.txt", undefined, 'café.txt'],
  ["attachment; filename*=utf-8''caf%E9.txt", undefined, 'café.txt'],
  ["attachment; filename*=x-windows-949''%C7%C1%B8%B0%C5%CD.txt", undefined, '프린터.txt'],
  ["attachment; filename*=utf-8''%D0%9E%D1%82%D1%87%D1", undefined, 'Отч'],
  ['attachment; filename*=100%25.txt', undefined, '100%.txt'],
  ['attachment; filename*0="long "; filename*1=name.txt', undefined, 'long name.txt'],
  ["attachment; filename*1*=%B6n.txt; filename*0*=utf-8''sch%C3", undefined, 'schön.txt'],
  ["attachment; filename*0*=utf-8''%41; filename*1=%41.txt", undefined, 'A%41.txt'],
  ['attachment; filename*0="=?utf-8?B?w5xiZX"; filename*1="JzaWNodC50eHQ=?="', undefined, 'Übersicht.txt'],
  // RFC 2047.
  ['attachment; filename="=?utf-8?Q?=C3=9Cbersicht.txt?="', undefined, 'Übersicht.txt'],
  ['attachment; filename==?iso-8859-1?Q?caf=E9_1.txt?=', undefined, 'café 1.txt'],
  ['attachment; filename="=?utf-8?B?w5xi?= =?utf-8?B?ZXIudHh0?="', undefined, 'Über.txt'],
  [undefined, 'application/pdf; name="=?gb2312?B?u+HS6S5wZGY=?="', '会议.pdf'],
  // Other bytes; of Shift_JIS, those with a backslash as the second one.
  [`attachment; filename="${latin('utf-8', 'Отчёт за март')}\xd0"`, undefined, 'Отчёт за март'],
  [`attachment; filename="${latin('windows-1252', 'Übersicht März.pdf')}"`, undefined, 'Übersicht März.pdf'],
  [`attachment; filename="${latin('shift_jis', '見積表')}"`, undefined, '見積表'],
  [`attachment; filename="${latin('shift_jis', '見積表')}"; size=5`, undefined, '見積表'],
]

t.test('the name of a part is what its sender wrote', async t => {
  for (const [disposition, type, name] of cases)
    t.equal(partName(disposition, type, []), name, `${disposition} ${type}`)
})

t.test('the charset of other parts is that of a raw name', async t => {
  const raw = `attachment; filename="${latin('gbk', '价目表.xls')}"`
  t.equal(partName(raw, undefined, ['gb2312']), '价目表.xls')
})

t.test('any name comes back from RFC 2231, and any fields give a name of valid Unicode', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), name => {
      const encoded = [...Buffer.from(`a${name}`)].map(byte => `%${byte.toString(16).padStart(2, '0')}`)
      const half = encoded.length >> 1
      const pieces = [encoded.slice(0, half), encoded.slice(half)].map(codes => codes.join(''))
      const raw = `attachment; filename*0*=utf-8''${pieces[0]}; filename*1*=${pieces[1]}`
      return name.includes('\u001b') || partName(raw, undefined, []) === `a${name}`
    }),
    runs(500),
  )
  const piece = fc.constantFrom(
    ...[
      'filename',
      '*',
      '0',
      '1',
      '=',
      '"',
      '\\',
      ';',
      "utf-8''",
      '%C3',
      '%',
      '=?utf-8?Q?',
      '?=',
      '\xfc',
      ' ',
      'a',
    ],
  )
  fc.assert(
    fc.property(fc.array(piece), pieces => {
      const raw = pieces.join('')
      return !/\p{Surrogate}/u.test(partName(`a; filename=${raw}`, `a; name=${raw}`, []) ?? '')
    }),
    runs(2000),
  )
})

t.test('the time is linear in the size', async t => {
  for (const part of [';', '=', 'a=";', '\\"', ';a="\\"', ' ', "filename*=''%", 'a*0=b;', ';a=b c']) {
    const growth = await growthOf(2000, size => {
      const raw = `a; filename=${part.repeat(size / part.length)}`
      return () => partName(raw, raw, [])
    })
    t.equal(growth, 'linear', part)
  }
})

function latin(encoding: string, text: string): string {
  return iconv.encode(text, encoding).toString('latin1')
}
