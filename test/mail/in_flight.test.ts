import t from 'tap'
import { InFlight } from '../../daemon/mail/in_flight.ts'

const KIB = 1024
const stranger = (at: number) => ({ owner: `198.51.100.${at}`, standing: 'stranger' as const })
const isTaken = (work: () => void): boolean => {
  try {
    work()
    return true
  } catch {
    return false
  }
}

t.test('what mails hold in memory is shared, and nobody keeps a small mail out', async t => {
  const inFlight = new InFlight()
  const grown = (at: number, size: number) => isTaken(() => inFlight.hold(stranger(at)).grow(size))
  const one = Array.from({ length: 30 }, () => grown(1, 256 * KIB))
  t.equal(one.filter(Boolean).length, 21, 'one address has 4 MiB beyond the 64 KiB of each mail')
  const others = Array.from({ length: 200 }, (_, at) => grown(2 + (at % 10), 256 * KIB))
  t.equal(others.filter(Boolean).length + 21, 85, 'all have 16 MiB')
  t.notOk(grown(50, 256 * KIB))
  t.ok(grown(1, 64 * KIB))
  t.ok(grown(50, 64 * KIB))
  const expected = { owner: '192.0.2.1', standing: 'relay' as const }
  t.ok(isTaken(() => inFlight.hold(expected).grow(256 * KIB)))
})

t.test('so are the places of large mails, and each is given back once', async t => {
  const inFlight = new InFlight()
  const held = Array.from({ length: 10 }, () => inFlight.hold(stranger(1)))
  const grows = (of: typeof held) => of.filter(one => isTaken(() => one.grow(300 * KIB))).length
  t.equal(grows(held), 8)
  t.equal(grows([held[0]!]), 1, 'it has its place already')
  held[0]!.leave()
  held[0]!.leave()
  t.equal(grows([inFlight.hold(stranger(1)), inFlight.hold(stranger(1))]), 1)
  const many = Array.from({ length: 40 }, (_, at) => inFlight.hold(stranger(2 + at)))
  t.equal(grows(many), 16, '24 of all strangers')
  for (const one of [...held, ...many]) one.leave()
  t.throws(() => many.map(one => one.grow(300 * KIB)), {
    code: 'unavailable',
    message: /^Too many large mails are coming in/,
  })
})
