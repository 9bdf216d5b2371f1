import fc from 'fast-check'
import t from 'tap'
import { Failure } from '../../../../data/failure.ts'
import { KIB, MIB } from '../../../../data/sizes.ts'
import { dateOf, dayOf, weekdayOf } from '../../../../handlers/escalation/day.ts'
import { isCalendar } from '../../../../handlers/exclusions/icalendar/calendar_event.ts'
import { readCalendar } from '../../../../handlers/exclusions/icalendar/calendar_file.ts'
import { anyCharacter } from '../../../any_character.ts'
import { growthOf } from '../../../growth.ts'
import { isFast } from '../../../pace.ts'
import { runs } from '../../../runs.ts'

function calendar(...events: readonly (readonly string[])[]): string {
  const lines = events.flatMap(lines => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'])
  return ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR', ''].join('\r\n')
}

/** The days of one event, as exclusions have them, or why there are none. */
function daysOf(...lines: readonly string[]): string {
  const { days, leftOut } = readCalendar(calendar(lines))
  return [...days.map(({ day }) => Object.values(day)[0]), ...leftOut.keys()].join(' ')
}

t.test('what an event says about whole days', async t => {
  const table: [string, string][] = [
    ['DTSTART;VALUE=DATE:20261224', '2026-12-24'],
    ['DTSTART:20261224', '2026-12-24'],
    ['DTSTART:20261224T090000', 'timed'],
    ['DTSTART:20261224|DTEND:20261227', '2026-12-24 2026-12-25 2026-12-26'],
    ['DTSTART:20261224|DTEND:20261220', '2026-12-24'],
    ['DTSTART:20261224|DTEND:20261224T120000Z', 'timed'],
    ['DTSTART:20261224|DTEND:tomorrow', 'unreadable'],
    ['DTSTART:20261224|DURATION:P2D', '2026-12-24 2026-12-25'],
    ['DTSTART:20261224|DURATION:P1DT0H0M0S', '2026-12-24'],
    ['DTSTART:20261224|DURATION:PT5H', 'unreadable'],
    ['SUMMARY:x', 'unreadable'],
    ['DTSTART:20261224|BEGIN:VALARM|DTSTART:20270101', '2026-12-24'],
    [
      'DTSTART:20261224|DTEND:20271224',
      Array.from({ length: 365 }, (_, n) => dateOf(dayOf('2026-12-24')! + n)).join(' '),
    ],
    ['DTSTART:20261224|DTEND:20271226', 'long'],
    ['DTSTART:20261224|STATUS:Cancelled', 'cancelled'],
    ['DTSTART:20261224|RDATE;VALUE=DATE:20261226', 'repeats'],
    ['DTSTART:20261224|RRULE:FREQ=YEARLY', '12-24'],
    ['DTSTART:20261224|DTEND:20261226|RRULE:FREQ=YEARLY;WKST=MO', '12-24 12-25'],
    ['DTSTART:20261224|RRULE:FREQ=YEARLY;INTERVAL=2', 'repeats'],
    ['DTSTART:20261224|RRULE:FREQ=YEARLY;BYMONTH=12', '12-24'],
    ['DTSTART:20261224|RRULE:FREQ=YEARLY;BYMONTH=11', 'repeats'],
    ['DTSTART:20261224|RRULE:FREQ=YEARLY;BYMONTHDAY=24', 'repeats'],
    ['DTSTART:20261224|RRULE:FREQ=YEARLY|EXDATE:20271224', 'repeats'],
    ['DTSTART:20261224|RRULE:FREQ=YEARLY;COUNT=2', '2026-12-24 2027-12-24'],
    ['DTSTART:20261224|RRULE:FREQ=YEARLY;INTERVAL=5;UNTIL=20361224', '2026-12-24 2031-12-24 2036-12-24'],
    ['DTSTART:20261224|RRULE:FREQ=YEARLY;UNTIL=20201224', ''],
    ['DTSTART:20261224|RRULE:FREQ=WEEKLY', '4'],
    ['DTSTART:20261226|RRULE:FREQ=WEEKLY;BYDAY=SA,SU', '6 0'],
    ['DTSTART:20261224|RRULE:FREQ=WEEKLY;BYDAY=1SA', 'repeats'],
    ['DTSTART:20261224|RRULE:FREQ=WEEKLY;INTERVAL=2', 'repeats'],
    [
      'DTSTART:20261225|RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=MO,FR',
      '2026-12-25 2027-01-04 2027-01-08 2027-01-18',
    ],
    [
      'DTSTART:20261227|RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3;BYDAY=SU,MO;WKST=SU',
      '2026-12-27 2026-12-28 2027-01-10',
    ],
    ['DTSTART:20261224|RRULE:FREQ=DAILY', 'repeats'],
    ['DTSTART:20261224|RRULE:FREQ=DAILY;COUNT=2', '2026-12-24 2026-12-25'],
    ['DTSTART:20261224|RRULE:FREQ=MONTHLY;COUNT=2', 'repeats'],
    ['DTSTART:20261224|RRULE:FREQ=DAILY;COUNT=0', 'repeats'],
    ['DTSTART:20261224|RRULE:FREQ=DAILY;COUNT=2;INTERVAL=61', 'repeats'],
    ['DTSTART:20261224|RRULE:FREQ=DAILY;UNTIL=soon', 'repeats'],
    ['DTSTART:20261224|RRULE:x', 'repeats'],
    ['DTSTART:20261224|RRULE:', 'repeats'],
  ]
  for (const [lines, days] of table) t.equal(daysOf(...lines.split('|')), days, lines)
})

t.test('quoted parameters, folded lines and escapes', async t => {
  const names = (text: string) => readCalendar(text).days.map(({ name }) => name)
  const of = (line: string) => names(calendar(['DTSTART;VALUE=DATE:20261224', line]))
  t.strictSame(of('SUMMARY;ALTREP="http://a.example/;x:y":Fair: one'), ['Fair: one'])
  t.strictSame(of('SUMMARY;X="a";Y="b:c":d'), ['d'])
  t.strictSame(of('SUMMARY;X="a:b'), [''])
  t.strictSame(of('SUMMARY;X=a:"b": c'), ['"b": c'])
  t.strictSame(of('summary:a\\, b\\; c\\\\n d\\n e'), ['a, b; c\\n d e'])
  t.strictSame(of('SUM\r\n MARY:in\r\n\tside'), ['inside'])
  t.strictSame(of('SUMMARY :x'), [''])
})

t.test('a title is one line of at most 100 characters', async t => {
  const { days } = readCalendar(
    calendar(['DTSTART:20261224', `SUMMARY:a\\nb\u0007 \\, c ${'🎄'.repeat(200)}`]),
  )
  t.equal(days[0]!.name, `a b , c ${'🎄'.repeat(92)}`)
})

t.test('a file that is none, or is cut, or too large, is refused', async t => {
  for (const text of ['', 'Hello', 'VERSION:2.0\nBEGIN:VCALENDAR']) t.notOk(isCalendar(text))
  for (const text of ['\ufeffBEGIN:VCALENDAR', '\r\n begin:vcalendar\r\n']) t.ok(isCalendar(text))
  const whole = calendar(['DTSTART:20261224'])
  for (const end of [20, 40, whole.length - 5])
    t.throws(() => readCalendar(whole.slice(0, end)), { code: 'invalid', message: /ends too early/ })
  t.throws(() => readCalendar('BEGIN:VCALENDAR\n'.repeat(30)), { code: 'invalid', message: /nested/ })
  const event = ['DTSTART:20261224']
  t.equal(readCalendar(calendar(...Array(2000).fill(event))).days.length, 2000)
  t.throws(() => readCalendar(calendar(...Array(2001).fill(event))), {
    code: 'too_large',
    message: /2000 events/,
  })
  const many = (rule: string) => () => readCalendar(calendar([...event, rule]))
  t.throws(many('RRULE:FREQ=DAILY;COUNT=2001'), { code: 'too_large', message: /2000 days/ })
  t.throws(many('RRULE:FREQ=WEEKLY;UNTIL=99991231'), { code: 'too_large' })
  const year = ['DTSTART:20260101', 'DTEND:20270101', 'RRULE:FREQ=YEARLY;COUNT=6']
  t.throws(() => readCalendar(calendar(year)), { code: 'too_large' })
})

t.test('whatever a file has, it is read or refused, and all its days exist', async () => {
  const words = fc.constantFrom(
    ...'BEGIN:VEVENT END:VEVENT BEGIN:VALARM END:VALARM END:VCALENDAR DTSTART:20261224 DTSTART;VALUE=DATE:20240229 DTEND:20270103'.split(
      ' ',
    ),
    ...'DURATION:P9D RRULE:FREQ=YEARLY RRULE:FREQ=WEEKLY;BYDAY=SA,SU RRULE:FREQ=DAILY;COUNT=9;INTERVAL=3 STATUS:CANCELLED'.split(
      ' ',
    ),
    ...'UID:1 UID:2 RECURRENCE-ID:20261224 EXDATE:20261225 SUMMARY:x \\n ; : , "'.split(' '),
  )
  const line = fc.oneof(
    { weight: 5, arbitrary: words },
    fc.array(anyCharacter, { maxLength: 9 }).map(all => all.join('')),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), fc.constantFrom('\n', '\r\n', '\r\n '), (lines, end) => {
      try {
        const { days } = readCalendar(['BEGIN:VCALENDAR', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join(end))
        return days.every(({ day, name }) => {
          if ('weekday' in day) return day.weekday >= 0 && day.weekday <= 6
          return (
            dayOf('date' in day ? day.date : `2028-${day.yearly}`) !== undefined && [...name].length <= 100
          )
        })
      } catch (error) {
        return error instanceof Failure
      }
    }),
    runs(3000, 300),
  )
})

t.test('a rule with an end gives the days that its definition gives', async () => {
  const CODES = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']
  fc.assert(
    fc.property(
      fc.integer({ min: 20_000, max: 21_000 }),
      fc.integer({ min: 1, max: 4 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 7 }),
      fc.integer({ min: 0, max: 200 }),
      (start, interval, weekdays, long) => {
        const rule = `FREQ=WEEKLY;INTERVAL=${interval};BYDAY=${weekdays.map(day => CODES[day]).join(',')}`
        const until = dateOf(start + long).replaceAll('-', '')
        const found = daysOf(`DTSTART:${dateOf(start).replaceAll('-', '')}`, `RRULE:${rule};UNTIL=${until}`)
        const monday = start - ((weekdayOf(start) + 6) % 7)
        const all = Array.from({ length: long + 1 }, (_, index) => start + index)
        const right = all.filter(
          day => weekdays.includes(weekdayOf(day)) && Math.floor((day - monday) / 7) % interval === 0,
        )
        return found === right.map(dateOf).join(' ')
      },
    ),
    runs(1000, 100),
  )
})

t.test('reading takes linear time, and a file of the largest size is fast', async t => {
  const worst: readonly ((size: number) => string)[] = [
    size => 'BEGIN:VEVENT\nDTSTART:20261224T100000\nEND:VEVENT\n'.repeat(Math.min(2000, size / 45)),
    size => `BEGIN:VEVENT\nSUMMARY:${'\\'.repeat(size)}\nEND:VEVENT\n`,
    size => `BEGIN:VEVENT\n${'X;"a"b'.repeat(size / 6)}\nEND:VEVENT\n`,
    size => `BEGIN:VEVENT\nSUMMARY:\n${' a\n'.repeat(size / 3)}END:VEVENT\n`,
    size =>
      `BEGIN:VEVENT\nDTSTART:20261224\nRRULE:FREQ=DAILY;COUNT=9\n${'EXDATE:20261225\n'.repeat(size / 16)}END:VEVENT\n`,
    size => `BEGIN:VEVENT\nRRULE:${'BYDAY=SA;'.repeat(size / 9)}\nEND:VEVENT\n`,
    size => 'END:VEVENT\nBEGIN:VEVENT\n'.repeat(size / 24),
  ]
  for (const textOf of worst) {
    const whole = (size: number) => `BEGIN:VCALENDAR\n${textOf(size)}END:VCALENDAR\n`
    const read = (text: string) => {
      try {
        readCalendar(text)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
      }
    }
    t.equal(
      await growthOf(16 * KIB, size => {
        const text = whole(size)
        return () => read(text)
      }),
      'linear',
    )
    const largest = whole(MIB)
    t.ok(await isFast(1000, () => read(largest)))
  }
})
