const MIB = 1024 * 1024

/** A line of the table: what was measured, its value, and the lowest or highest value allowed. */
export interface Figure {
  readonly what: string
  readonly value: number
  readonly least?: number
  readonly most?: number
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2
}

/** The table of all figures with their targets. */
export function table(figures: readonly Figure[]): string {
  return figures
    .map(figure => `${shown(figure.value).padStart(8)}  ${target(figure).padEnd(16)}${figure.what}`)
    .join('\n')
}

function shown(value: number): string {
  if (value >= 100) return String(Math.round(value))
  return value < 1 ? value.toPrecision(2) : value.toFixed(2)
}

function target({ value, least, most }: Figure): string {
  if (least !== undefined) return `≥ ${least} ${value >= least ? 'met' : 'MISSED'}`
  if (most !== undefined) return `≤ ${most} ${value <= most ? 'met' : 'MISSED'}`
  return ''
}

export function milliseconds(value: number): string {
  return `${Math.round(value)} ms`
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`
}
