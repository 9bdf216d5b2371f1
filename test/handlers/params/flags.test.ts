import t from 'tap'
import { anything, flag } from '../../../handlers/params/flags.ts'
import { accepted, BAD_WORDS, parsed } from './parsed.ts'

t.test('a flag is y or n, true or false', async t => {
  for (const yes of ['y', 'true']) t.equal(parsed(flag('x'), yes), true)
  for (const no of ['n', 'false']) t.equal(parsed(flag('x'), no), false)
  for (const text of [...BAD_WORDS, 'Y', 'yes', '1', 'True'])
    t.match(
      parsed(flag('x'), text),
      { sentence: / is neither y nor n; give one of them\.$/ },
      JSON.stringify(text),
    )
  for (const value of [true, false]) t.equal(accepted(flag('x'), value), value)
  t.same(accepted(flag('x'), 1), { sentence: '1 is neither y nor n; give one of them.' })
})

t.test('any value except false counts as given', async t => {
  for (const text of ['y', 'n', 'x']) t.equal(parsed(anything('x'), text), true)
  for (const value of [true, 0, 1]) t.equal(accepted(anything('x'), value), true)
  const sentence = 'false counts as not given; give any other value.'
  t.same(accepted(anything('x'), false), { sentence })
  t.same(parsed(anything('x'), 'false'), { sentence })
})
