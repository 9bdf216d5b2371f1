import fc from 'fast-check'
import t from 'tap'
import { weekdaysIn } from '../../../handlers/params/weekdays.ts'
import { anyCharacter } from '../../any_character.ts'

t.test('days of the week in the words of a person', async t => {
  const table: [string, readonly number[]][] = [
    ['saturday', [6]],
    ['Saturdays', [6]],
    ['sat', [6]],
    ['saturday and sunday', [6, 0]],
    ['every Saturday and every Sunday', [6, 0]],
    ['saturday,sunday', [6, 0]],
    ['mon, wed, and fri', [1, 3, 5]],
    ['sat & sun', [6, 0]],
    ['weekends', [6, 0]],
    ['weekend, monday', [6, 0, 1]],
    ['monday to friday', [1, 2, 3, 4, 5]],
    ['Mon-Wed', [1, 2, 3]],
    ['mon - wed', [1, 2, 3]],
    ['friday to monday and wednesday', [5, 6, 0, 1, 3]],
    ['sunday, sundays', [0]],
    ['monday to monday', [1]],
  ]
  for (const [words, days] of table) t.strictSame(weekdaysIn(words), days, words)
})

t.test('other words name none', async t => {
  const table = [
    '',
    'sa',
    'someday',
    'saturday and',
    'saturday, 5 december',
    'sunday to 3 dec',
    '24 dec to 2 jan',
    'saturday sunday',
    'weekend to monday',
    `saturday${', saturday'.repeat(30)}`,
  ]
  for (const words of table) t.equal(weekdaysIn(words), undefined, words)
})

t.test('any words name days of a week, or none', async () => {
  const words = fc.constantFrom('monday', 'sun', 'weekend', 'every', ' ', ',', ' and ', ' to ', '-')
  const texts = fc.array(fc.oneof(words, anyCharacter), { maxLength: 20 }).map(parts => parts.join(''))
  fc.assert(
    fc.property(texts, text =>
      (weekdaysIn(text) ?? []).every(
        (day, index, all) => day in [0, 1, 2, 3, 4, 5, 6] && !all.includes(day, index + 1),
      ),
    ),
  )
})
