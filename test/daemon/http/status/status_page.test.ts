import { createHash } from 'node:crypto'
import t from 'tap'
import { pageOfStatus } from '../../../../daemon/http/status/status_page.ts'
import { FRED, house, SUSAN } from '../../../house.ts'
import { ask } from '../../../http_client.ts'
import { sampleStatus } from '../../status/sample.ts'

const basic = ({ username, password }: { username: string; password: string }) => ({
  Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
})

t.test('the status is shown to users who log in, and to nobody else', async t => {
  const { daemon, shell, log } = await house(t)
  const get = (headers: Record<string, string>, verb = 'GET', path = '/status') =>
    ask(daemon.httpPort, verb, path, '', headers)
  await shell('add_queue', 'slug=sales', 'title=<i>Sales')
  await shell('create_ticket', 'queue=1', 'title=A secret title')
  await shell('create_ticket', 'queue=1', 'title=Another')
  await shell('hold', '2')

  const challenge = {
    status: 401,
    headers: { 'www-authenticate': 'Basic realm="helpdeskd", charset="UTF-8"', 'cache-control': 'no-store' },
  }
  const stranger = await get({})
  t.match(stranger, { ...challenge, body: 'Log in to see the status of the helpdesk.' })
  t.match(await get({}, 'HEAD'), { ...challenge, body: '' })
  t.notOk(
    log.some(line => line.includes('login_failed')),
    'a browser that asks first has not failed',
  )
  const wrong = 'The username or the password is wrong.'
  t.match(await get(basic({ ...SUSAN, password: 'x' })), { ...challenge, body: wrong })
  t.match(await get({ Authorization: 'Basic x' }), { ...challenge, body: /^The login is missing/ })
  t.match(await get(basic(SUSAN), 'POST'), { status: 404 })

  const page = await get(basic(SUSAN))
  const [, style = ''] = /<style>([^<]*)<\/style>/.exec(page.body) ?? []
  const hash = createHash('sha256').update(style).digest('base64')
  t.match(page, {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    },
  })
  t.match(page.body, '<meta http-equiv="refresh" content="30">')
  t.match(page.body, '<td>Support</td><td>2</td><td>0</td><td>1</td><td>0</td><td>0</td><td>0</td>')
  t.match(page.body, '<td>&lt;i&gt;Sales</td>')
  t.match(page.body, `<dd>127.0.0.1:${daemon.httpPort}: `)
  t.notMatch(page.body, /secret title|<script|evil/)
  t.notMatch((await get({ ...basic(SUSAN), Host: 'evil.example' })).body, 'evil', 'Host is not believed')

  const freds = await get(basic(FRED))
  t.match(freds, { status: 200, body: /<td>Support<\/td><td>2<\/td>/ })
  t.notMatch(freds.body, /127\.0\.0\.1|has been running|Store|Disk/, 'no more than the tickets')
  await shell('change_user', 'username=fred', 'queues=sales')
  t.notMatch((await get(basic(FRED))).body, 'Support', 'nor of a queue that does not exist for the user')

  const token = (methods: string) =>
    shell('issue_token', 'username=susan', 'label=x', ...(methods ? [`methods=${methods}`] : []))
  const bearer = async (methods: string) => ({ Authorization: `Bearer ${(await token(methods)).gives}` })
  t.match(await get(await bearer('')), { status: 200, body: /has been running/ })
  t.match(await get(await bearer('list_queues')), {
    status: 403,
    body: 'This token cannot show the status; it can call list_queues.',
  })

  const guess = { Authorization: `${(await bearer('')).Authorization}x` }
  let last = await get(guess)
  for (let guesses = 0; guesses < 12 && last.status === 401; guesses++) last = await get(guess)
  t.match(last, { status: 429, headers: { 'retry-after': /^[0-9]+$/ } }, 'guesses are throttled')
})

t.test('the page has all warnings and all queues', async t => {
  const warnings = Array.from({ length: 20 }, (_, at) => `Warning ${at} <b>.`)
  const { body } = pageOfStatus(sampleStatus({ warnings }))
  t.match(body, '<li>Warning 19 &lt;b&gt;.</li>')
  t.match(body, '<td>Sales &amp; more</td><td>3</td>')
  t.match(pageOfStatus(sampleStatus()).body, '<p>Nothing needs attention.</p>')
})
