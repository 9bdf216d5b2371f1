import fc from 'fast-check'
import t from 'tap'
import {
  inRanges,
  ipOf,
  isLoopback,
  networkOf,
  ownerOf,
  type Range,
  rangeOf,
} from '../../../daemon/net/ip.ts'
import { runs } from '../../runs.ts'

const RANGES = ['127.0.0.1', '::1', '10.0.0.0/8', '2001:db8:1::/48']
const isKnown = inRanges(RANGES.map(text => rangeOf(text) as Range))

t.test('an address has one canonical text', async t => {
  const written: [string, string | undefined][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['::1', '::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:192.0.2.10%eth0', '192.0.2.10'],
    // Without ffff it is not IPv4-mapped, but a plain IPv6 address.
    ['::192.0.2.1', '::c000:201'],
    ['::c000:201', '::c000:201'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::127.1', undefined],
    ['127.1', undefined],
    ['0x7f.0.0.1', undefined],
    ['1::2::3', undefined],
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
    ['a:b', 'a:b'],
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
  const inside = [
    '127.0.0.1',
    '10.0.0.0',
    '10.255.255.255',
    '::1',
    '2001:db8:1::',
    '2001:db8:1:ffff::1',
    '::ffff:10.0.0.1',
  ]
  const outside = [
    '127.0.0.2',
    '9.255.255.255',
    '11.0.0.0',
    '::2',
    '::',
    '2001:db8:2::',
    '192.0.2.1',
    'unix',
    '',
  ]
  for (const address of inside) t.ok(isKnown(address), address)
  for (const address of outside) t.notOk(isKnown(address), address)
  t.notOk(inRanges([])('127.0.0.1'))
  t.ok(inRanges([rangeOf('0.0.0.0/0') as Range])('192.0.2.1'))
  t.notOk(inRanges([rangeOf('0.0.0.0/0') as Range])('::1'))
  t.ok(inRanges([rangeOf('::/0') as Range])('::1'))
  t.notOk(inRanges([rangeOf('::/0') as Range])('192.0.2.1'))
})

t.test('what is loopback', async t => {
  for (const host of [
    'localhost',
    'LOCALHOST',
    '127.0.0.1',
    '127.8.9.1',
    '::1',
    '0:0::1',
    '::ffff:127.0.0.1',
  ])
    t.ok(isLoopback(host), host)
  for (const host of [
    '',
    'unix',
    '128.0.0.1',
    '::',
    '::2',
    '::127.0.0.1',
    '127.1',
    '[::1]',
    'localhost.example',
  ])
    t.notOk(isLoopback(host), host)
})

t.test('any text is an address with one canonical text, or not an address', async t => {
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(...'01af:.%x'), maxLength: 45 }),
    fc.ipV4().map(v4 => `::${v4}`),
    fc.ipV6().map(v6 => `${v6}%eth0.1-x`),
  )
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(text, text => {
        const ip = ipOf(text)
        if (ip === undefined) return networkOf(text) === text && !isKnown(text)
        const owner = ownerOf(text)
        return (
          ipOf(ip) === ip &&
          ownerOf(ip) === owner &&
          ownerOf(owner) === owner &&
          isKnown(ip) === isKnown(text)
        )
      }),
      runs(1000),
    ),
  )
})
