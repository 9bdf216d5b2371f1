// One line of thought in the Markdown of the README files, as lines of mdoc.
import { textLines, words } from './mdoc.ts'

interface Piece {
  readonly kind: keyof typeof SPAN_MACROS | 'text'
  readonly text: string
}
/** What has no blank in between, such as a word in quotes with its full stop. */
type Cluster = readonly Piece[]

const SPANS = /`(?<code>[^`]+)`|\*\*(?<bold>[^*]+)\*\*|\*(?<emphasis>[^*\s]+)\*/g
/** What begins and ends the words of a piece. Their line may have others behind them, so that a quote needs its end. */
const SPAN_MACROS = {
  code: ['So', ' Sc'],
  bold: ['Sy', ''],
  emphasis: ['Em', ''],
} as const
/** A link alone in parentheses says where more is; a manual page has it all, or names others at its end. */
const REFERENCE = /\s*\(\[[^\]]*\]\([^)]*\)\)/g
const LINK = /\[((?:[^[\]`]|`[^`]*`)+)\]\([^)\s]*\)/g
const DELIMITERS = /^[.,:;)?!]+$/
const SENTENCE_END = /[.!?][)"”]*$/

/** Prose with `code`, **bold** and [links](to), as lines of mdoc: code is quoted, of a link the words remain. */
export function prose(markdown: string): string[] {
  const lines: string[] = []
  let line: string[] = []
  const flush = () => {
    lines.push(...textLines(line.join(' ')))
    line = []
  }
  for (const cluster of clustersOf(piecesOf(markdown))) {
    const [first] = cluster
    if (cluster.length === 1 && first!.kind === 'text') {
      line.push(first!.text)
      if (SENTENCE_END.test(first!.text)) flush()
      continue
    }
    flush()
    lines.push(`.${macrosFor(cluster)}`)
  }
  flush()
  return lines
}

/** The same as the arguments of one macro, such as the head of an item. */
export function inlineMacros(markdown: string): string {
  return clustersOf(piecesOf(markdown)).map(macrosFor).join(' ')
}

function piecesOf(markdown: string): Piece[] {
  const text = markdown.replace(REFERENCE, '').replace(LINK, '$1')
  const pieces: Piece[] = []
  let from = 0
  for (const { 0: whole, groups = {}, index } of text.matchAll(SPANS)) {
    pieces.push({ kind: 'text', text: text.slice(from, index) })
    for (const kind of ['code', 'bold', 'emphasis'] as const)
      if (groups[kind] !== undefined) pieces.push({ kind, text: groups[kind] })
    from = index + whole.length
  }
  return [...pieces, { kind: 'text', text: text.slice(from) }]
}

/** Splits text at its blanks. */
function clustersOf(pieces: readonly Piece[]): Cluster[] {
  const clusters: Piece[][] = [[]]
  for (const piece of pieces) {
    if (piece.kind !== 'text') {
      clusters.at(-1)!.push(piece)
      continue
    }
    const [glued = '', ...others] = piece.text.split(/\s+/)
    if (glued !== '') clusters.at(-1)!.push({ kind: 'text', text: glued })
    for (const text of others) clusters.push(text === '' ? [] : [{ kind: 'text', text }])
  }
  return clusters.filter(cluster => cluster.length > 0)
}

function macrosFor(cluster: Cluster): string {
  const parts = cluster.map((piece, at) => {
    const isLast = at === cluster.length - 1
    if (at > 0 && isLast && DELIMITERS.test(piece.text)) return ` ${[...piece.text].join(' ')}`
    const glue = at > 0 ? ' Ns ' : ''
    if (piece.kind === 'text') return `${glue}No ${words(piece.text)}`
    const [begin, end] = SPAN_MACROS[piece.kind]
    return `${glue}${begin} ${words(piece.text)}${end}`
  })
  return parts.join('')
}
