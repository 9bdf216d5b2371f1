import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { loadProcess, probed } from '../bench/children.ts'
import { filled } from '../bench/fill.ts'
import { directoryFor } from '../house.ts'

const TICKETS = 100_000
const CONNECTIONS = 32

t.test('calls continue during a checkpoint of 100,000 tickets', async t => {
  const house = await filled(directoryFor(t), TICKETS)
  const daemon = await probed(house)
  const load = loadProcess()
  t.teardown(async () => {
    load.end()
    await daemon.end()
  })
  const job = {
    call: 'hold',
    port: daemon.port,
    path: '/api',
    connections: CONNECTIONS,
    tickets: TICKETS,
  } as const
  await load.run({ ...job, seconds: 1 })

  const running = load.run({ ...job, seconds: 3 })
  await sleep(300)
  const { p999, worst, took } = await daemon.checkpoint()
  // The bench judges the delay of the event loop.
  t.comment(`p99.9 ${p999.toFixed(1)} ms, worst ${worst.toFixed(1)} ms, in ${took.toFixed(0)} ms`)
  const { perSecond, refused } = await running
  t.equal(refused, 0)
  t.ok(perSecond > 0)
})
