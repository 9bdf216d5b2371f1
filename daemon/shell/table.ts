import stringWidth from 'string-width'
import { INVISIBLE } from '../../data/invisible.ts'
import type { Gives } from '../../handlers/method.ts'

type Row = Readonly<Record<string, unknown>>

/** The least width to which a column is cut. */
const LEAST = 6
const GAP = '  '
const MORE = '…'
const graphemes = new Intl.Segmenter()

/**
 * A result that is a list of records, or has one, as a table for a terminal of this width; undefined for anything else. The widest columns
 * are cut until each line fits; columns without any value are left out.
 */
export function tableOf(gives: Gives, columns: number): string | undefined {
  const rows = rowsIn(gives)
  if (!rows || rows.length === 0) return undefined
  const fields = Object.keys(rows[0]!).filter(field => rows.some(row => cellOf(row[field]) !== ''))
  const lines = [fields.map(headingOf), ...rows.map(row => fields.map(field => cellOf(row[field])))]
  const widths = fitting(widthsOf(lines), columns)
  return lines
    .map(cells =>
      cells
        .map((cell, at) => fitted(cell, widths[at]!))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n')
}

function rowsIn(gives: Gives): readonly Row[] | undefined {
  if (typeof gives !== 'object') return undefined
  const list = Array.isArray(gives) ? gives : Object.values(gives).find(Array.isArray)
  const isTable = list?.every(row => typeof row === 'object' && row !== null && !Array.isArray(row))
  return isTable && (Array.isArray(gives) || isPage(gives)) ? list : undefined
}

/** A page of a list has the list and where it continues; an object with more fields is one record. */
function isPage(gives: object): boolean {
  return Object.keys(gives).every(key => key === 'next' || Array.isArray(gives[key as keyof typeof gives]))
}

function headingOf(field: string): string {
  return field.toUpperCase().replaceAll('_', ' ')
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined || value === false) return ''
  if (value === true) return 'yes'
  if (Array.isArray(value)) return value.map(cellOf).join(',')
  if (typeof value === 'object') return Object.values(value).map(cellOf).filter(Boolean).join(' ')
  return momentOf(String(value)).replace(INVISIBLE, ' ')
}

/** An instant to the minute, in the time zone of the machine; any other text unchanged. */
function momentOf(text: string): string {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z$/.test(text)) return text
  const at = new Date(text)
  const [month, day, hour, minute] = [at.getMonth() + 1, at.getDate(), at.getHours(), at.getMinutes()].map(
    part => String(part).padStart(2, '0'),
  )
  return `${at.getFullYear()}-${month}-${day} ${hour}:${minute}`
}

function widthsOf(lines: readonly (readonly string[])[]): number[] {
  return lines[0]!.map((_, at) => Math.max(...lines.map(cells => stringWidth(cells[at]!))))
}

/** The widths with the widest columns cut, so that all of them and the gaps fit. */
function fitting(widths: readonly number[], columns: number): readonly number[] {
  const room = columns - GAP.length * (widths.length - 1)
  let most = Math.max(...widths)
  const cut = () => widths.map(width => Math.min(width, most))
  while (most > LEAST && cut().reduce((sum, width) => sum + width) > room) most--
  return cut()
}

function fitted(cell: string, width: number): string {
  const missing = width - stringWidth(cell)
  if (missing >= 0) return cell + ' '.repeat(missing)
  let kept = ''
  let used = MORE.length
  for (const { segment } of graphemes.segment(cell)) {
    used += stringWidth(segment)
    if (used > width) break
    kept += segment
  }
  const text = kept + MORE
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)))
}
