import t from 'tap'
import { htmlCharset } from '../../../../../../daemon/mail/in/content/charset/html_charset.ts'

const cases: readonly (readonly [html: string, charset: string | undefined])[] = [
  ['<meta charset="iso-8859-1">R\xf8d gr\xf8d', 'iso-8859-1'],
  ['<META CHARSET=UTF-8>', 'utf-8'],
  ["<meta name=x content=y><meta charset = 'koi8-r' />", 'koi8-r'],
  ['<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">', 'windows-1251'],
  ['<meta http-equiv=Content-Type content=\'text/html;charset="big5"\'>', 'big5'],
  ['<meta content="text/html; charset = gb2312" http-equiv="content-type"', 'gb2312'],
  ['<?xml version="1.0" encoding="iso-8859-2"?><html>', 'iso-8859-2'],
  ['<meta charset="utf-16">', 'utf-8'],
  ['\xef\xbb\xbf<meta charset="iso-8859-1">', 'utf-8'],
  ['\xff\xfe<\0', 'utf-16le'],
  ['\xfe\xff\0<', 'utf-16be'],
  ['<p>charset=utf-8</p>', undefined],
  ['<meta name="charset">', undefined],
  ['<meta charset="">', undefined],
  [`${' '.repeat(4096)}<meta charset="utf-8">`, undefined],
  ['', undefined],
]

t.test('the charset that HTML names itself is found', async t => {
  for (const [html, charset] of cases) t.equal(htmlCharset(Buffer.from(html, 'latin1')), charset, html.trim())
})
