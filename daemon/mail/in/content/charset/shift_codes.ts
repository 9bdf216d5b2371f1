/** Bytes in a charset that iconv-lite reads. */
export interface Unshifted {
  readonly bytes: Uint8Array
  readonly charset: string
}

const LF = 0x0a
const SO = 0x0e
const SI = 0x0f
const ESC = 0x1b
const DOLLAR = 0x24
const OPEN = 0x28
const CLOSE = 0x29
const TILDE = 0x7e
const HIGH = 0x80
/** EUC-JP announces half-width katakana and JIS X 0212 by a byte. */
const KATAKANA = 0x8e
const SUPPLEMENT = 0x8f

/** The bytes of each character of a set, and the byte that announces it in EUC. */
interface Designated {
  readonly width: 1 | 2
  readonly before?: number
}
const JIS: Designated = { width: 2 }
const KANA: Designated = { width: 1, before: KATAKANA }
const KOREAN = codeOf('$)C')
/** What follows ESC; undefined is ASCII. */
const DESIGNATIONS: ReadonlyMap<number, Designated | undefined> = new Map([
  [codeOf('(B'), undefined],
  [codeOf('(J'), undefined],
  [codeOf('(H'), undefined],
  [codeOf('(I'), KANA],
  [codeOf('$@'), JIS],
  [codeOf('$B'), JIS],
  [codeOf('$(@'), JIS],
  [codeOf('$(B'), JIS],
  [codeOf('$(O'), JIS],
  [codeOf('$(Q'), JIS],
  [codeOf('$(D'), { width: 2, before: SUPPLEMENT }],
  [KOREAN, undefined],
])

/**
 * ISO-2022-JP (RFC 1468, with the sets of -1 and -MS) as EUC-JP, or ISO-2022-KR (RFC 1557) as EUC-KR; undefined if the bytes are neither.
 * By hand, since the decoder of Node lacks the characters that Windows adds, and iconv-lite has none. Half a character is left out.
 */
export function withoutEscapes(bytes: Uint8Array): Unshifted | undefined {
  if (!bytes.includes(ESC)) return
  const out = new Uint8Array(2 * bytes.length)
  let written = 0
  let set: Designated | undefined
  let isKorean = false
  let found = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte >= HIGH) return
    const length = byte === ESC ? designationLength(bytes, at + 1) : 0
    const code = length > 0 ? codeAt(bytes, at + 1, length) : 0
    if (DESIGNATIONS.has(code)) {
      found = true
      isKorean ||= code === KOREAN
      set = DESIGNATIONS.get(code)
      at += length
      continue
    }
    if (byte === SO || byte === SI) {
      set = byte === SI ? undefined : isKorean ? JIS : KANA
      continue
    }
    if (byte === LF) set = undefined
    if (set === undefined || byte <= 0x20 || byte === 0x7f) {
      out[written++] = byte
      continue
    }
    const next = set.width === 2 ? (bytes[at + 1] ?? 0) : byte
    if (next <= 0x20 || next >= 0x7f) continue
    if (set.before !== undefined) out[written++] = set.before
    out[written++] = byte | HIGH
    if (set.width === 2) {
      out[written++] = next | HIGH
      at++
    }
  }
  return found ? { bytes: out.subarray(0, written), charset: isKorean ? 'euc-kr' : 'euc-jp' } : undefined
}

function designationLength(bytes: Uint8Array, at: number): number {
  return bytes[at] === DOLLAR && (bytes[at + 1] === OPEN || bytes[at + 1] === CLOSE) ? 3 : 2
}

function codeAt(bytes: Uint8Array, at: number, length: number): number {
  let code = 0
  for (let next = at; next < at + length; next++) code = (code << 8) | (bytes[next] ?? 0)
  return code
}

function codeOf(designation: string): number {
  return codeAt(Buffer.from(designation), 0, designation.length)
}

/** HZ (RFC 1843) as GB 18030; undefined if there is a byte above 127. */
export function withoutTildes(bytes: Uint8Array): Unshifted | undefined {
  const out = new Uint8Array(bytes.length)
  let length = 0
  let isChinese = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte >= HIGH) return
    if (byte === LF) isChinese = false
    const next = byte === TILDE ? String.fromCharCode(bytes[at + 1] ?? 0) : ''
    if (isChinese ? next === '}' : next !== '' && '{~\r\n'.includes(next)) {
      isChinese = next === '{'
      if (next === '~') out[length++] = TILDE
      if (next !== '\r' || bytes[at + 2] === LF) at += next === '\r' ? 2 : 1
      continue
    }
    out[length++] = isChinese && byte > 0x20 ? byte | HIGH : byte
  }
  return { bytes: out.subarray(0, length), charset: 'gb18030' }
}
