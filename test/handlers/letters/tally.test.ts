import t from 'tap'
import { Tally } from '../../../handlers/letters/tally.ts'

t.test('events count as long as they are recent', async t => {
  const tally = new Tally(1000)
  t.equal(tally.count('a', 0), 0)
  for (const at of [100, 300, 200]) tally.add('a', at)
  tally.add('b', 100)
  t.equal(tally.count('a', 300), 3)
  t.equal(tally.count('a', 300, 150), 2, 'within a shorter time')
  t.equal(tally.count('a', 1100), 2, 'the first one is too old')
  t.equal(tally.count('a', 1300), 0)
  tally.remove('a', 200)
  tally.remove('a', 250)
  tally.remove('c', 250)
  t.equal(tally.count('a', 300), 2, 'a removed event does not count')
  t.equal(tally.count('b', 300), 1)
})

t.test('old events of many names take no memory', async t => {
  const tally = new Tally(1000)
  for (let at = 0; at < 100_000; at++) tally.add(`name ${at}`, at)
  t.equal(tally.count('name 99500', 100_000), 1)
  t.ok(tally.size < 3000, `${tally.size} are kept`)
})

t.test('old events of one name take no memory', async t => {
  const tally = new Tally(1000)
  for (let at = 0; at < 100_000; at += 10) tally.add('a', at)
  t.equal(tally.count('a', 100_000), 99)
  t.ok(tally.size < 200, `${tally.size} are kept`)
})
