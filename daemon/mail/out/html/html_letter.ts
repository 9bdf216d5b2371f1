// One thing: the template of letters in HTML, from the finished text to the page.
import type { Locale } from '../../../../data/locales.ts'
import { escaped } from './escaped.ts'

/**
 * A part of a letter in which nothing becomes a button, since others have written it, or some of it. `words` are marked by a line beside them.
 * The text of a `quote` has `> ` before each line. `html` is ready for the letter.
 */
export interface Foreign {
  readonly is: 'words' | 'quote' | 'sentence'
  readonly text: string
  readonly html?: string | undefined
}
type Part = Foreign | { readonly is: 'ours'; readonly text: string }

const LINK = /^<(mailto:[^<>\s]+)>$/
const ADDRESS = /^[^\s@<>?%&]+@[^\s@<>?%&]+$/
const FACT = /^([^:]{1,40}:) +(\S.*)$/
const LONGEST_FACT = 1000

/** No colours but those of the reader's program: they stay readable in dark mode. */
const BODY =
  'margin:0 auto;padding:12px;max-width:40em;font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere'
const PARAGRAPH = 'margin:0 0 16px'
const WORDS = 'margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid #8886'
const LINES = 'white-space:pre-wrap'
/** So that code, quotes and tables of others fit on a phone. They have no attributes of their own. */
const PHONES =
  'pre{white-space:pre-wrap}blockquote{margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid #8886}td,th{padding:0 12px 4px 0;text-align:left;vertical-align:top}'
const BUTTON =
  'display:inline-block;margin:4px 0;padding:8px 14px;border:1px solid;border-radius:6px;text-decoration:none'
const QUIET = 'opacity:.75'

/**
 * A letter in HTML that says what its text says, in the same order: no pictures, nothing remote. A `mailto:` link of ours becomes a button
 * that has the line above it as its label. `foreign` are the parts that others have written, in their order.
 */
export function htmlLetter(text: string, foreign: readonly Foreign[], locale: Locale): string {
  const parts = partsOf(text, foreign).map(part => (part.is === 'ours' ? ours(part.text) : others(part)))
  return [
    '<!DOCTYPE html>',
    `<html lang="${locale}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<style>:root{color-scheme:light dark}${PHONES}</style></head>`,
    `<body><div style="${BODY}">`,
    ...parts,
    '</div></body></html>',
    '',
  ].join('\n')
}

/** The parts of a text; a foreign one stands between empty lines. */
function partsOf(text: string, foreign: readonly Foreign[]): Part[] {
  const parts: Part[] = []
  const whole = `\n\n${text}\n\n`
  let from = 0
  for (const one of foreign) {
    const start = one.text === '' ? -1 : whole.indexOf(`\n\n${one.text}\n\n`, from)
    if (start < 0) continue
    parts.push({ is: 'ours', text: whole.slice(from, start) }, one)
    from = start + 2 + one.text.length
  }
  return [...parts, { is: 'ours', text: whole.slice(from) }]
}

function others({ is, text, html }: Foreign): string {
  const element = is === 'quote' ? 'blockquote' : 'div'
  const style = is === 'sentence' ? PARAGRAPH : WORDS
  if (html !== undefined) return `<${element} dir="auto" style="${style}">${html}</${element}>`
  const shown = escaped(is === 'quote' ? unquoted(text) : text).replaceAll('\n', '<br>')
  return `<${element} dir="auto" style="${style};${LINES}">${shown}</${element}>`
}

/** A quote without the `> ` before its lines. */
function unquoted(text: string): string {
  return text
    .split('\n')
    .map(line => line.slice(2))
    .join('\n')
}

function ours(text: string): string {
  const paragraphs = text.split(/\n{2,}/).filter(paragraph => paragraph.trim() !== '')
  return paragraphs
    .map(paragraph => `<p dir="auto" style="${PARAGRAPH}">${linesOf(paragraph.split('\n'))}</p>`)
    .join('\n')
}

/** The lines of a paragraph; facts if each has a label. */
function linesOf(lines: readonly string[]): string {
  const facts = lines.length > 1 ? lines.map(factOf) : []
  if (facts.length > 0 && !facts.includes(undefined)) return facts.join('<br>\n')
  return lines
    .flatMap((line, at) => {
      const link = LINK.exec(lines[at + 1] ?? '')?.[1]
      if (link !== undefined && !LINK.test(line)) return [button(link, withoutColon(line))]
      const bare = LINK.exec(line)?.[1]
      if (bare === undefined) return [ADDRESS.test(line) ? addressLink(line) : indented(line)]
      const isLabelled = at > 0 && !LINK.test(lines[at - 1]!)
      return isLabelled ? [] : [button(bare, bare.slice('mailto:'.length).split('?')[0]!)]
    })
    .join('<br>\n')
}

/** French has a blank before it. */
function withoutColon(label: string): string {
  return label.endsWith(':') ? label.slice(0, -1).trimEnd() : label
}

/** No bold type: programs that turn a quote of it into text would put asterisks around the label, by which we know the facts again. */
function factOf(line: string): string | undefined {
  const [, label, value] = FACT.exec(line.slice(0, LONGEST_FACT)) ?? []
  if (label === undefined || value === undefined || line.length > LONGEST_FACT) return undefined
  return `<span style="${QUIET}">${escaped(label)}</span> ${escaped(value)}`
}

function button(link: string, label: string): string {
  return `<a href="${escaped(link)}" style="${BUTTON}">${escaped(label)}</a>`
}

/** The address that stops the letters; a program that makes no links of addresses would let people copy it by hand. */
function addressLink(address: string): string {
  return `<a href="mailto:${escaped(address)}">${escaped(address)}</a>`
}

/** The blanks at the beginning of a line stay. */
function indented(line: string): string {
  const text = line.trimStart()
  return `${'&nbsp;'.repeat(line.length - text.length)}${escaped(text)}`
}
