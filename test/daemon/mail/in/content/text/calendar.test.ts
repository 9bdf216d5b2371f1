import fc from 'fast-check'
import t from 'tap'
import { calendarSummary } from '../../../../../../daemon/mail/in/content/text/calendar.ts'
import { MIB } from '../../../../../../data/sizes.ts'
import { anyCharacter } from '../../../../../any_character.ts'
import { growthOf } from '../../../../../growth.ts'
import { runs } from '../../../../../runs.ts'

const WRONG = /(?!\n)[\p{Cc}\p{Cs}]/u

function calendar(method: string, ...lines: readonly string[]): string {
  return [
    'BEGIN:VCALENDAR',
    `METHOD:${method}`,
    'BEGIN:VTIMEZONE',
    'TZID:W. Europe Standard Time',
    'BEGIN:STANDARD',
    'DTSTART:16010101T030000',
    'END:STANDARD',
    'END:VTIMEZONE',
    'BEGIN:VEVENT',
    ...lines,
    'END:VEVENT',
    'BEGIN:VEVENT',
    'SUMMARY:another',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')
}

t.test('an event is told in two lines', async t => {
  const cases: readonly (readonly [calendar: string, said: string])[] = [
    [
      calendar(
        'REQUEST',
        'ORGANIZER;CN="Lee, Ann":mailto:ann@customer.example',
        'ATTENDEE;CN=Tom;RSVP=TRUE:mailto:tom@helpdesk.example',
        'SUMMARY;LANGUAGE=en-GB:Budget ',
        ' meeting\\, part 2',
        'DTSTART;TZID=Europe/Berlin:20261204T100000',
        'DTEND;TZID=Europe/Berlin:20261204T110000',
        'LOCATION:Room 14',
        'BEGIN:VALARM',
        'SUMMARY:Reminder',
        'END:VALARM',
      ),
      'Invitation: Budget meeting, part 2\nFri 4 December 2026, 10:00-11:00 (Europe/Berlin), Room 14, organized by Lee, Ann',
    ],
    [
      calendar(
        'CANCEL',
        'DTSTART:20261231T230000Z',
        'DURATION:PT2H30M',
        'SUMMARY:Party',
        'RRULE:FREQ=YEARLY',
      ),
      'Canceled: Party\nThu 31 December 2026, 23:00 - Fri 1 January 2027, 01:30 (UTC), repeats',
    ],
    [
      calendar(
        'REPLY',
        'ATTENDEE;PARTSTAT=DECLINED;CN=Ines:mailto:ines@customer.example',
        'SUMMARY:Visit',
        'DTSTART;VALUE=DATE:20261204',
        'DTEND;VALUE=DATE:20261206',
      ),
      'Declined by Ines: Visit\nFri 4 December 2026 - Sat 5 December 2026',
    ],
    [
      calendar('PUBLISH', 'SUMMARY:Holiday', 'DTSTART;VALUE=DATE:20261225', 'DTEND;VALUE=DATE:20261226'),
      'Event: Holiday\nFri 25 December 2026',
    ],
    [calendar('REQUEST', 'DTSTART:20261204T1000'), 'Invitation: (no title)\nFri 4 December 2026, 10:00'],
    [calendar('REQUEST', 'SUMMARY:Only this', 'DTSTART:20261399T100000'), 'Invitation: Only this'],
    [
      calendar(
        'REQUEST',
        'SUMMARY:Call',
        'DTSTART;TZID="W. Europe Standard Time":20261204T100000',
        'DURATION:P1D',
        'ORGANIZER:MAILTO:ann@customer.example',
        'LOCATION:',
      ),
      'Invitation: Call\nFri 4 December 2026, 10:00 - Sat 5 December 2026, 10:00 (W. Europe Standard Time), organized by ann@customer.example',
    ],
  ]
  for (const [given, said] of cases) {
    t.equal(calendarSummary(given), said)
    t.equal(calendarSummary(given.replaceAll('\r', '')), said)
  }
})

t.test('what cannot be read gives nothing', async t => {
  for (const given of [
    '',
    'hello',
    'BEGIN:VCALENDAR',
    'BEGIN:VEVENT\nEND:VEVENT',
    calendar('REQUEST', 'X:y'),
  ])
    t.equal(calendarSummary(given), '', given)
})

t.test('any text gives at most two short lines', async t => {
  const piece = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 20 }),
    fc.constantFrom(
      '\nSUMMARY',
      '\nDTSTART',
      '\nDTEND',
      ':',
      ';',
      '20261204T100000',
      '"',
      '\n ',
      'P1D',
      '\\n',
      ';CN=',
    ),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
      const said = calendarSummary(`BEGIN:VEVENT\n${pieces.join('')}\nEND:VEVENT`)
      t.notOk(WRONG.test(said), JSON.stringify(pieces))
      t.ok(said.length < 2500 && said.split('\n').length <= 2, JSON.stringify(pieces))
    }),
    runs(1000),
  )
})

t.test('it takes linear time', async t => {
  for (const shape of ['\n', ' \n', 'SUMMARY:', ';CN="', 'BEGIN:VEVENT\n', '\n a', '\\n', 'X;Y="a"b'])
    t.equal(
      await growthOf(MIB / 512, size => {
        const long = `BEGIN:VEVENT\nSUMMARY:${shape.repeat(size / shape.length)}`
        return () => calendarSummary(long)
      }),
      'linear',
    )
})
