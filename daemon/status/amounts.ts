import { DAY, HOUR, MINUTE } from '../../data/durations.ts'

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const
const SPANS = [
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
] as const

/** A size for people, with powers of 1000: `1.2 MB`. */
export function sizeWords(bytes: number): string {
  let size = bytes
  let unit = 0
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000
    unit++
  }
  return `${unit === 0 || size >= 99.95 ? Math.round(size) : size.toFixed(1)} ${UNITS[unit]}`
}

/** A number and what it counts, whose plural has an s: `1 day`, `1,200 mails`. */
export function countWords(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}

/** A span of time for people, in its largest unit: `3 days`. */
export function spanWords(milliseconds: number): string {
  const [size, noun] = SPANS.find(([span]) => milliseconds >= span) ?? [MINUTE, 'minute']
  return milliseconds < MINUTE ? 'less than a minute' : countWords(Math.floor(milliseconds / size), noun)
}
