import { KIB } from '../../../../../data/sizes.ts'
import {
  type ContentLine,
  contentLines,
  unescaped,
} from '../../../../../handlers/exclusions/icalendar/content_line.ts'
import { collapsedLine } from '../../../../../handlers/params/plain_text.ts'
import { calendarTime } from './calendar_time.ts'

/** In UTF-16 units: what is read of a calendar, and the length of each value that is shown. */
const LONGEST_CALENDAR = 256 * KIB
const LONGEST_VALUE = 500
const WHAT: Readonly<Record<string, string>> = { REQUEST: 'Invitation', CANCEL: 'Canceled', REPLY: 'Answer' }
const ANSWERS: Readonly<Record<string, string>> = {
  ACCEPTED: 'Accepted',
  DECLINED: 'Declined',
  TENTATIVE: 'Tentatively accepted',
}
const ZONE = /;TZID="?([^";:]{1,100})/i
const NAME = /;CN="?([^";:]{1,200})/i
const ANSWER = /;PARTSTAT=([A-Z]{1,20})/i
const MAILTO = /^mailto:/i

/**
 * A text/calendar part (RFC 5545) in two lines: what the first event is, and when, where, and who invites. Empty if it has no event that can be
 * read. `Invitation: Budget meeting`, `Fri 4 December 2026, 10:00-11:00 (Europe/Berlin), Room 14, organized by Ann Lee`.
 */
export function calendarSummary(calendar: string): string {
  const { method, event } = firstEvent(calendar.slice(0, LONGEST_CALENDAR))
  const summary = textOf(event.get('SUMMARY'))
  const time = timeOf(event)
  if (summary === '' && time === '') return ''
  const kind = kindOf(method, event)
  const organizer = nameOf(event.get('ORGANIZER'))
  const details = [
    time,
    event.has('RRULE') ? 'repeats' : '',
    textOf(event.get('LOCATION')),
    organizer === '' ? '' : `organized by ${organizer}`,
  ]
  return `${kind}: ${summary || '(no title)'}\n${details.filter(detail => detail !== '').join(', ')}`.trim()
}

/** The properties of the first VEVENT without those of its alarms; the first of a name counts. */
function firstEvent(calendar: string): { method: string; event: ReadonlyMap<string, ContentLine> } {
  const event = new Map<string, ContentLine>()
  const open: string[] = []
  let method = ''
  for (const line of contentLines(calendar)) {
    const { name, value } = line
    const component = value.trim().toUpperCase()
    if (name === 'METHOD') method = component
    if (name === 'BEGIN') open.push(component)
    else if (name === 'END') {
      if (component === 'VEVENT') break
      open.pop()
    } else if (open.at(-1) === 'VEVENT' && !event.has(name)) event.set(name, line)
  }
  return { method, event }
}

function timeOf(event: ReadonlyMap<string, ContentLine>): string {
  const start = event.get('DTSTART')
  if (start === undefined) return ''
  const zone = shown(ZONE.exec(start.parameters)?.[1] ?? '')
  return calendarTime(start.value, event.get('DTEND')?.value, event.get('DURATION')?.value, zone)
}

function kindOf(method: string, event: ReadonlyMap<string, ContentLine>): string {
  if (method === 'REPLY') {
    const attendee = event.get('ATTENDEE')
    const answer = ANSWERS[ANSWER.exec(attendee?.parameters ?? '')?.[1]?.toUpperCase() ?? '']
    const name = nameOf(attendee)
    if (answer !== undefined) return name === '' ? answer : `${answer} by ${name}`
  }
  if (event.get('STATUS')?.value.trim().toUpperCase() === 'CANCELLED') return 'Canceled'
  return WHAT[method] ?? 'Event'
}

function nameOf(person: ContentLine | undefined): string {
  if (person === undefined) return ''
  const name = NAME.exec(person.parameters)?.[1]
  return shown(name ?? person.value.trim().replace(MAILTO, ''))
}

function textOf(property: ContentLine | undefined): string {
  const value = property?.value.slice(0, 2 * LONGEST_VALUE) ?? ''
  return shown(unescaped(value))
}

function shown(value: string): string {
  return collapsedLine(value.slice(0, LONGEST_VALUE))
}
