// The sections of the README files, as mdoc: manual pages and README files say the same in the same words.
import { literal, section, tagList } from './mdoc.ts'
import { inlineMacros, prose } from './prose.ts'

/** What stands in place of a generated part, by its name. */
export type Parts = Readonly<Record<string, readonly string[]>>

/** The lines below a heading of a README, with the sections below it. Throws an Error if there is no such heading. */
export function belowHeading(readme: string, heading: string): string[] {
  const lines = readme.split('\n')
  const from = lines.findIndex(line => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading)
  if (from < 0) throw new Error(`there is no heading ${heading}`)
  const level = lines[from]!.indexOf(' ')
  const rest = lines.slice(from + 1)
  const end = rest.findIndex(line => /^#+ /.test(line) && line.indexOf(' ') <= level)
  return end < 0 ? rest : rest.slice(0, end)
}

/** Lines of Markdown as mdoc: paragraphs, lists, tables, code and headings, as the README files have them. */
export function mdocOf(lines: readonly string[], parts: Parts = {}): string[] {
  const out: string[] = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at]!
    const block = blockAt(lines, at)
    at += block.length
    if (line.trim() === '') continue
    const made = madeOf(block, parts)
    // A heading makes room itself, and so does a list or a display.
    const needsRoom =
      out.length > 0 && /^[^.]|^\.(?:So|Sy|Em|No)\b/.test(made[0] ?? '') && !isHeading(out.at(-1)!)
    out.push(...(needsRoom ? ['.Pp'] : []), ...made)
  }
  return out
}

/** The lines of the block that begins there. */
function blockAt(lines: readonly string[], at: number): readonly string[] {
  const rest = lines.slice(at)
  const [line = ''] = rest
  const [, part] = /^<!-- (\w+) -->$/.exec(line) ?? []
  if (part) return upTo(rest, other => other === `<!-- end ${part} -->`)
  if (line.startsWith('```')) return upTo(rest, other => other === '```')
  if (line === '' || /^#+ /.test(line)) return [line]
  if (line.startsWith('|')) return whilst(rest, other => other.startsWith('|'))
  if (line.startsWith('    ')) return whilst(rest, (other, next) => isIndented(other, next, '    '))
  const mark = markOf(line)
  if (!mark) return whilst(rest, other => other !== '' && !markOf(other) && !other.startsWith('```'))
  const inside = ' '.repeat(mark.length)
  return whilst(rest, (other, next) => markOf(other) !== undefined || isIndented(other, next, inside))
}

/** Whether a line is indented, or a blank one before another that is. */
function isIndented(line: string, next: string | undefined, indent: string): boolean {
  return line.startsWith(indent) || (line === '' && next?.startsWith(indent) === true)
}

function whilst(
  lines: readonly string[],
  belongs: (line: string, next: string | undefined) => boolean,
): readonly string[] {
  const end = lines.findIndex((line, at) => at > 0 && !belongs(line, lines[at + 1]))
  return end < 0 ? lines : lines.slice(0, end)
}

function upTo(lines: readonly string[], ends: (line: string) => boolean): readonly string[] {
  const end = lines.findIndex((line, at) => at > 0 && ends(line))
  if (end < 0) throw new Error(`${lines[0]} has no end`)
  return lines.slice(0, end + 1)
}

function markOf(line: string): string | undefined {
  return /^(?:- |\d+\. )/.exec(line)?.[0]
}

function madeOf(block: readonly string[], parts: Parts): readonly string[] {
  const [line = ''] = block
  const [, name] = /^<!-- (\w+) -->$/.exec(line) ?? []
  if (name !== undefined) {
    const part = parts[name]
    if (!part) throw new Error(`there is no part ${name}`)
    return part
  }
  if (line.startsWith('```')) return literal(block.slice(1, -1))
  if (line.startsWith('    ')) return literal(block.map(code => code.slice(4)))
  if (/^#+ /.test(line)) return [section('Ss', line.replace(/^#+ /, ''))]
  if (line.startsWith('|')) return tableList(block)
  if (markOf(line)) return list(block)
  return prose(block.join(' '))
}

function isHeading(line: string): boolean {
  return /^\.S[hs] /.test(line)
}

function list(block: readonly string[]): string[] {
  const items: string[][] = []
  for (const line of block) {
    const mark = markOf(line)
    if (mark) items.push([line.slice(mark.length)])
    else items.at(-1)!.push(line.trimStart())
  }
  const kind = block[0]!.startsWith('- ') ? 'bullet' : 'enum'
  return [`.Bl -${kind} -width 2n`, ...items.flatMap(item => ['.It', ...mdocOf(item)]), '.El']
}

/** A table as a list, since columns of prose do not fit a terminal: the first cell is the tag, and further columns have their heads. */
function tableList(block: readonly string[]): string[] {
  const [head = [], , ...rows] = block.map(cellsOf)
  return tagList(
    rows.map(([first = '', second = '', ...others]) => ({
      tag: inlineMacros(first),
      body:
        others.length === 0
          ? prose(second)
          : [second, ...others].flatMap((cell, at) => [
              ...(at > 0 ? ['.Pp'] : []),
              ...prose(`${head[at + 1]}: ${cell}${/[.!?]$/.test(cell) ? '' : '.'}`),
            ]),
    })),
  )
}

function cellsOf(row: string): string[] {
  return row
    .replace(/^\| | \|$/g, '')
    .split(/ (?<!\\)\| /)
    .map(cell => cell.replaceAll('\\|', '|').replaceAll('<br>', ', '))
}
