/** A cell of a table, as lines. */
export interface Cell {
  readonly lines: string[]
  readonly isHeading: boolean
  readonly isWide: boolean
  /** Whether its lines cannot be joined, and whether it is a paragraph. */
  readonly isWhole: boolean
  readonly isApart: boolean
}

/** What is known of a table while its rows are read. */
export interface TableShape {
  /** Whether its rows have columns, not only a label and a value. */
  hasColumns: boolean
}

/** Texts with an empty line between them; `isApart` if there is also one before and after them. */
export interface RowText {
  readonly blocks: readonly string[][]
  readonly isApart: boolean
}

/** The lines of a cell that is still shown on one line with the cells beside it. */
const MOST_LINES = 4
/** In characters: a longer label is a text of its own, and longer rows without a heading are no data. */
const LONGEST_LABEL = 80
const LONGEST_ROW = 240

/** A row as text: a label and its value on one line, columns with ` | ` between them, texts side by side one after the other. */
export function rowText(given: readonly Cell[], table: TableShape): RowText {
  const cells = withColons(given)
  const filled = cells.filter(({ lines }) => lines.length > 0)
  const [first, second] = filled
  if (first === undefined) return { blocks: [], isApart: false }
  if (second === undefined) {
    const { lines } = first
    return { blocks: [lines], isApart: first.isApart || lines.length > 1 || lengthOf(lines) > LONGEST_LABEL }
  }
  const isFlat = filled.every(({ lines, isWhole }) => !isWhole && lines.length <= MOST_LINES)
  if (isFlat && filled.every(({ isHeading }) => isHeading)) table.hasColumns = true
  const isPair = filled.length === 2 && (!table.hasColumns || filled.some(({ isWide }) => isWide))
  if (isPair) return pair(first, second)
  if (isFlat && (table.hasColumns || isShort(filled))) {
    table.hasColumns = true
    return { blocks: [[columns(cells)]], isApart: false }
  }
  return { blocks: filled.map(({ lines }) => lines), isApart: true }
}

/** A colon in a cell of its own belongs to the label before it. */
function withColons(cells: readonly Cell[]): readonly Cell[] {
  const isColon = (cell: Cell | undefined) => cell?.lines.length === 1 && cell.lines[0] === ':'
  if (!cells.some(isColon)) return cells
  return cells.flatMap((cell, at) => {
    if (isColon(cell) && cells[at - 1]?.lines.length === 1) return []
    if (!isColon(cells[at + 1]) || cell.lines.length !== 1) return [cell]
    return [{ ...cell, lines: [`${cell.lines[0]}:`] }]
  })
}

function pair(label: Cell, value: Cell): RowText {
  const [first = ''] = label.lines
  if (label.isWhole || label.lines.length > 1 || first.length > LONGEST_LABEL)
    return { blocks: [label.lines, value.lines], isApart: true }
  if (value.isWhole) return { blocks: [[first, ...value.lines]], isApart: true }
  const [next = '', ...others] = value.lines
  return { blocks: [[`${first} ${next}`, ...others]], isApart: others.includes('') }
}

function columns(cells: readonly Cell[]): string {
  const texts = cells.map(({ lines }) => lines.filter(line => line !== '').join(' '))
  const last = texts.findLastIndex(text => text !== '')
  const shown = texts.slice(0, last + 1).map((text, at) => (at > 0 && text !== '' ? ` ${text}` : text))
  return shown.join(' |').trimStart()
}

function isShort(cells: readonly Cell[]): boolean {
  let length = 0
  for (const { lines } of cells) length += lengthOf(lines)
  return length <= LONGEST_ROW
}

function lengthOf(lines: readonly string[]): number {
  let length = 0
  for (const line of lines) length += line.length
  return length
}
