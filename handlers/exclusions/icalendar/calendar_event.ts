import { Failure } from '../../../data/failure.ts'
import { collapsedLine } from '../../params/plain_text.ts'
import { contentLines, unescaped } from './content_line.ts'

/** In UTF-16 units: how much of the title of an event is looked at, and in characters, how much is kept. */
const LONGEST_READ = 1000
const LONGEST_NAME = 100
const DEEPEST = 20
/** How many events one file may have. */
const MOST_EVENTS = 2000
const BEGINNING = 'BEGIN:VCALENDAR'
const READ = new Set(['DTSTART', 'DTEND', 'DURATION', 'RRULE', 'RDATE', 'STATUS', 'UID', 'RECURRENCE-ID'])

/** An event of a calendar. */
export interface CalendarEvent {
  /** Its title on one line, cut to 100 characters. */
  readonly name: string
  /** The trimmed values of its properties by their names in capitals, the first of each. */
  readonly values: ReadonlyMap<string, string>
  /** The values of its EXDATE properties. */
  readonly exceptions: readonly string[]
  /** Whether its properties say that it lasts whole days, although they have an hour. */
  readonly isAllDay: boolean
}

/** Whether a text claims to be an iCalendar file (RFC 5545). */
export function isCalendar(text: string): boolean {
  return withoutMark(text.slice(0, LONGEST_READ)).trimStart().toUpperCase().startsWith(BEGINNING)
}

/**
 * The events of an iCalendar file; of several versions of one, the last. Throws Failure `invalid` for a file that ends too early or is
 * nested too deeply, and `too_large` if it has more than 2000 events.
 */
export function eventsIn(calendar: string): readonly CalendarEvent[] {
  const events = new Map<string, CalendarEvent>()
  const open: string[] = []
  let event = new EventLines()
  for (const { name, value } of contentLines(withoutMark(calendar).trimStart())) {
    const component = value.trim().toUpperCase()
    if (name === 'BEGIN') {
      open.push(component)
      if (open.length > DEEPEST) throw new Failure('invalid', 'This calendar is nested too deeply.')
      if (component === 'VEVENT') event = new EventLines()
    } else if (name === 'END') {
      // Also where the end of something in the event is missing.
      if (component === 'VEVENT' && open.includes(component)) events.set(event.key(events.size), event.made())
      if (open.includes(component)) open.length = open.lastIndexOf(component)
    } else if (open.at(-1) === 'VEVENT') event.add(name, value)
    if (events.size > MOST_EVENTS)
      throw new Failure(
        'too_large',
        `This calendar has more than ${MOST_EVENTS} events; import a part of it.`,
      )
  }
  if (open.length === 0) return [...events.values()]
  throw new Failure('invalid', 'This calendar ends too early: a part of it is missing. Send the whole file.')
}

/** The properties of one event while they are read. */
class EventLines {
  readonly #values = new Map<string, string>()
  readonly #exceptions: string[] = []
  #name = ''
  #isAllDay = false

  add(name: string, value: string): void {
    if (name === 'SUMMARY') this.#name ||= collapsedLine(unescaped(value.slice(0, LONGEST_READ)))
    else if (name === 'EXDATE') this.#exceptions.push(value)
    else if (name === 'X-MICROSOFT-CDO-ALLDAYEVENT') this.#isAllDay = value.trim().toUpperCase() === 'TRUE'
    else if (READ.has(name) && !this.#values.has(name)) this.#values.set(name, value.trim())
  }

  /** The same for versions of one event; an event without a UID has only one. */
  key(number: number): string {
    const uid = this.#values.get('UID')
    return uid === undefined ? `${number}` : `${uid} ${this.#values.get('RECURRENCE-ID') ?? ''}`
  }

  made(): CalendarEvent {
    const name = [...this.#name].slice(0, LONGEST_NAME).join('').trim()
    return { name, values: this.#values, exceptions: this.#exceptions, isAllDay: this.#isAllDay }
  }
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text
}
