import fc from 'fast-check'
import iconv from 'iconv-lite'
import t from 'tap'
import { headerText } from '../../../../../../daemon/mail/in/content/charset/header_words.ts'
import { anyCharacter } from '../../../../../any_character.ts'
import { growthOf } from '../../../../../growth.ts'
import { runs } from '../../../../../runs.ts'

/** A header value in Latin-1, the charsets of other parts, and the text. */
type Case = readonly [raw: string, others: readonly string[], text: string]

const sure: readonly Case[] = [
  ['Printer on fire', [], 'Printer on fire'],
  ['=?utf-8?Q?R=C3=BCckfrage_zu_Auftrag?= 4711', [], 'Rückfrage zu Auftrag 4711'],
  ['=?UTF-8?q?R=c3=bcckfrage?=', [], 'Rückfrage'],
  ['=?utf-8?B?UsO8Y2tmcmFnZQ?=', [], 'Rückfrage'],
  ['Re: =?iso-8859-1?Q?caf=E9?= =?iso-8859-1?Q?_cr=E8me?= closed', [], 'Re: café crème closed'],
  ['=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=', [], 'Grüße'],
  ['=?utf-8?Q?a?=\t  =?iso-8859-1?Q?=E9?=', [], 'aé'],
  ['=?utf-8?Q?a?= b =?utf-8?Q?c?=', [], 'a b c'],
  ['(=?utf-8?Q?a?=)=?utf-8?Q?b?=,', [], '(a)b,'],
  // A character, and a group of four letters, that are split between two words.
  ['=?utf-8?Q?Verst=C3?= =?utf-8?Q?=B6rung?=', [], 'Verstörung'],
  ['=?utf-8?B?5pel5pys6A==?= =?UTF-8?B?qp4=?=', [], '日本語'],
  ['=?utf-8?B?5pel5p?= =?utf-8?B?ys6Kqe?=', [], '日本語'],
  ['=?utf-8?B?w5w=?= =?utf-8?Q?ber_=C3?= =?utf-8?B?nA==?=', [], 'Über Ü'],
  ['=?utf-8?B?YWI?= =?utf-8?B?Y2Q=?=', [], 'abcd'],
  ['=?utf-8?B?YWI=Y2Q=ZWY=?=', [], 'abcdef'],
  ['=?gb2312?Q?=B4=F2=D3=A1?= =?gb2312?B?u/o=?=', [], '打印机'],
  ['=?iso-2022-jp?B?GyRCRnxLXBsoQg==?= =?iso-2022-jp?B?GyRCOGwbKEI=?=', [], '日本語'],
  ['=?ks_c_5601-1987?B?x8HIsA==?=', [], '프활'],
  ['=?utf-7?Q?Fr+APY-sche?=', [], 'Frösche'],
  ['=?iso-8859-1?Q?Die_Fr\xf6sche?=', [], 'Die Frösche'],
  ['=?utf-8?Q?Hello World, ready? Yes?=', [], 'Hello World, ready? Yes'],
  ['=?utf-8?Q?50=?=', [], '50='],
  ['=??Q?plain?=', [], 'plain'],
  ['\u001b$BF|K\\\u001b(B', [], '日本'],
  ['D\xc3\xbcrer', [], 'Dürer'],
  ['\xd0\x9e\xd1\x82\xd1\x87\xd1\x91\xd1\x82 \xd0', [], 'Отчёт '],
  // Malformed words stay as written.
  ['=?utf-8?Q?never closed', [], '=?utf-8?Q?never closed'],
  ['=?utf-8?X?abc?= d', [], '=?utf-8?X?abc?= d'],
  ['=?utf-8?B?no&base64?=', [], '=?utf-8?B?no&base64?='],
  ['=?utf-8?Q?open =?utf-8?Q?closed?=', [], '=?utf-8?Q?open closed'],
  ['1 =? 2 ?= 3', [], '1 =? 2 ?= 3'],
  ['=?=?=?', [], '=?=?=?'],
]

const guesses: readonly Case[] = [
  ['Forma\xe7\xe3o do Ver\xe3o - R\xfcckfrage', [], 'Formação do Verão - Rückfrage'],
  [latin('gbk', '转发：会议纪要'), ['gb2312'], '转发：会议纪要'],
  [latin('koi8-r', 'Сканер не работает'), [], 'Сканер не работает'],
  [`=?iso-2022-jp?B?${iconv.encode('請求書の件', 'shift_jis').toString('base64')}?=`, [], '請求書の件'],
  ['=?iso-8859-1?Q?Gr=C3=BC=C3=9Fe?=', [], 'Grüße'],
  ['=?utf-8?Q?Gr=FC=DFe_aus_K=F6ln?=', [], 'Grüße aus Köln'],
  [`${latin('windows-1251', 'Счет')} =?windows-1251?Q?=B9_15?=`, [], 'Счет № 15'],
  [`${latin('gbk', '你')} =?utf-8?Q?a?= ${latin('gbk', '好')}`, ['gbk'], '你 a 好'],
]

t.test('a header value becomes text', async t => {
  for (const [raw, others, text] of sure) {
    const decoded = headerText(raw, others)
    t.equal(decoded.text, text)
    t.equal(decoded.isGuess, false, raw)
  }
})

t.test('a header value whose charset is not known, or wrongly declared, is readable', async t => {
  for (const [raw, others, text] of guesses) {
    const decoded = headerText(raw, others)
    t.equal(decoded.text, text)
    t.equal(decoded.isGuess, true, raw)
  }
})

t.test('it says in which charset most of the value was', async t => {
  t.equal(headerText('a =?koi8-r?Q?=F0?=', []).charset, 'koi8-r')
  t.equal(headerText('abc', ['koi8-r']).charset, 'us-ascii')
})

t.test('words after many changes of the charset stay as written', async t => {
  const { text } = headerText('=?x?Q?=FC?= =?y?Q?=FC?= '.repeat(200), [])
  t.ok(text.startsWith('ü'.repeat(200)))
  t.ok(text.endsWith('=?y?Q?=FC?= '))
})

t.test('a long value is cut', async t => {
  t.equal(headerText('a'.repeat(100_000), []).text.length, 65_536)
})

t.test('any value becomes valid Unicode, and any words come back', async () => {
  const piece = fc.constantFrom(
    ...[
      '=?',
      '?=',
      '?',
      'utf-8',
      'utf-7',
      'gbk',
      '?Q?',
      '?B?',
      '=C3',
      'YWI',
      '=',
      ' ',
      '\xff',
      '\u001b$B',
      '\n',
      'a',
    ],
  )
  fc.assert(
    fc.property(fc.array(piece), pieces => !/\p{Surrogate}/u.test(headerText(pieces.join(''), ['gbk']).text)),
    runs(2000),
  )
  const text = fc.string({ unit: anyCharacter, minLength: 1 })
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 50 }), (text, size) => {
      if (text.includes('\u001b') || text.startsWith('\ufeff')) return true
      const bytes = Buffer.from(text)
      const words: string[] = []
      for (let at = 0; at < bytes.length; at += size)
        words.push(`=?utf-8?B?${bytes.subarray(at, at + size).toString('base64')}?=`)
      return headerText(words.join(' '), []).text === text
    }),
    runs(500),
  )
})

t.test('the time is linear in the size', async t => {
  for (const part of ['=?', '=?a?q?', '?=', '=?a?b?YQ?= ', '=?a?q?a?= ', '=?utf-8?q?=C3=BC?=\xff', ' ']) {
    const growth = await growthOf(2000, size => {
      const raw = part.repeat(size / part.length)
      return () => headerText(raw, [])
    })
    t.equal(growth, 'linear', part)
  }
})

function latin(encoding: string, text: string): string {
  return iconv.encode(text, encoding).toString('latin1')
}
