import t from 'tap'
import { type House, house, SUSAN } from '../house.ts'
import { ask } from '../http_client.ts'

t.test('two daemons in one process share no log, no metrics, no throttle and no limit', async t => {
  const [busy, quiet] = [await house(t), await house(t)]
  for (const home of [busy, quiet]) await home.susan('create_ticket', { queue: '1', title: 'x' })
  const before = quiet.log.length

  await busy.susan('hold_ticket', { ticket: '1' })
  await busy.mail({ subject: 'It does not work' })
  for (let at = 0; at < 70; at++) await busy.post('made_up', { user: 'susan', password: '' })
  for (let at = 0; at < 10; at++) await busy.post('list_queues', { user: 'susan', password: `wrong ${at}` })
  t.match(await busy.susan('list_queues'), { status: 429 }, 'throttled')

  t.ok(busy.log.some(line => line.includes('"method":"hold_ticket"')))
  t.ok(busy.log.some(line => line.includes('"event":"mail_received"')))
  t.same(quiet.log.slice(before), [], 'a log has only the events of its own daemon')
  t.match(await quiet.susan('list_queues'), { status: 200 }, 'a throttle belongs to one daemon')
  await quiet.post('made_up', { user: 'susan', password: '' })
  t.match(quiet.log.at(-1), '"event":"refused"', 'so does the log limit of a peer')

  const figures = { busy: await figuresOf(busy), quiet: await figuresOf(quiet) }
  const held = 'helpdeskd_calls_total{method="hold_ticket",door="http",code="ok"} 1'
  t.match(figures.busy, held)
  t.notMatch(figures.quiet, 'method="hold_ticket"')
  t.match(figures.quiet, 'helpdeskd_commit_duration_seconds_count 1\n')
  t.match(figures.quiet, 'helpdeskd_logins_refused_total{door="http"} 1\n')

  await busy.daemon.stop()
  t.match(
    await quiet.susan('hold_ticket', { ticket: '1' }),
    { status: 200 },
    'one daemon may stop before the other',
  )
  t.match(await figuresOf(quiet), held)
})

async function figuresOf({ daemon }: House): Promise<string> {
  const { body } = await ask(daemon.httpPort, 'GET', '/metrics', '', {
    Authorization: `Basic ${Buffer.from(`${SUSAN.username}:${SUSAN.password}`).toString('base64')}`,
  })
  return body
}
