/**
 * What mail programs put before the subject of an answer or a forward, in lower case. Not those that are as often words of the subject
 * itself: `R:` and `I:` (Italian) are drives and languages, and `Ref:` comes before a number.
 */
const PREFIXES: ReadonlySet<string> = new Set(
  [
    // English, and what most programs write in every language.
    're fw fwd',
    // German, Dutch, Danish, Norwegian, Swedish, Finnish.
    'aw antw antwort wg doorst sv svar vs vb vl videresendt',
    // French, Spanish, Portuguese, Italian, Romanian, Indonesian.
    'tr rv reenv res enc rif inoltra bls trs',
    // Polish, Czech, Slovak, Hungarian, Turkish, Welsh.
    'odp pd přep vá tov továbbítás ynt ylt i̇lt ilt atb',
    // Greek, Russian, Ukrainian, Hebrew, Arabic.
    'απ πρθ σχετ отв ответ пересл תשובה השב הועבר רד',
    // Chinese, Japanese, Korean.
    '回复 回覆 答复 答覆 转发 轉寄 轉發 转寄 返信 転送 답장 회신 전달',
  ]
    .join(' ')
    .split(' '),
)
/** Those of forwards. `VS:` is missing: in Finnish it is an answer, in Norwegian a forward. */
const FORWARDS: ReadonlySet<string> = new Set(
  (
    'fw fwd wg doorst vb vl videresendt tr rv reenv enc inoltra trs pd přep továbbítás tov i̇lt ilt πρθ ' +
    'пересл הועבר 转发 轉寄 轉發 转寄 転送 전달'
  ).split(' '),
)
const LONGEST_PREFIX = 12
const LONGEST_COUNT = 3

/** How many characters of a text are a reply or forward prefix, such as `Re:`, `AW :`, `Re[2]:` or `回复：`; 0 if it begins with none. */
export function replyPrefixLength(text: string): number {
  const word = firstWord(text)
  if (!PREFIXES.has(word.normalize('NFC').toLowerCase())) return 0
  const at = afterBlank(text, afterCount(text, afterBlank(text, word.length)))
  return text[at] === ':' || text[at] === '：' ? at + 1 : 0
}

/** Whether a subject begins with a forward prefix. */
export function isForward(subject: string): boolean {
  const text = subject.trimStart()
  return replyPrefixLength(text) > 0 && FORWARDS.has(firstWord(text).normalize('NFC').toLowerCase())
}

function firstWord(text: string): string {
  let at = 0
  while (at <= LONGEST_PREFIX && /\p{L}|\p{M}/u.test(text[at] ?? '')) at++
  return text.slice(0, at)
}

function afterBlank(text: string, at: number): number {
  return text[at] === ' ' ? at + 1 : at
}

/** After the count of answers, as in `Re[2]:`, `Re(3):` or `Re^4:`. */
function afterCount(text: string, at: number): number {
  const open = text[at] ?? ''
  const close = { '[': ']', '(': ')', '^': '' }[open]
  if (close === undefined) return at
  let end = at + 1
  while (end <= at + LONGEST_COUNT && /[0-9]/.test(text[end] ?? '')) end++
  return end > at + 1 && text.startsWith(close, end) ? end + close.length : at
}
