import t from 'tap'
import { DiskTrend } from '../../../daemon/status/disk_trend.ts'
import { DAY, HOUR } from '../../../data/durations.ts'

const GB = 1e9

/** Looks once an hour at a disk that has 100 GB at first, and loses so much a day. */
function trendOver(hours: number, lostPerDay: number, dip = (_hour: number) => 0): DiskTrend {
  const trend = new DiskTrend()
  for (let hour = 0; hour <= hours; hour++)
    trend.note(hour * HOUR, 100 * GB - (hour * HOUR * lostPerDay) / DAY - dip(hour))
  return trend
}

t.test('how long the disk lasts is said after a day, and only if it fills', async t => {
  t.equal(new DiskTrend().told(0), null)
  t.equal(trendOver(23, GB).told(0), null, 'too short')
  t.same(trendOver(24, GB).told(0), { days_left: 99, days_measured: 1 })
  t.same(trendOver(48, GB).told(50 * GB), { days_left: 48, days_measured: 2 })
  t.equal(trendOver(48, 0).told(0), null, 'nothing is lost')
  t.equal(trendOver(48, -GB).told(0), null, 'room is won')
  t.equal(trendOver(48, GB / 10).told(0), null, 'it lasts for more than a year')
  t.same(trendOver(48, 40 * GB).told(50 * GB), { days_left: 0, days_measured: 2 })
})

t.test('a checkpoint that needs room for a moment changes little, and old looks are dropped', async t => {
  const dip = (hour: number) => (hour === 100 ? 5 * GB : 0)
  const told = trendOver(120, GB, dip).told(0)!
  t.ok(Math.abs(told.days_left - 95) <= 4, `${told.days_left} days`)
  t.equal(trendOver(1000, GB).told(0)!.days_measured, 6)
})
