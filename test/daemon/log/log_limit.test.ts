import { mock } from 'node:test'
import t from 'tap'
import { LogLimit } from '../../../daemon/log/log_limit.ts'
import { eventsTo } from '../../house.ts'

t.test('a peer gets sixty lines per minute, and the rest is summed up', async t => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const sums: [string, number][] = []
  const limit = new LogLimit((owner, lines) => sums.push([owner, lines]))
  const count = (peer: string, lines: number) =>
    Array.from({ length: lines }, () => limit.mayWrite(peer)).filter(Boolean).length
  t.equal(count('192.0.2.1', 100), 60)
  t.equal(count('2001:db8::1', 50), 50)
  t.equal(count('2001:db8::2', 50), 10, 'in the same network')
  t.equal(count('192.0.2.2', 50), 50)
  mock.timers.tick(60_000)
  t.same(sums.splice(0), [
    ['192.0.2.1', 40],
    ['2001:db8:0:0::/64', 40],
  ])
  t.equal(count('192.0.2.1', 1), 1, 'the next minute')
  mock.timers.tick(60_000)
  t.same(sums, [])
  t.equal(count('192.0.2.1', 70), 60)
  limit.end()
  t.same(sums, [['192.0.2.1', 10]], 'at once')
})

t.test('all peers together have a limit', async t => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const sums: [string, number][] = []
  const limit = new LogLimit((owner, lines) => sums.push([owner, lines]))
  let written = 0
  for (let at = 0; at < 20_000; at++) if (limit.mayWrite(`10.0.${at >> 8}.${at & 255}`)) written++
  t.equal(written, 1200)
  mock.timers.tick(60_000)
  t.same(sums, [['(others)', 18_800]])
})

t.test('other refusals do not hide failed logins', async t => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const lines: string[] = []
  const events = eventsTo(lines)
  const told = () => lines.splice(0).map(line => JSON.parse(line))
  for (let at = 0; at < 3000; at++) events.connectionRefused('too_many', `10.0.${at >> 8}.${at & 255}`, 'x')
  for (let at = 0; at < 70; at++) events.loginFailed('http', 'susan', '10.0.0.1')
  t.equal(told().filter(({ event }) => event === 'login_failed').length, 60)
  mock.timers.tick(60_000)
  t.match(
    told().filter(({ of }) => of === 'warning'),
    [{ event: 'refused_more', peer: '10.0.0.1', lines: 10, sentence: /failed logins/ }],
  )
})
