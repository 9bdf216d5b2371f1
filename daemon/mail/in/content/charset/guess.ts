import { createRequire } from 'node:module'
import { KIB } from '../../../../../data/sizes.ts'
import { charsetNamed } from './charset_name.ts'
import { isMostlyKana } from './kana.ts'

/** In bytes; the models of the detector need no more, and a mail of 1,000 parts may need as many guesses. */
const LARGEST_SAMPLE = 16 * KIB
const load = createRequire(import.meta.url)
const JAPANESE = ['shift_jis', 'euc-jp']
/** So much of the line before the first byte above 127 is looked at. */
const LONGEST_BEFORE = KIB
/** A character cut at the end of the sample begins within so many bytes. */
const LONGEST_CUT = 64
const HIGH = 0x80
const AFTER_CONTROLS = 0xa0
/** Bytes below this are never the second half of a character. */
const NO_SECOND = 0x30
const LF = 10
/** The detector's names of the charsets that mail without a declaration uses; those of DOS, Mac and mainframes only mislead it. */
const CJK = ['cp932', 'euc-jis-2004', 'gb18030', 'big5hkscs', 'cp949', 'euc-kr']
const LATIN = ['windows-1252', 'windows-1250', 'windows-1254', 'windows-1257', 'iso-8859-2']
const OTHER = [
  'windows-1251',
  'koi8-r',
  'koi8-u',
  'windows-1253',
  'iso-8859-7',
  'windows-1255',
  'windows-1256',
  'cp874',
]
const detectEncodings = [...CJK, ...LATIN, ...OTHER]
const multiByte = namesOf(CJK)
const latin = namesOf(LATIN)
const other = namesOf(OTHER)
const WESTERN = 'windows-1252'
/** Another Latin charset must be so many times as likely as the most common one; the Turkish one differs only in six letters. */
const TIMES_WESTERN = 1.6
const TURKISH = 'windows-1254'
/** In bytes; a shorter text is not tried without its last byte. */
const LEAST_CUT = 3
/** Words of Latin letters rarely have so many accents in a row; words in other scripts have nothing else. */
const LONG_RUN = 3

interface Ranked {
  readonly charset: string
  readonly confidence: number
}

function namesOf(names: readonly string[]): ReadonlySet<string | undefined> {
  return new Set(names.map(charsetNamed))
}

/** The charset that a text with bytes above 127 is probably in. Looks at 16 KiB, from the first line with such a byte. */
export function guessedCharset(bytes: Uint8Array): string {
  const sample = sampleOf(bytes)
  const japanese = JAPANESE.find(charset => isMostlyKana(sample, charset))
  if (japanese !== undefined) return japanese
  const ranked = rankedFor(sample)
  const asian = multiByteIn(ranked) ?? multiByteIn(rankedWithoutCut(sample))
  if (asian !== undefined) return asian
  if (isMostlyRuns(sample)) return ranked.find(({ charset }) => other.has(charset))?.charset ?? WESTERN
  const western = ranked.find(({ charset }) => charset === WESTERN)?.confidence ?? 0
  const best = ranked.find(({ charset }) => latin.has(charset))
  return best && best.confidence > western * (best.charset === TURKISH ? 1 : TIMES_WESTERN)
    ? best.charset
    : WESTERN
}

/** The most probable charset first. The tables of the detector are loaded for the first guess, since few mails need one. */
function rankedFor(sample: Uint8Array): readonly Ranked[] {
  const { detectAll } = load('jschardet') as typeof import('jschardet')
  return detectAll(sample, { detectEncodings, minimumThreshold: 0 }).flatMap(({ encoding, confidence }) => {
    const charset = charsetNamed(encoding ?? undefined)
    return charset === undefined || !mayBe(charset, sample) ? [] : [{ charset, confidence }]
  })
}

/** The detector refuses a multi-byte charset if the last character is cut, as it is in the file names of some mail programs. */
function rankedWithoutCut(sample: Uint8Array): readonly Ranked[] {
  return sample.length < LEAST_CUT || sample.at(-1)! < HIGH ? [] : rankedFor(sample.subarray(0, -1))
}

function multiByteIn([first]: readonly Ranked[]): string | undefined {
  return first && multiByte.has(first.charset) ? first.charset : undefined
}

/** In the charsets of ISO 8859, the bytes up to 159 are control characters, which no text has. */
function mayBe(charset: string, sample: Uint8Array): boolean {
  return !charset.startsWith('iso-8859') || !sample.some(byte => byte >= HIGH && byte < AFTER_CONTROLS)
}

function sampleOf(bytes: Uint8Array): Uint8Array {
  const high = bytes.findIndex(byte => byte >= HIGH)
  const start = Math.max(bytes.lastIndexOf(LF, high) + 1, high - LONGEST_BEFORE)
  const sample = bytes.subarray(start, start + LARGEST_SAMPLE)
  if (start + sample.length === bytes.length) return sample
  const end = sample.findLastIndex((byte, at) => byte < NO_SECOND || at < sample.length - LONGEST_CUT)
  return sample.subarray(0, end + 1)
}

function isMostlyRuns(sample: Uint8Array): boolean {
  let all = 0
  let inRuns = 0
  let run = 0
  for (const byte of sample) {
    run = byte >= HIGH ? run + 1 : 0
    if (run > 0) all++
    if (run === LONG_RUN) inRuns += LONG_RUN
    if (run > LONG_RUN) inRuns++
  }
  return 2 * inRuns > all
}
