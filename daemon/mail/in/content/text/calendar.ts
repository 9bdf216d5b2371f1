import { KIB } from '../../../../../data/sizes.ts'
import { collapsedLine } from '../../../../../handlers/params/plain_text.ts'
import { calendarTime } from './calendar_time.ts'
import { linesOf } from './text_lines.ts'

/** In UTF-16 units: what is read of a calendar, and the length of each value that is shown. */
const LONGEST_CALENDAR = 256 * KIB
const LONGEST_VALUE = 500
const WHAT: Readonly<Record<string, string>> = { REQUEST: 'Invitation', CANCEL: 'Canceled', REPLY: 'Answer' }
const ANSWERS: Readonly<Record<string, string>> = {
  ACCEPTED: 'Accepted',
  DECLINED: 'Declined',
  TENTATIVE: 'Tentatively accepted',
}
const LINE = /^([A-Za-z-]{1,40})((?:;(?:[^:"]|"[^"]*")*)?):(.*)$/s
const ZONE = /;TZID="?([^";:]{1,100})/i
const NAME = /;CN="?([^";:]{1,200})/i
const ANSWER = /;PARTSTAT=([A-Z]{1,20})/i
const MAILTO = /^mailto:/i
const ESCAPED = /\\([\\;,nN])/g

/** A property of an event: its parameters as written, and its value. */
interface Property {
  readonly parameters: string
  readonly value: string
}

/**
 * A text/calendar part (RFC 5545) in two lines: what the first event is, and when, where and by whom. Empty if it has no event that can be
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
function firstEvent(calendar: string): { method: string; event: ReadonlyMap<string, Property> } {
  const event = new Map<string, Property>()
  const open: string[] = []
  let method = ''
  for (const line of unfolded(calendar)) {
    const [, given = '', parameters = '', value = ''] = LINE.exec(line) ?? []
    const name = given.toUpperCase()
    const component = value.trim().toUpperCase()
    if (name === 'METHOD') method = component
    if (name === 'BEGIN') open.push(component)
    else if (name === 'END') {
      if (component === 'VEVENT') break
      open.pop()
    } else if (open.at(-1) === 'VEVENT' && name !== '' && !event.has(name))
      event.set(name, { parameters, value })
  }
  return { method, event }
}

/** Long lines go on in the next one, which then begins with a blank (RFC 5545, 3.1). */
function* unfolded(calendar: string): Generator<string> {
  let pieces: string[] = []
  for (const given of linesOf(calendar)) {
    const line = given.endsWith('\r') ? given.slice(0, -1) : given
    if (line.startsWith(' ') || line.startsWith('\t')) pieces.push(line.slice(1))
    else {
      yield pieces.join('')
      pieces = [line]
    }
  }
  yield pieces.join('')
}

function timeOf(event: ReadonlyMap<string, Property>): string {
  const start = event.get('DTSTART')
  if (start === undefined) return ''
  const zone = shown(ZONE.exec(start.parameters)?.[1] ?? '')
  return calendarTime(start.value, event.get('DTEND')?.value, event.get('DURATION')?.value, zone)
}

function kindOf(method: string, event: ReadonlyMap<string, Property>): string {
  if (method === 'REPLY') {
    const attendee = event.get('ATTENDEE')
    const answer = ANSWERS[ANSWER.exec(attendee?.parameters ?? '')?.[1]?.toUpperCase() ?? '']
    const name = nameOf(attendee)
    if (answer !== undefined) return name === '' ? answer : `${answer} by ${name}`
  }
  if (event.get('STATUS')?.value.trim().toUpperCase() === 'CANCELLED') return 'Canceled'
  return WHAT[method] ?? 'Event'
}

function nameOf(person: Property | undefined): string {
  if (person === undefined) return ''
  const name = NAME.exec(person.parameters)?.[1]
  return shown(name ?? person.value.trim().replace(MAILTO, ''))
}

function textOf(property: Property | undefined): string {
  const value = property?.value.slice(0, 2 * LONGEST_VALUE) ?? ''
  return shown(value.replace(ESCAPED, (_, one: string) => (one === 'n' || one === 'N' ? ' ' : one)))
}

function shown(value: string): string {
  return collapsedLine(value.slice(0, LONGEST_VALUE))
}
