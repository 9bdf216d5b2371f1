import t from 'tap'
import { Failure } from '../../data/failure.ts'

t.test('a sentence has a maximum length and contains no token', async t => {
  t.equal(new Failure('invalid', 'é'.repeat(10_000)).message, 'é'.repeat(4096))
  t.equal(new Failure('invalid', `It is hdt_${'a'.repeat(26)}.`).message, 'It is hdt_….')
})
