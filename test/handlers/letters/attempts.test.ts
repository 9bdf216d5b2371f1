import t from 'tap'
import type { Attempt } from '../../../data/tables.ts'
import { withAttempt } from '../../../handlers/letters/attempts.ts'

t.test('the first ten and the last ten attempts of a letter are kept', async t => {
  let attempts: readonly Attempt[] = []
  for (let at = 1; at <= 50; at++) attempts = withAttempt(attempts, { at: `${at}`, reply: '451 later' })
  t.same(
    attempts.map(({ at }) => Number(at)),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50],
  )
  t.same(
    withAttempt(attempts.slice(0, 3), { at: '51', reply: 'x' }).map(({ at }) => at),
    ['1', '2', '3', '51'],
  )
  t.equal(withAttempt([], { at: '1', reply: 'é'.repeat(5000) })[0]!.reply, 'é'.repeat(500))
})
