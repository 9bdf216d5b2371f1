import iconv from 'iconv-lite'

const LONGEST_LABEL = 100
/** Labels that say nothing: ASCII, transfer encodings, and codecs of iconv-lite that are no charsets. */
const NOTHING = new Set(
  (
    'us-ascii ascii us ansi_x3.4-1968 ansi_x3.4-1986 iso646-us iso-ir-6 iso_646.irv:1991 csascii cp367 ibm367 ' +
    '7bit 8bit binary base64 hex unknown unknown-8bit x-unknown x-user-defined utf7imap utf-7-imap cesu-8 cesu8'
  ).split(' '),
)
/** Names that mail programs write and the Encoding Standard does not have, or that mean something else in it. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ...named('utf-7', 'utf7 unicode-1-1-utf-7 x-unicode-2-0-utf-7 csunicode11utf7 unicode-2-0-utf-7'),
  ...named('utf-16', 'utf16 ucs-2 iso-10646-ucs-2 csunicode unicode'),
  ...named('windows-1252', '8859_1 iso8859_1 latin-1 iso-latin-1 cp-1252 win-1252 western'),
  ...named('windows-1251', 'win-1251 win1251 cp-1251'),
  ...named('windows-874', 'cp874 x-windows-874'),
  ...named('iso-8859-8', 'iso-8859-8-i iso-8859-8-e logical'),
  ...named('maccyrillic', 'x-mac-cyrillic x-mac-ukrainian'),
  ...named('maccenteuro', 'x-mac-ce x-mac-centraleurroman x-mac-centraleurope'),
  ...named('shift_jis', 'cp932 ms932 x-ms-cp932 sjis-win shift_jis-2004 shift_jisx0213 windows-932 cp943'),
  ...named('euc-jp', 'eucjp eucjp-win euc_jp euc-jisx0213 euc-jis-2004 x-eucjp'),
  ...named(
    'iso-2022-jp',
    'iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-ms iso-2022-jp-2004 iso-2022-jp-ext iso2022-jp iso2022jp jis cp50220 cp50221',
  ),
  ...named('iso-2022-kr', 'iso2022-kr iso2022kr csiso2022kr'),
  ...named('euc-kr', 'x-windows-949 cp949 ms949 uhc ks_c_5601 ksc5601 ks_c-5601-1987 euckr euc_kr'),
  ...named('gb18030', 'gbk cp936 ms936 windows-936 gb-2312 gb2312-80 euc-cn euccn x-gb2312 gb_2312 gb-18030'),
  ...named('hz-gb-2312', 'hz hz-gb2312'),
  ...named('big5', 'x-big5 big5hkscs cp950 windows-950 big-5 big5-eten big5-tw'),
])

function named(charset: string, labels: string): [string, string][] {
  return [charset, ...labels.split(' ')].map(label => [label, charset])
}

/**
 * The charset that a label names, in the spelling of this folder; undefined if it names none, is unknown, or says only that the text is
 * ASCII. Quotes, a repeated `charset=` and what follows the name are ignored. The Encoding Standard decides what a name means:
 * iso-8859-1 is windows-1252, and gb2312 is read as its superset gb18030.
 */
export function charsetNamed(label: string | undefined): string | undefined {
  const said = (label ?? '').slice(0, LONGEST_LABEL).toLowerCase().replaceAll('charset=', ' ')
  const name = /[a-z0-9][a-z0-9_.:+-]*/.exec(said)?.[0]
  if (name === undefined || NOTHING.has(name)) return
  if (name.startsWith('utf-8') || name.startsWith('utf8')) return 'utf-8'
  const known = ALIASES.get(name) ?? standardName(name)
  if (known !== undefined) return ALIASES.get(known) ?? known
  return iconv.encodingExists(name) ? name : undefined
}

function standardName(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding
  } catch {
    return
  }
}
