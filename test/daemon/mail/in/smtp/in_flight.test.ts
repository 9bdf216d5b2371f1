import t from 'tap'
import { InFlight } from '../../../../../daemon/mail/in/smtp/in_flight.ts'
import { KIB } from '../../../../../data/sizes.ts'

const stranger = (at: number) => ({ owner: `198.51.100.${at}`, standing: 'stranger' as const })
const stays = () => false
const isTaken = (work: () => void): boolean => {
  try {
    work()
    return true
  } catch {
    return false
  }
}

t.test('the memory for mails is shared, and there is always room for a small mail', async t => {
  const inFlight = new InFlight()
  const grown = (at: number, size: number) => isTaken(() => inFlight.hold(stranger(at), stays).grow(size))
  const one = Array.from({ length: 30 }, () => grown(1, 256 * KIB))
  t.equal(one.filter(Boolean).length, 21, 'one address has 4 MiB in addition to the 64 KiB of each mail')
  const others = Array.from({ length: 200 }, (_, at) => grown(2 + (at % 10), 256 * KIB))
  t.equal(others.filter(Boolean).length + 21, 85, 'all addresses together have 16 MiB')
  t.notOk(grown(50, 256 * KIB))
  t.ok(grown(1, 64 * KIB))
  t.ok(grown(50, 64 * KIB))
  const expected = { owner: '192.0.2.1', standing: 'relay' as const }
  t.ok(isTaken(() => inFlight.hold(expected, stays).grow(256 * KIB)))
})

t.test('the places for large mails are shared, and each is returned once', async t => {
  const inFlight = new InFlight()
  const held = Array.from({ length: 10 }, () => inFlight.hold(stranger(1), stays))
  const grows = (of: typeof held) => of.filter(one => isTaken(() => one.grow(300 * KIB))).length
  t.equal(grows(held), 8)
  t.equal(grows([held[0]!]), 1, 'the first already has its place')
  held[0]!.leave()
  held[0]!.leave()
  t.equal(grows([inFlight.hold(stranger(1), stays), inFlight.hold(stranger(1), stays)]), 1)
  const many = Array.from({ length: 40 }, (_, at) => inFlight.hold(stranger(2 + at), stays))
  t.equal(grows(many), 16, 'all strangers together have 24')
  for (const one of [...held, ...many]) one.leave()
  t.throws(() => many.map(one => one.grow(300 * KIB)), {
    code: 'unavailable',
    message: /^Too many large mails are arriving/,
  })
})

t.test('the owner that holds the most gives way to a newcomer, but not one that holds as little', async t => {
  for (const [size, most] of [
    [300 * KIB, 24],
    [256 * KIB, 85],
  ] as const) {
    const inFlight = new InFlight()
    const ended: number[] = []
    const takes = (at: number, canEnd = true) =>
      isTaken(() => inFlight.hold(stranger(at), () => canEnd && ended.push(at) > 0).grow(size))
    const taken = Array.from({ length: most }, (_, at) => takes(at % 5, at !== 0)).filter(Boolean).length
    t.equal(taken, most)
    t.doesNotThrow(() => inFlight.expect(stranger(50), size))
    t.same(ended, [], 'asking does not end a mail')
    t.ok(takes(50))
    t.equal(ended.length, 1)
    for (let at = 51; at < 51 + most; at++) takes(at)
    t.notOk(takes(200), 'no owner has more than one now')
    t.throws(() => inFlight.expect(stranger(200), size), { code: 'unavailable' })
    t.ok(
      ended.every(at => at < 5),
      'an owner with only one keeps it',
    )
  }
})
