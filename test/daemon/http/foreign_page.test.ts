import t from 'tap'
import { isFromForeignPage } from '../../../daemon/http/foreign_page.ts'
import { house, SUSAN } from '../../house.ts'
import { ask, LOGIN } from '../../http_client.ts'

const host = 'helpdesk.example:8090'

t.test('a browser says for which page it makes a request', async t => {
  for (const [headers, isForeign] of [
    [{}, false],
    [{ 'sec-fetch-site': 'same-origin', origin: 'null' }, false],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ 'sec-fetch-site': 'cross-site' }, true],
    [{ 'sec-fetch-site': 'same-site', origin: `http://${host}` }, true],
    [{ origin: `https://${host}` }, false],
    [{ origin: `http://${host}` }, false],
    [{ origin: 'https://other.example' }, true],
    [{ origin: 'null' }, true],
  ] as const)
    t.equal(isFromForeignPage({ host, ...headers }), isForeign, JSON.stringify(headers))
})

t.test('a page of another site cannot call with the login that the browser keeps for the status', async t => {
  const { daemon, shell, log } = await house(t)
  const token = (await shell('issue_token', 'username=susan', 'label=x')).gives
  const call = (password: string, more: Record<string, string>, body = 'queue=1&title=x') =>
    ask(daemon.httpPort, 'POST', '/api/create_ticket/', body, {
      Authorization: `Basic ${Buffer.from(`susan:${password}`).toString('base64')}`,
      'Content-Type': 'application/x-www-form-urlencoded',
      ...more,
    })
  const foreign = { 'Sec-Fetch-Site': 'cross-site' }
  const refused = { status: 403, body: /^A web page of another site makes this call/ }
  t.match(await call(SUSAN.password, foreign), refused)
  t.match(await call(`${token}`, { Origin: 'https://other.example' }), refused)
  const large = `queue=1&title=x&body=${'x'.repeat(2_000_000)}`
  t.match(await call(`${token}`, foreign, large), refused, 'nor with a token and a large body')
  t.match(await call('x', foreign, `${LOGIN}&queue=1&title=x`), { status: 200 }, 'a form has its own login')
  t.match(await call(SUSAN.password, {}), { status: 200 }, 'a program')
  t.notOk(log.some(line => line.includes('login_failed')))
})
