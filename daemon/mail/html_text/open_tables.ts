import { Lines, type TextRoom } from './lines.ts'
import { type Cell, rowText, type TableShape } from './rows.ts'

/** Tables nested more deeply are read as text. */
const MOST_TABLES = 16

interface OpenTable extends TableShape {
  /** The lines that the table stands in. */
  readonly around: Lines
  cells: Cell[]
  rows: number
}

/** The open tables, and the lines that are written now: those of the innermost cell, or those of the page. */
export class OpenTables {
  readonly #open: OpenTable[] = []
  readonly #room: TextRoom
  #out: Lines

  constructor(room: TextRoom) {
    this.#room = room
    this.#out = new Lines(room)
  }

  get out(): Lines {
    return this.#out
  }

  /** Each `begin` gives what is done at the end. */
  beginTable(): () => void {
    const around = this.#out
    around.newParagraph()
    if (this.#open.length >= MOST_TABLES) return () => around.newParagraph()
    const table: OpenTable = { around, hasColumns: false, cells: [], rows: 0 }
    this.#open.push(table)
    return () => {
      this.#endRow()
      this.#open.pop()
      if (table.rows > 1) around.isWhole = true
      around.newParagraph()
    }
  }

  beginRow(): () => void {
    const out = this.#out
    const leave = () => {
      if (this.#isOutsideCells) this.#endRow()
      out.newLine()
    }
    leave()
    return leave
  }

  beginCell(isHeading: boolean, columns: number): () => void {
    const out = this.#out
    const table = this.#open.at(-1)
    if (table === undefined || !this.#isOutsideCells) {
      out.text(' ')
      return () => out.text(' ')
    }
    const cell = new Lines(this.#room)
    this.#out = cell
    return () => {
      this.#out = out
      const lines = cell.end()
      const { isWhole, isApart } = cell
      table.cells.push({ lines, isHeading, isWide: columns > 1, isWhole, isApart })
    }
  }

  /** Text between the cells of a row stands after the cells before it. */
  beforeText(text: string): void {
    if (this.#isOutsideCells && text.trim() !== '') this.#endRow()
  }

  get #isOutsideCells(): boolean {
    return this.#open.at(-1)?.around === this.#out
  }

  #endRow(): void {
    const table = this.#open.at(-1)
    if (table === undefined || table.cells.length === 0) return
    const { around, cells } = table
    table.cells = []
    const { blocks, isApart } = rowText(cells, table)
    if (blocks.length > 0) table.rows++
    for (const block of blocks) {
      if (isApart) around.newParagraph()
      around.append(block)
      if (isApart) around.newParagraph()
    }
    if (cells.some(({ isWhole }) => isWhole)) around.isWhole = true
  }
}
