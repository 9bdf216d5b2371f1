import t from 'tap'
import { nameList } from '../../data/name_list.ts'

t.test('names as a sentence has them', async t => {
  t.equal(nameList(['a']), 'a')
  t.equal(nameList(['a', 'b']), 'a and b')
  t.equal(nameList(['a', 'b', 'c']), 'a, b and c')
  t.equal(nameList(['a', 'b', 'c'], 3), 'a, b and c')
  t.equal(nameList(['a', 'b', 'c', 'd'], 2), 'a, b and 2 more')
})
