import { type RefusalReason, reasons } from './reasons.ts'
import { enhancedCode, replyCode } from './reply_codes.ts'

/** Servers use these for many things, so that phrases come first. */
const VAGUE: readonly string[] = [
  '5.0.0',
  '5.1.0',
  '5.2.0',
  '5.3.0',
  '4.3.0',
  '4.3.2',
  '5.5.0',
  '4.7.0',
  '4.7.1',
  '5.7.0',
  '5.7.1',
]
const read = reasons.map(reason => ({
  reason,
  codes: reason.codes.split(' ').filter(Boolean),
  phrases: reason.phrases
    .split(',')
    .map(phrase => phrase.trim())
    .filter(Boolean),
}))

/**
 * What the words of a server mean, with their codes, on one line; undefined if the table does not know. The enhanced status code decides
 * first, then the phrases, then the reply code.
 */
export function reasonOf(words: string): RefusalReason | undefined {
  const enhanced = enhancedCode(words)
  const isVague = enhanced === undefined || VAGUE.includes(enhanced)
  return (
    (isVague ? undefined : byCode(enhanced)) ??
    byPhrase(withoutNames(words)) ??
    byCode(enhanced) ??
    byCode(replyCode(words))
  )
}

function byCode(code: string | undefined): RefusalReason | undefined {
  if (code === undefined) return undefined
  return read.find(({ codes }) => codes.some(pattern => fits(code, pattern)))?.reason
}

function fits(code: string, pattern: string): boolean {
  if (code.length !== pattern.length) return false
  return [...pattern].every((char, at) => char === code[at] || (char === 'x' && code[at] !== '.'))
}

function byPhrase(text: string): RefusalReason | undefined {
  return read.find(({ phrases }) => phrases.some(phrase => text.includes(phrase)))?.reason
}

/** Without codes, addresses and URLs: whoever chose the address of the recipient must not choose the reason. */
function withoutNames(words: string): string {
  return words
    .toLowerCase()
    .split(/[\s<>]/)
    .filter(word => !word.includes('@') && !word.includes('://'))
    .map(word => word.replace(/^[245]\d\d(?:-|$)/, '').replace(/^[245]\.\d{1,3}\.\d{1,3}/, ''))
    .filter(Boolean)
    .join(' ')
}
