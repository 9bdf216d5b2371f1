import fc from 'fast-check'
import t from 'tap'
import { dateOf, dayOf } from '../../../handlers/escalation/day.ts'
import { dayIn, dayText, weekdayText } from '../../../handlers/escalation/day_words.ts'

// A Friday.
const TODAY = dayOf('2026-11-27')!

t.test('a day in the words of a person', async t => {
  const table: [string, string][] = [
    ['2026-12-24', '2026-12-24'],
    ['2020-02-29', '2020-02-29'],
    ['today', '2026-11-27'],
    ['Tomorrow', '2026-11-28'],
    ['saturday', '2026-11-28'],
    ['thu', '2026-12-03'],
    ['Thurs', '2026-12-03'],
    ['FRIDAY', '2026-12-04'],
    ['24 dec', '2026-12-24'],
    ['24. Dec.', '2026-12-24'],
    ['dec 24', '2026-12-24'],
    ['December 24, 2027', '2027-12-24'],
    ['24  december\t2027', '2027-12-24'],
    ['27 nov', '2026-11-27'],
    ['26 nov', '2027-11-26'],
    ['1 sept', '2027-09-01'],
    ['29 feb 2028', '2028-02-29'],
    ['Thursday, 24 December', '2026-12-24'],
    ['thu 24 dec', '2026-12-24'],
    ['Friday 2026-12-25', '2026-12-25'],
    ['Saturday, December 25, 2027', '2027-12-25'],
  ]
  for (const [words, date] of table) t.equal(dateOf(dayIn(words, TODAY)), date, words)
})

t.test('what is no day is refused with a sentence', async t => {
  const HELP = 'give a day like 2026-12-24, tomorrow, friday or 24 dec.'
  const table: [string, string][] = [
    ['31 feb', `"31 feb" is no day of this year or the next; ${HELP}`],
    ['29 feb', `"29 feb" is no day of this year or the next; ${HELP}`],
    ['31 feb 2028', `"31 feb 2028" is no day of the calendar; ${HELP}`],
    ['0 dec', `"0 dec" is no day of this year or the next; ${HELP}`],
    ['yesterday', `"yesterday" is not understood as a day; ${HELP}`],
    ['2026-02-30', `"2026-02-30" is not understood as a day; ${HELP}`],
    ['24.12.2026', `"24.12.2026" is not understood as a day; ${HELP}`],
    ['fr', `"fr" is not understood as a day; ${HELP}`],
    ['fridays', `"fridays" is not understood as a day; ${HELP}`],
    ['24 decx', `"24 decx" is not understood as a day; ${HELP}`],
    ['', `"" is not understood as a day; ${HELP}`],
    ['Friday, 24 dec', `"24 dec" is a Thursday (2026-12-24); ${HELP}`],
    ['friday 31 feb', `"31 feb" is no day of this year or the next; ${HELP}`],
    ['friday in the afternoon', `"friday in the afternoon" is not understood as a day; ${HELP}`],
    ['the part is here', `"the part is here" is not understood as a day; ${HELP}`],
  ]
  for (const [words, message] of table)
    t.throws(() => dayIn(words, TODAY), { code: 'invalid', message }, words)
})

t.test('any words are a day or refused; a date is itself', async () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0, max: 40_000 }), (words, day) => {
      try {
        if (!Number.isInteger(dayIn(words, TODAY))) return false
      } catch (error) {
        if ((error as { code?: string }).code !== 'invalid') return false
      }
      return dayIn(dateOf(day), TODAY) === day
    }),
  )
})

t.test('a sentence names a day, with its year if it is not near', async t => {
  t.equal(dayText(dayOf('2026-12-03')!, TODAY), '3 December')
  t.equal(weekdayText(dayOf('2026-12-04')!, TODAY), 'Friday, 4 December')
  t.equal(dayText(dayOf('2027-11-26')!, TODAY), '26 November 2027')
  t.equal(dayText(dayOf('2026-11-26')!, TODAY), '26 November 2026')
})
