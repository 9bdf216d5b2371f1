import fc from 'fast-check'
import t from 'tap'
import { percentile } from '../../../handlers/reports/percentile.ts'

t.test('percentiles by the nearest rank', async t => {
  t.equal(percentile([], 50), null)
  t.equal(percentile([7], 50), 7)
  t.equal(percentile([7], 90), 7)
  t.equal(percentile([1, 2], 50), 1)
  t.equal(percentile([1, 2, 3], 50), 2)
  t.equal(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90), 9)
  t.equal(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 90), 10)
})

t.test('they are the smallest value that enough of all do not exceed', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 50 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 100 }),
      (values, percent) => {
        const enough = values.filter(
          value => values.filter(other => other <= value).length * 100 >= percent * values.length,
        )
        const sorted = values.toSorted((a, b) => a - b)
        return percentile(sorted, percent) === Math.min(...enough)
      },
    ),
  )
})
