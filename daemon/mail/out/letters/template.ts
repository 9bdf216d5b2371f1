import { isYesLine } from '../../yes_line.ts'
import type { Key } from './keys.ts'
import { placeholdersOf } from './keys.ts'

const PLACEHOLDER = /\{([a-z_]+)\}/g
/** In characters. */
const LONGEST_TEXT = 2000
/** Mail programs take what follows such a line for a signature, and hide it. */
const SIGNATURE_LINE = /^-- ?$/m
const CONTROL = /[^\P{Cc}\n]/u
/** A sample of what any placeholder may stand for. */
const SAMPLE = 'sample'

/** A text with its placeholders replaced. What replaces them is never searched for placeholders. */
export function filled(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(PLACEHOLDER, (whole, name: string) =>
    Object.hasOwn(values, name) ? `${values[name]}` : whole,
  )
}

/** The names of the placeholders of a text, each once. */
export function namesIn(template: string): readonly string[] {
  return [...new Set([...template.matchAll(PLACEHOLDER)].map(([, name]) => name!))].sort()
}

/** What is wrong with a text for a key, as the end of a sentence about it, from rendering it with sample data; undefined if it is good. */
export function mistakeIn(key: Key, text: unknown): string | undefined {
  if (typeof text !== 'string') return 'must be a text in quotes'
  if (text.trim() === '') return 'is empty; leave the key out for the usual text'
  if (text.length > LONGEST_TEXT) return `has more than ${LONGEST_TEXT} characters`
  if (CONTROL.test(text)) return 'has a control character'
  if (SIGNATURE_LINE.test(text)) return 'has a line "-- ", from which on mail programs hide the letter'
  if (key.endsWith('subject') && text.includes('\n')) return 'must be one line, since it is a subject'
  const allowed = placeholdersOf(key)
  const sample = filled(text, Object.fromEntries(allowed.map(name => [name, SAMPLE])))
  const [unknown] = namesIn(sample)
  if (unknown !== undefined)
    return `has the placeholder {${unknown}}, which it may not use; ${allowed.length === 0 ? 'it can have none' : `it may use ${allowed.map(name => `{${name}}`).join(', ')}`}`
  if (allowed.includes('address') && !namesIn(text).includes('address'))
    return 'needs the placeholder {address}: without it, nobody can stop these letters'
  if (key === 'text.label' && !namesIn(text).includes('label'))
    return 'needs the placeholder {label}: without it, nobody knows what a link does'
  if (key.startsWith('confirm.') && text.split('\n').some(line => isYesLine(line.trim())))
    return 'has a line that is a yes: a quote of it would confirm the command'
  return undefined
}
