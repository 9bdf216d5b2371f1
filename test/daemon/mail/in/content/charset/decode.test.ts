import fc from 'fast-check'
import iconv from 'iconv-lite'
import t from 'tap'
import { charsetNamed } from '../../../../../../daemon/mail/in/content/charset/charset_name.ts'
import { decodeText } from '../../../../../../daemon/mail/in/content/charset/decode.ts'
import { growthOf } from '../../../../../growth.ts'
import { runs } from '../../../../../runs.ts'

/** Bytes in hexadecimal digits, or an encoding and a text. */
type Bytes = string | readonly [encoding: string, text: string]
type Case = readonly [bytes: Bytes, declared: string | undefined, text: string, charset: string]

const JAPANESE = '会議室の鍵を受付に預けました。'
const RUSSIAN = 'Добрый день, не могу войти в почту с телефона.'
const GERMAN = 'Die Tür zum Lager lässt sich nicht öffnen, schöne Grüße aus Köln'
const CHINESE = '您好，三楼的打印机卡纸了，请派人来看看。'
const TAIWANESE = '您好，三樓的印表機卡紙了，請派人來看看。'
const KOREAN = '안녕하세요. 삼층 프린터에 용지가 걸렸습니다.'

const sure: readonly Case[] = [
  [['utf-8', 'plain words'], undefined, 'plain words', 'us-ascii'],
  [['utf-8', 'plain words'], 'windows-1251', 'plain words', 'us-ascii'],
  [['utf-8', GERMAN], undefined, GERMAN, 'utf-8'],
  [['utf-8', GERMAN], 'us-ascii', GERMAN, 'utf-8'],
  [['utf-8', GERMAN], 'unknown-8bit', GERMAN, 'utf-8'],
  [['utf-8', `\ufeff${RUSSIAN}`], 'utf-8', RUSSIAN, 'utf-8'],
  ['fffe4800e9000a00', undefined, 'Hé\n', 'utf-16le'],
  ['feff004800e9000a', 'iso-8859-1', 'Hé\n', 'utf-16be'],
  [['utf-16le', 'Zażółć\n'], 'UTF-16LE', 'Zażółć\n', 'utf-16le'],
  [['utf-8', 'no zeros'], 'utf-16', 'no zeros', 'us-ascii'],
  [['windows-1252', '“Rød grød” – 5 €'], 'iso-8859-1', '“Rød grød” – 5 €', 'windows-1252'],
  [['windows-1250', 'Żółta łódź'], 'cp1250', 'Żółta łódź', 'windows-1250'],
  [['iso-8859-15', 'Prix : 12 €'], 'ISO-8859-15', 'Prix : 12 €', 'iso-8859-15'],
  [['iso-8859-16', 'Bună dimineața'], 'iso-8859-16', 'Bună dimineața', 'iso-8859-16'],
  [['koi8-u', 'Доброго ранку, її немає'], 'koi8-u', 'Доброго ранку, її немає', 'koi8-u'],
  [['cp850', 'Größe ½'], 'cp850', 'Größe ½', 'cp850'],
  [['cp437', 'café ½'], 'IBM437', 'café ½', 'ibm437'],
  [['macroman', 'Crème brûlée'], 'macintosh', 'Crème brûlée', 'macintosh'],
  [['cp949', `${KOREAN} 똠방각하 펲`], 'ks_c_5601-1987', `${KOREAN} 똠방각하 펲`, 'euc-kr'],
  [['cp949', '똠방'], 'x-windows-949', '똠방', 'euc-kr'],
  [['big5', TAIWANESE], 'x-x-big5', TAIWANESE, 'big5'],
  [['big5', TAIWANESE], 'x-big5', TAIWANESE, 'big5'],
  [['gbk', CHINESE], 'gb2312', CHINESE, 'gb18030'],
  [['gb18030', '𠀀 镕'], 'gbk', '𠀀 镕', 'gb18030'],
  [['shift_jis', '①㈱ｱｲ'], 'x-sjis', '①㈱ｱｲ', 'shift_jis'],
  [['eucjp', JAPANESE], 'euc-jp', JAPANESE, 'euc-jp'],
  // The same Kanji by their numbers in JIS X 0208; ① by the row that NEC added; half-width katakana; JIS X 0212.
  ['1b2442467c4b5c1b284221', undefined, '日本!', 'iso-2022-jp'],
  ['1b2442467c4b5c2d211b2842', 'iso-2022-jp-ms', '日本①', 'iso-2022-jp'],
  ['1b284931321b2842', 'iso-2022-jp', 'ｱｲ', 'iso-2022-jp'],
  ['1b242844302130221b2842', 'iso-2022-jp-1', '丂丄', 'iso-2022-jp'],
  ['1b2442467c4b5c0a61', 'ISO-2022-JP', '日本\na', 'iso-2022-jp'],
  ['1b2442467c4b', undefined, '日', 'iso-2022-jp'],
  ['1b2429430a0e3e4833670f204f4b', 'iso-2022-kr', '\n안녕 OK', 'iso-2022-kr'],
  ['1b2429430e3e4833670f', undefined, '안녕', 'iso-2022-kr'],
  [['latin1', 'A ~{<:Ky2;S{~} ~~ B'], 'hz-gb-2312', 'A 己所不欲 ~ B', 'hz-gb-2312'],
  [['latin1', 'Fr+APY-sche +- 1 +ZeVnLIqe-'], '"utf-7"', 'Frösche + 1 日本語', 'utf-7'],
  [['latin1', 'colors: \u001b[1mbold'], undefined, 'colors: \u001b[1mbold', 'us-ascii'],
  // Cut inside the last character.
  ['d09ed182d187d191d182d0', 'utf-8', 'Отчёт', 'utf-8'],
  ['e697a5e69cace8aa', undefined, '日本', 'utf-8'],
  ['c8d5b1bed3', 'gb2312', '日本', 'gb18030'],
]

const guesses: readonly Case[] = [
  [['utf-8', 'Grüße, no zeros'], 'utf-16le', 'Grüße, no zeros', 'utf-8'],
  [['utf-8', GERMAN], 'iso-8859-1', GERMAN, 'utf-8'],
  [['utf-8', RUSSIAN], 'koi8-r', RUSSIAN, 'utf-8'],
  [['utf-8', CHINESE], 'gb2312', CHINESE, 'utf-8'],
  [['utf-8', GERMAN], 'iso-2022-jp', GERMAN, 'utf-8'],
  [['windows-1252', GERMAN], undefined, GERMAN, 'windows-1252'],
  [['windows-1252', 'Café'], 'utf-8', 'Café', 'windows-1252'],
  [
    ['windows-1252', 'La impresora está averiada, ¿cuándo vendrá el señor Núñez?'],
    'x-unknown',
    'La impresora está averiada, ¿cuándo vendrá el señor Núñez?',
    'windows-1252',
  ],
  [
    ['windows-1252', 'L’écran reste noir, à bientôt, Zoé'],
    undefined,
    'L’écran reste noir, à bientôt, Zoé',
    'windows-1252',
  ],
  [
    ['windows-1252', 'Köp två skrivare till nästa vecka'],
    undefined,
    'Köp två skrivare till nästa vecka',
    'windows-1252',
  ],
  [
    ['windows-1252', 'Perché non è più così? La città'],
    undefined,
    'Perché non è più così? La città',
    'windows-1252',
  ],
  [
    ['windows-1250', 'Dzień dobry, skaner nie działa, proszę o pomoc'],
    undefined,
    'Dzień dobry, skaner nie działa, proszę o pomoc',
    'windows-1250',
  ],
  [
    ['windows-1250', 'Dobrý den, tiskárna nefunguje, prosím řekněte mi, co mám dělat'],
    undefined,
    'Dobrý den, tiskárna nefunguje, prosím řekněte mi, co mám dělat',
    'windows-1250',
  ],
  [
    ['windows-1254', 'Merhaba, yazıcı çalışmıyor, yardım eder misiniz'],
    undefined,
    'Merhaba, yazıcı çalışmıyor, yardım eder misiniz',
    'windows-1254',
  ],
  [['windows-1251', RUSSIAN], undefined, RUSSIAN, 'windows-1251'],
  [['koi8-r', RUSSIAN], undefined, RUSSIAN, 'koi8-r'],
  [
    ['windows-1253', 'Καλημέρα, η οθόνη δεν ανάβει'],
    undefined,
    'Καλημέρα, η οθόνη δεν ανάβει',
    'windows-1253',
  ],
  [['windows-1255', 'שלום, המסך לא נדלק, תודה'], undefined, 'שלום, המסך לא נדלק, תודה', 'windows-1255'],
  [['windows-1256', 'مرحبا، الشاشة لا تعمل، شكرا'], undefined, 'مرحبا، الشاشة لا تعمل، شكرا', 'windows-1256'],
  [
    ['windows-874', 'สวัสดีครับ หน้าจอไม่ติด ช่วยดูให้ด้วยครับ'],
    undefined,
    'สวัสดีครับ หน้าจอไม่ติด ช่วยดูให้ด้วยครับ',
    'windows-874',
  ],
  [['shift_jis', JAPANESE], undefined, JAPANESE, 'shift_jis'],
  [['eucjp', JAPANESE], undefined, JAPANESE, 'euc-jp'],
  [['shift_jis', JAPANESE], 'iso-2022-jp', JAPANESE, 'shift_jis'],
  [['gbk', CHINESE], undefined, CHINESE, 'gb18030'],
  [['big5', TAIWANESE], undefined, TAIWANESE, 'big5'],
  [['euckr', KOREAN], undefined, KOREAN, 'euc-kr'],
]

t.test('a text whose charset is known is read in it', async t => {
  for (const [bytes, declared, text, charset] of sure)
    t.same(
      decodeText(bytesOf(bytes), declared, []),
      { text, charset, isGuess: false },
      `${declared}: ${text}`,
    )
})

t.test('a text whose charset is not known, or wrongly declared, is readable', async t => {
  for (const [bytes, declared, text, charset] of guesses)
    t.same(decodeText(bytesOf(bytes), declared, []), { text, charset, isGuess: true }, `${declared}: ${text}`)
})

/** Subjects and file names, which are short. */
const short: Readonly<Record<string, readonly string[]>> = {
  shift_jis: ['お世話になっております', '請求書', 'パスワードを忘れた', '4月分請求書.pdf'],
  'euc-jp': ['お世話になっております', 'パスワードを忘れた'],
  gb18030: ['测试', '你好', '会议纪要2026.docx', '服务器无法访问，请处理', '紧急: VPN 连不上'],
  big5: ['發票', '附件.doc', '伺服器無法連線，請處理'],
  'euc-kr': ['안녕', '견적서', '서버 접속 불가', '긴급: VPN 안됨'],
  'windows-1251': ['Тест', 'Заявка №15', 'Срочно! VPN', 'договор.doc'],
  'koi8-r': ['Тест', 'Срочно! VPN', 'договор.doc'],
  'windows-1252': [
    'Grüße',
    'São Paulo',
    'Señor Muñoz',
    'Zahlung über 20 €',
    'Garçon, ça va?',
    'É',
    'Øl',
    'Don’t',
  ],
  'windows-1250': ['Žluťoučký kůň', 'Zażółć gęślą jaźń', 'Šifra'],
  'windows-1253': ['Ευχαριστώ πολύ'],
  'windows-1255': ['תודה רבה'],
  'windows-1256': ['شكرا جزيلا'],
  'windows-1254': ['Yazıcı çalışmıyor'],
}

t.test('a short text without charset is readable, and one that is cut', async t => {
  for (const [charset, texts] of Object.entries(short))
    for (const text of texts) t.equal(decodeText(bytesOf([charset, text]), undefined, []).text, text, charset)
  for (const charset of ['shift_jis', 'gb18030', 'big5', 'euc-kr'])
    for (const text of short[charset]!.filter(text => text.at(-1)! > '\u2fff')) {
      const cut = bytesOf([charset, text]).subarray(0, -1)
      t.equal(decodeText(cut, undefined, []).text, text.slice(0, -1), charset)
    }
})

t.test('the charsets of other parts come before a guess', async t => {
  const bytes = bytesOf(['gbk', '你好'])
  t.same(decodeText(bytes, undefined, ['us-ascii', 'gb2312']), {
    text: '你好',
    charset: 'gb18030',
    isGuess: true,
  })
  const greek = bytesOf(['iso-8859-7', 'Ωμ'])
  t.same(decodeText(greek, undefined, ['nonsense', 'iso-8859-7']), {
    text: 'Ωμ',
    charset: 'iso-8859-7',
    isGuess: true,
  })
})

t.test('a few damaged bytes do not change the charset of a text', async t => {
  const latin = Buffer.concat([bytesOf(['utf-8', GERMAN.repeat(3)]), bytesOf(['windows-1252', '\n–– Grüße'])])
  t.same(decodeText(latin, 'utf-8', []), {
    text: `${GERMAN.repeat(3)}\n–– Grüße`,
    charset: 'utf-8',
    isGuess: true,
  })
  const damaged = Buffer.concat([
    bytesOf(['gbk', CHINESE]),
    Buffer.from([0xff, 0x0a]),
    bytesOf(['gbk', CHINESE]),
  ])
  t.same(decodeText(damaged, 'gb2312', ['iso-8859-1']), {
    text: `${CHINESE}\ufffd\n${CHINESE}`,
    charset: 'gb18030',
    isGuess: false,
  })
})

t.test('the sample of a guess begins near the first byte above 127', async t => {
  const bytes = Buffer.concat([Buffer.from('a'.repeat(100_000)), bytesOf(['koi8-r', RUSSIAN])])
  t.equal(decodeText(bytes, undefined, []).charset, 'koi8-r')
})

t.test('windows-1252 takes any byte', async t => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  const { text } = decodeText(bytes, undefined, [])
  t.equal(text.length, 256)
  t.equal(text.slice(0x80, 0x84), '€\u0081‚ƒ')
  t.notMatch(text, /\ufffd/)
  const declared = decodeText(bytesOf(['windows-1252', GERMAN.repeat(9)]).fill(0x81, 0, 1), 'iso-8859-1', [])
  t.same(declared, { text: `\u0081${GERMAN.repeat(9).slice(1)}`, charset: 'windows-1252', isGuess: false })
})

t.test('a label names the charset that was meant', async t => {
  const labels: readonly (readonly [string | undefined, string | undefined])[] = [
    [undefined, undefined],
    ['', undefined],
    ['US-ASCII', undefined],
    ['7bit', undefined],
    ['x-unknown', undefined],
    ['base64', undefined],
    ['constructor', undefined],
    ['utf8', 'utf-8'],
    ['"UTF-8"', 'utf-8'],
    ["'utf-8'", 'utf-8'],
    ['charset=utf-8', 'utf-8'],
    ['utf-8; charset=utf-8', 'utf-8'],
    ['utf8mb4', 'utf-8'],
    ['latin1', 'windows-1252'],
    ['8859_1', 'windows-1252'],
    ['iso-8859-1 (Western)', 'windows-1252'],
    ['_iso-2022-jp$ESC', 'iso-2022-jp'],
    ['cp932', 'shift_jis'],
    ['x-gbk', 'gb18030'],
    ['iso-8859-8-i', 'iso-8859-8'],
    ['x-mac-cyrillic', 'maccyrillic'],
    ['tis-620', 'windows-874'],
  ]
  for (const [label, name] of labels) t.equal(charsetNamed(label), name, String(label))
})

t.test('any bytes with any labels become valid Unicode, and valid UTF-8 is kept', async () => {
  const label = fc.constantFrom(
    ...[
      'utf-8',
      'utf-7',
      'utf-16',
      'utf-32',
      'iso-2022-jp',
      'iso-2022-kr',
      'hz',
      'gb2312',
      'big5',
      'koi8-r',
      'x',
    ],
  )
  const escapes = fc.constantFrom('\u001b$B', '\u001b(B', '\u000e', '~{', '~}', '+A', '\u0000', '\n', 'a0')
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.array(escapes).map(codes => Buffer.from(codes.join(''))),
  )
  fc.assert(
    fc.property(bytes, fc.option(label, { nil: undefined }), fc.array(label), (bytes, declared, others) => {
      const { text } = decodeText(bytes, declared, others)
      return !/\p{Surrogate}/u.test(text) && text.length <= 2 * bytes.length
    }),
    runs(1000),
  )
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      if (text.includes('\u001b') || text.startsWith('\ufeff')) return true
      return decodeText(Buffer.from(text), undefined, []).text === text
    }),
    runs(500),
  )
})

t.test('the time is linear in the size, whatever the bytes', async t => {
  const kinds: readonly (readonly [Bytes, string | undefined])[] = [
    ['ff', undefined],
    ['81', 'utf-8'],
    ['1b2442', undefined],
    [['latin1', '~{'], 'hz'],
    [['latin1', '+A-'], 'utf-7'],
    [['utf-8', 'äöüäöüäöü'], 'koi8-r'],
    [['windows-1251', RUSSIAN], undefined],
  ]
  for (const [bytes, declared] of kinds) {
    const growth = await growthOf(10_000, size => {
      const text = Buffer.alloc(size, bytesOf(bytes))
      return () => decodeText(text, declared, ['gb2312'])
    })
    t.equal(growth, 'linear', String(bytes))
  }
})

function bytesOf(bytes: Bytes): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'hex') : iconv.encode(bytes[1], bytes[0])
}
