import t from 'tap'
import { FairQueue } from '../../../daemon/auth/fair_queue.ts'

/** A queue, with functions that add jobs and end them one after the other. */
function desk() {
  const queue = new FairQueue()
  const done: string[] = []
  const refused: string[] = []
  const ends: (() => void)[] = []
  const add = (name: string, network: string, isKnown = false) =>
    queue
      .run({ network, isKnown }, () => {
        done.push(name)
        return new Promise<void>(resolve => ends.push(resolve))
      })
      .catch(() => refused.push(name))
  const settle = () => new Promise(resolve => setImmediate(resolve))
  const work = async () => {
    await settle()
    for (let end = ends.shift(); end; end = ends.shift()) {
      end()
      await settle()
    }
  }
  return { add, done, refused, work, settle }
}

t.test('a network gets its turn, however many addresses it has', async t => {
  const { add, done, work } = desk()
  for (let at = 0; at < 6; at++) add(`a${at}`, 'a')
  add('b0', 'b')
  add('b1', 'b')
  add('c0', 'c')
  await work()
  t.same(done, ['a0', 'a1', 'a2', 'b0', 'c0', 'a3', 'b1', 'a4', 'a5'])
})

t.test('every second turn is for known peers', async t => {
  const { add, done, work } = desk()
  for (let at = 0; at < 6; at++) add(`s${at}`, `${at}`)
  for (let at = 0; at < 3; at++) add(`k${at}`, 'k', true)
  await work()
  t.same(done, ['s0', 's1', 'k0', 's2', 'k1', 's3', 'k2', 's4', 's5'])
})

t.test('when too many jobs wait, the last job of the largest network is refused', async t => {
  const { add, done, refused, work, settle } = desk()
  for (let at = 0; at < 70; at++) add(`a${at}`, 'a')
  await settle()
  t.same(refused, ['a66', 'a67', 'a68', 'a69'], 'two are started, and 64 of one network wait')
  for (let at = 0; at < 64; at++) add(`b${at}`, 'b')
  refused.length = 0
  add('c0', 'c')
  add('k0', 'a', true)
  await settle()
  t.same(refused, ['a65'])
  await work()
  t.ok(done.indexOf('c0') < 8)
  t.ok(done.indexOf('k0') < 4)
  t.equal(done.length, 66 + 64 + 2 - 1)
})

t.test('when there are as many networks as places, a new network is refused', async t => {
  const { add, refused, work, settle } = desk()
  for (let at = 0; at < 130; at++) add(`${at}`, `${at}`)
  add('late', 'late')
  for (let at = 0; at < 33; at++) add(`k${at}`, `k${at}`, true)
  await settle()
  t.same(refused, ['late', 'k32'])
  await work()
})
