import t from 'tap'
import type { Kind } from '../../../handlers/method.ts'
import { slug, username } from '../../../handlers/params/names.ts'
import { accepted, BAD_WORDS, parsed } from './parsed.ts'

t.test('usernames and slugs', async t => {
  const table: [Kind<unknown>, string[], string[]][] = [
    [
      username('x'),
      ['susan', 'S', 'a.b_c@d+e-f', 'constructor', 'a'.repeat(64)],
      [...BAD_WORDS, '1a', 'a'.repeat(65)],
    ],
    [slug('x'), ['support', 'a', 'a-b_c1', 'a'.repeat(50)], [...BAD_WORDS, 'Support', '1a', 'a'.repeat(51)]],
  ]
  for (const [kind, good, bad] of table) {
    for (const text of good) t.equal(parsed(kind, text), text, kind.rule)
    for (const text of bad)
      t.match(parsed(kind, text), { sentence: /\.$/ }, `${kind.rule}: ${JSON.stringify(text)}`)
    t.match(accepted(kind, 1), { sentence: /^1 is not text; give a / })
  }
})
