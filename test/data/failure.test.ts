import t from 'tap'
import { Failure } from '../../data/failure.ts'

t.test('a sentence has a maximum length and contains no token', async t => {
  t.equal(new Failure('invalid', 'é'.repeat(10_000)).message, 'é'.repeat(4096))
  t.equal(new Failure('invalid', `It is hdt_${'a'.repeat(26)}.`).message, 'It is hdt_….')
})

t.test('a parameter is named without tokens, and cut', async t => {
  const parameter = `hdt_${'a'.repeat(26)}${'x'.repeat(1000)}`
  const failure = new Failure('invalid', 'x', { parameter })
  t.match(failure.parameter, /^hdt_…x*$/)
  t.ok(Buffer.byteLength(failure.parameter!) <= 100)
  t.equal(new Failure('invalid', 'x', { retryAfter: 5 }).parameter, undefined)
})
