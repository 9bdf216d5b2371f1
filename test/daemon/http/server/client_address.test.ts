import fc from 'fast-check'
import t from 'tap'
import { ClientAddresses } from '../../../../daemon/http/server/client_address.ts'
import { inRanges, ipOf, type Range, rangeOf } from '../../../../daemon/net/ip.ts'
import { house } from '../../../house.ts'
import { ask, LOGIN } from '../../../http_client.ts'
import { runs } from '../../../runs.ts'

const PROXIES = ['127.0.0.1', '::1', '10.0.0.0/8', '2001:db8:1::/48']
const isProxy = inRanges(PROXIES.map(text => rangeOf(text) as Range))

/** The client of a request from this address with this X-Forwarded-For. */
function peer(remoteAddress: string | undefined, said?: string, known = isProxy): string {
  const headers = said === undefined ? {} : { 'x-forwarded-for': said }
  return new ClientAddresses(known).of({ socket: { remoteAddress }, headers })
}

t.test('the client behind a proxy', async t => {
  const cases: [string | undefined, string | undefined, string][] = [
    ['192.0.2.1', undefined, '192.0.2.1'],
    ['::ffff:192.0.2.1', undefined, '192.0.2.1'],
    ['192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['127.0.0.1', undefined, '127.0.0.1'],
    ['127.0.0.1', '', '127.0.0.1'],
    ['127.0.0.1', '198.51.100.7', '198.51.100.7'],
    ['::ffff:127.0.0.1', ' 198.51.100.7 ', '198.51.100.7'],
    ['::1', '2001:DB8::0:7', '2001:db8::7'],
    ['127.0.0.1', '::ffff:198.51.100.7', '198.51.100.7'],
    // What the client wrote comes before what the proxy added.
    ['127.0.0.1', '203.0.113.9, 198.51.100.7', '198.51.100.7'],
    ['127.0.0.1', '10.1.1.1, 198.51.100.7', '198.51.100.7'],
    ['127.0.0.1', '198.51.100.7, 10.1.1.1', '198.51.100.7'],
    ['127.0.0.1', '198.51.100.7,10.1.1.1,\t10.2.2.2', '198.51.100.7'],
    ['127.0.0.1', '10.1.1.1, 10.2.2.2', '10.1.1.1'],
    // Nothing before an invalid entry can be trusted.
    ['127.0.0.1', '198.51.100.7, unknown', '127.0.0.1'],
    ['127.0.0.1', '198.51.100.7, , 10.1.1.1', '10.1.1.1'],
    ['127.0.0.1', '198.51.100.7, 10.1.1.1;', '127.0.0.1'],
    ['127.0.0.1', '198.51.100.7:1234', '198.51.100.7'],
    ['127.0.0.1', '[2001:db8::7]:1234', '2001:db8::7'],
    ['127.0.0.1', '[2001:db8::7]', '2001:db8::7'],
    // An IPv6 address that only looks like that of the proxy.
    ['127.0.0.1', '198.51.100.7, ::127.0.0.1', '::7f00:1'],
    ['127.0.0.1', '198.51.100.7:x', '127.0.0.1'],
    ['127.0.0.1', '127.0.0.1, 198.51.100.7, __proto__, 10.1.1.1', '10.1.1.1'],
    // A disconnected client has no address, and is not trusted.
    [undefined, '198.51.100.7', ''],
  ]
  for (const [socket, said, asks] of cases) t.equal(peer(socket, said), asks, `${socket}: ${said}`)
})

t.test('a client at a unix socket is trusted', async t => {
  const socket = {}
  const addresses = new ClientAddresses(isProxy)
  addresses.cameByUnix(socket)
  const by = (said: string) => addresses.of({ socket, headers: { 'x-forwarded-for': said } })
  t.equal(by('198.51.100.7'), '198.51.100.7')
  t.equal(by('198.51.100.7, 10.1.1.1'), '198.51.100.7')
  t.equal(by('unix, unknown'), 'unix')
  t.equal(addresses.of({ socket, headers: {} }), 'unix')
})

t.test('X-Forwarded-For from a peer that is not a proxy is ignored', async t => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom(...PROXIES, 'unknown', ''))
  const said = fc.oneof(
    fc.string(),
    fc.array(address).map(list => list.join(', ')),
  )
  const anybody = fc.oneof(fc.ipV4(), fc.ipV6())
  const stranger = anybody.filter(text => !isProxy(ipOf(text) ?? ''))
  const stays = (from: typeof anybody, as: (who: string, text: string) => string) =>
    fc.assert(
      fc.property(from, said, (who, text) => as(who, text) === ipOf(who)),
      runs(2000),
    )
  t.doesNotThrow(() => stays(stranger, (who, text) => peer(who, text)))
  t.doesNotThrow(() => stays(anybody, (who, text) => peer(who, text, () => false)), 'without proxies')
  t.doesNotThrow(() => stays(stranger, (who, text) => peer('127.0.0.1', `${text}, ${who}`)), 'behind a proxy')
})

t.test('the log has the address of the real client', async t => {
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    'X-Forwarded-For': '203.0.113.9, 198.51.100.7',
  }
  for (const [more, peer] of [
    ['', '127.0.0.1'],
    ['http.proxies = ["127.0.0.0/8"]', '198.51.100.7'],
  ] as const) {
    const { daemon, log } = await house(t, more)
    t.match(await ask(daemon.httpPort, 'POST', '/api/list_queues', LOGIN, headers), { status: 200 })
    t.match(await ask(daemon.httpPort, 'POST', '/api/list_queues', 'user=susan', headers), { status: 403 })
    const told = log.map(line => JSON.parse(line)).filter(line => line.peer !== undefined)
    t.match(
      told,
      [
        { event: 'called', peer },
        { event: 'login_failed', peer },
        { event: 'refused', peer },
      ],
      `${more} as ${peer}`,
    )
  }
})
