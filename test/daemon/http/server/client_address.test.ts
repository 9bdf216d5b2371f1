import fc from 'fast-check'
import t from 'tap'
import { cameByUnix, peerOf } from '../../../../daemon/http/server/client_address.ts'
import { inRanges, ipOf, networkOf, ownerOf, type Range, rangeOf } from '../../../../daemon/net/ip.ts'
import { house } from '../../../house.ts'
import { ask, LOGIN } from '../../../http_client.ts'
import { runs } from '../../../runs.ts'

const PROXIES = ['127.0.0.1', '::1', '10.0.0.0/8', '2001:db8:1::/48']
const isProxy = inRanges(PROXIES.map(text => rangeOf(text) as Range))

/** Who asks, when this address connects and says that of others. */
function peer(remoteAddress: string | undefined, said?: string, known = isProxy): string {
  const headers = said === undefined ? {} : { 'x-forwarded-for': said }
  return peerOf({ socket: { remoteAddress }, headers }, known)
}

t.test('an address has one way to write it', async t => {
  const written: [string, string | undefined][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['::1', '::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['192.0.2.01', undefined],
    ['192.0.2', undefined],
    ['3221225985', undefined],
    ['192.0.2.1:80', undefined],
    ['[::1]', undefined],
    ['localhost', undefined],
    ['unknown', undefined],
    ['', undefined],
  ]
  for (const [text, ip] of written) t.equal(ipOf(text), ip, text)
})

t.test('the owner of a peer, however many addresses it has', async t => {
  for (const [peer, owner] of [
    ['192.0.2.1', '192.0.2.1'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8:0:1::', '2001:db8:0:1::/64'],
    ['fe80::', 'fe80:0:0:0::/64'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['unix', 'unix'],
    ['', ''],
  ] as const)
    t.equal(ownerOf(peer), owner, peer)
})

t.test('the network of a peer', async t => {
  for (const [peer, network] of [
    ['192.0.2.1', '192.0.2.0/24'],
    ['::ffff:192.0.2.200', '192.0.2.0/24'],
    ['::1', '0:0:0::/48'],
    ['2001:db8::1', '2001:db8:0::/48'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['unix', 'unix'],
    ['', ''],
  ] as const)
    t.equal(networkOf(peer), network, peer)
})

t.test('ranges', async t => {
  const inside = ['127.0.0.1', '10.0.0.0', '10.255.255.255', '::1', '2001:db8:1::', '2001:db8:1:ffff::1']
  const outside = ['127.0.0.2', '9.255.255.255', '11.0.0.0', '::2', '::', '2001:db8:2::', '192.0.2.1', '']
  for (const address of inside) t.ok(isProxy(address), address)
  for (const address of outside) t.notOk(isProxy(address), address)
  t.notOk(inRanges([])('127.0.0.1'))
  t.ok(inRanges([rangeOf('0.0.0.0/0') as Range])('192.0.2.1'))
  t.notOk(inRanges([rangeOf('0.0.0.0/0') as Range])('::1'))
})

t.test('of whom a proxy speaks', async t => {
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
    // What the client wrote himself stands before what the proxy added.
    ['127.0.0.1', '203.0.113.9, 198.51.100.7', '198.51.100.7'],
    ['127.0.0.1', '10.1.1.1, 198.51.100.7', '198.51.100.7'],
    ['127.0.0.1', '198.51.100.7, 10.1.1.1', '198.51.100.7'],
    ['127.0.0.1', '198.51.100.7,10.1.1.1,\t10.2.2.2', '198.51.100.7'],
    ['127.0.0.1', '10.1.1.1, 10.2.2.2', '10.1.1.1'],
    // Nobody knows what stands before what is no address.
    ['127.0.0.1', '198.51.100.7, unknown', '127.0.0.1'],
    ['127.0.0.1', '198.51.100.7, , 10.1.1.1', '10.1.1.1'],
    ['127.0.0.1', '198.51.100.7, 10.1.1.1;', '127.0.0.1'],
    ['127.0.0.1', '198.51.100.7:1234', '198.51.100.7'],
    ['127.0.0.1', '[2001:db8::7]:1234', '2001:db8::7'],
    ['127.0.0.1', '[2001:db8::7]', '2001:db8::7'],
    ['127.0.0.1', '198.51.100.7:x', '127.0.0.1'],
    ['127.0.0.1', '127.0.0.1, 198.51.100.7, __proto__, 10.1.1.1', '10.1.1.1'],
    // A client that is gone has no address, and is not believed either.
    [undefined, '198.51.100.7', ''],
  ]
  for (const [socket, said, asks] of cases) t.equal(peer(socket, said), asks, `${socket}: ${said}`)
})

t.test('who comes by a unix socket is believed', async t => {
  const socket = {}
  cameByUnix(socket)
  const by = (said: string) => peerOf({ socket, headers: { 'x-forwarded-for': said } }, isProxy)
  t.equal(by('198.51.100.7'), '198.51.100.7')
  t.equal(by('198.51.100.7, 10.1.1.1'), '198.51.100.7')
  t.equal(by('unix, unknown'), 'unix')
  t.equal(peerOf({ socket, headers: {} }, isProxy), 'unix')
})

t.test('whatever a peer that is no proxy says, he stays who he is', async t => {
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
  t.doesNotThrow(() => stays(stranger, (who, text) => peer('127.0.0.1', `${text}, ${who}`)), 'before a proxy')
})

t.test('the log names who really asks', async t => {
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
        { event: 'login_failed', peer },
        { event: 'refused', peer },
      ],
      `${more} as ${peer}`,
    )
  }
})
