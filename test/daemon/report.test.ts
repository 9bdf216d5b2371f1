import t from 'tap'
import { house, SUSAN } from '../house.ts'
import { ask } from '../http_client.ts'

t.test('a report by POST with JSON, by shell and by mail', async t => {
  const { daemon, shell, mail, letter: letterLike } = await house(t)
  await shell('create', 'support:', 'The printer is on fire')
  await shell('followup', '1', 'public:', 'We are on our way.')
  await shell('create', 'support:', 'Smoke')
  const months = { user: SUSAN.username, password: SUSAN.password, queue: 'support', month: 'this month' }
  const json = { 'Content-Type': 'application/json' }
  const post = (body: object) => ask(daemon.httpPort, 'POST', '/api/report/', JSON.stringify(body), json)
  const { status, body } = await post(months)
  t.equal(status, 200)
  const { says, ...given } = JSON.parse(body)
  t.match(given.queues, [
    {
      queue: { slug: 'support' },
      is_over: false,
      opened: 2,
      open_at_end: 2,
      answered: { count: 1, median_hours: 0 },
      resolved: { count: 0, median_hours: null, p90_hours: null },
      owners: [{ owner: null, opened: 2 }],
    },
  ])
  t.match(says, /^Support, [A-Z][a-z]+ \d{4} so far\n2 opened, 2 still open\nAnswered {7}1 of 2\n/)

  t.match(await shell('report', 'support', 'this', 'month'), { exit: 0, says })
  await mail({ subject: 'report support this month', login: SUSAN })
  const letter = await letterLike(/^Subject: Re: report support this month\r$/m)
  t.match(letter, says.split('\n').slice(0, 3).join('\r\n'))

  const refused = await post({ ...months, month: 'smarch' })
  t.equal(refused.status, 400)
  t.match(JSON.parse(refused.body), { parameter: 'month', detail: /^month: "smarch" is not a month; / })
  await t.rejects(shell('report', 'support', 'smarch'), {
    message: '"report support smarch" is not understood. Write: report <queue> <month> or report <month>',
  })
})
