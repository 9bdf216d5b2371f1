import t from 'tap'
import { KnownAddresses } from '../../../../../daemon/auth/known_addresses.ts'
import { Places, type SessionPlace } from '../../../../../daemon/mail/in/smtp/connection_limits.ts'
import { inRanges } from '../../../../../daemon/net/ip.ts'

const isRelay = inRanges([
  { address: '192.0.2.1', prefix: 32 },
  { address: '2001:db8::25', prefix: 128 },
])
function taking(places: Places) {
  return (peer: string, count: number) => {
    const taken = Array.from({ length: count }, () => places.take(peer))
    return taken.filter(place => typeof place !== 'string') as SessionPlace[]
  }
}
const stranger = (at: number) => `198.51.100.${at}`

t.test('an address has 20 places, a relay 100, and a place can be taken again after it is left', async t => {
  const take = taking(new Places(isRelay, new KnownAddresses()))
  const own = take(stranger(1), 30)
  t.equal(own.length, 20)
  own[0]!.leave()
  t.equal(take(stranger(1), 2).length, 1)
  t.equal(take('127.0.0.1', 30).length, 20, 'loopback is an address like any other')
  t.equal(take('192.0.2.1', 120).length, 100)
  t.match(new Places(isRelay, new KnownAddresses()).take(''), { standing: 'stranger' })
})

t.test('an IPv6 /64 counts as one owner, and a relay in it counts separately', async t => {
  const take = taking(new Places(isRelay, new KnownAddresses()))
  const each = Array.from({ length: 30 }, (_, at) => take(`2001:db8::${at + 100}`, 1).length)
  t.equal(each.filter(Boolean).length, 20)
  t.equal(take('2001:db8::25', 30).length, 30)
  t.equal(take('2001:db8:0:1::1', 1).length, 1)
})

t.test('places are reserved for relays and for addresses with a login', async t => {
  const knownAddresses = new KnownAddresses()
  knownAddresses.add('fred', '203.0.113.9')
  const places = new Places(isRelay, knownAddresses)
  const take = taking(places)
  const strangers = Array.from({ length: 10 }, (_, at) => take(stranger(at), 20).length)
  t.equal(
    strangers.reduce((sum, one) => sum + one, 0),
    140,
  )
  t.match(places.take(stranger(99)), /^Too many connections;/)
  t.equal(take('203.0.113.9', 30).length, 20)
  t.match(places.take('203.0.113.9'), /^Too many connections from your address \(20\)/)
  t.equal(take('192.0.2.1', 100).length, 40)
  t.equal(take('unix', 1).length, 0, 'a unix socket counts as a relay, and the places of relays are taken')
})

t.test(
  'when all places are taken, the stranger with the most loses one to a newcomer with fewer',
  async t => {
    const places = new Places(isRelay, new KnownAddresses())
    const take = taking(places)
    const ended: string[] = []
    for (let at = 0; at < 7; at++) {
      for (const place of take(stranger(at), 20))
        place.mayGiveWay(() => {
          if (ended.length === 0) return Boolean(ended.push('busy')) && false
          ended.push(place.owner)
          place.leave()
          return true
        })
    }
    t.equal(take(stranger(50), 25).length, 17, 'until no other has more')
    t.equal(ended.length, 18)
    t.equal(new Set(ended.slice(1)).size, 7, 'each ended session is another one')
    t.equal(take(stranger(1), 1).length, 0, 'the stranger with the most gets no more')
  },
)

t.test('a session counts as known after a login, and frees a place for a stranger', async t => {
  const places = new Places(isRelay, new KnownAddresses())
  const take = taking(places)
  const [user, ...strangers] = Array.from({ length: 8 }, (_, at) => take(stranger(at), 20)).flat()
  t.equal(strangers.length, 139)
  t.match(places.take(stranger(99)), /^Too many connections;/)
  user!.becomeKnown()
  t.equal(user!.standing, 'known')
  t.equal(take(stranger(99), 2).length, 1)
  user!.leave()
  t.equal(take(stranger(99), 2).length, 0)
})
