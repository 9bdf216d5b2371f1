import t from 'tap'
import { dateOf, dayOf, weekdayOf } from '../../../handlers/escalation/day.ts'
import { isZone, Zone } from '../../../handlers/escalation/zone.ts'

const moment = (day: string, clock: string, zone: string) =>
  new Date(new Zone(zone).momentOf(dayOf(day)!, clock)).toISOString()

t.test('a date is a day of the calendar', async t => {
  for (const date of ['1970-01-01', '2026-12-24', '2028-02-29', '1969-12-31', '9999-12-31'])
    t.equal(dateOf(dayOf(date)!), date)
  for (const date of ['2026-02-29', '2026-13-01', '2026-1-1', '26-01-01', '2026-01-32', ' 2026-01-01', ''])
    t.equal(dayOf(date), undefined, date)
  t.equal(weekdayOf(dayOf('2026-11-29')!), 0, 'a Sunday')
  t.equal(weekdayOf(dayOf('1969-12-27')!), 6, 'a Saturday before 1970')
})

t.test('a clock shows a time once, twice or never', async t => {
  t.equal(moment('2026-07-01', '09:00', 'Europe/Vienna'), '2026-07-01T07:00:00.000Z')
  t.equal(moment('2026-01-01', '09:00', 'America/St_Johns'), '2026-01-01T12:30:00.000Z')
  // Vienna puts its clocks forward at 2:00 on 29 March, and back at 3:00 on 25 October.
  t.equal(moment('2026-03-29', '01:59', 'Europe/Vienna'), '2026-03-29T00:59:00.000Z')
  t.equal(moment('2026-03-29', '02:30', 'Europe/Vienna'), '2026-03-29T01:00:00.000Z', 'skipped')
  t.equal(moment('2026-03-29', '03:00', 'Europe/Vienna'), '2026-03-29T01:00:00.000Z')
  t.equal(moment('2026-10-25', '02:30', 'Europe/Vienna'), '2026-10-25T00:30:00.000Z', 'the first time')
  t.equal(moment('2026-10-25', '03:00', 'Europe/Vienna'), '2026-10-25T02:00:00.000Z')
  // Santiago does so at midnight, on 6 September, and back at midnight on 5 April.
  t.equal(
    moment('2026-09-06', '00:00', 'America/Santiago'),
    '2026-09-06T04:00:00.000Z',
    'its first moment is 1:00',
  )
  t.equal(moment('2026-04-05', '00:00', 'America/Santiago'), '2026-04-05T04:00:00.000Z')
  t.equal(moment('2026-04-04', '23:30', 'America/Santiago'), '2026-04-05T02:30:00.000Z', 'the first time')
  // Lord Howe moves by half an hour.
  t.equal(moment('2026-10-04', '02:15', 'Australia/Lord_Howe'), '2026-10-03T15:30:00.000Z')
})

t.test('a local day begins at its first moment', async t => {
  for (const name of [
    'Europe/Vienna',
    'America/Santiago',
    'Africa/Cairo',
    'Asia/Beirut',
    'Asia/Kathmandu',
    'UTC',
  ]) {
    const zone = new Zone(name)
    for (let day = dayOf('2026-01-01')!; day < dayOf('2027-01-01')!; day++) {
      const start = zone.startOf(day)
      if (zone.dayAt(start) !== day || zone.dayAt(start - 1) !== day - 1) t.fail(`${name} ${dateOf(day)}`)
    }
  }
  t.pass('every day of a year')
})

t.test('a zone has an IANA name; any other counts as UTC', async t => {
  for (const name of ['UTC', 'Europe/Vienna', 'america/santiago']) t.ok(isZone(name), name)
  for (const name of ['', 'Europe/Nowhere', '+01:00', 'Vienna', 'Europe/Vienna\n', '../etc'])
    t.notOk(isZone(name), name)
  t.equal(moment('2026-07-01', '09:00', 'Mars/Base'), '2026-07-01T09:00:00.000Z')
})
