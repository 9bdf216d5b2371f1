import t from 'tap'
import { address, addresses } from '../../../handlers/params/addresses.ts'
import { accepted, BAD_WORDS, parsed } from './parsed.ts'

t.test('an address is exactly one address', async t => {
  t.equal(parsed(address('x'), ' Ann.Lee+x@Example.ORG '), 'Ann.Lee+x@example.org')
  const bad = [
    ...BAD_WORDS,
    'ann',
    '@example.org',
    'ann@',
    'a@b, c@d',
    'a@b;c@d',
    'Ann <ann@example.org>',
    'ann@[127.0.0.1]',
    '"ann lee"@example.org',
    'a..b@example.org',
    '.a@example.org',
    'ann@-example.org',
    'ann@example.org\r\nBcc: x@y',
    'ann@example.org\0',
    'ann@exämple.org',
    `${'a'.repeat(65)}@example.org`,
    `a@${'b.'.repeat(130)}org`,
  ]
  for (const text of bad) t.match(parsed(address('x'), text), { sentence: /is not a mail address/ }, text)
  t.same(parsed(addresses('x'), 'a@x.org, B@x.org,A@X.ORG'), ['A@x.org', 'B@x.org'])
  for (const text of ['', ',', 'a@x.org,', 'a@x.org b@x.org', 'a@x.org,b@x.org\r\nBcc: c@x.org'])
    t.match(parsed(addresses('x'), text), { sentence: /is not a mail address/ }, text)
  t.match(parsed(addresses('x'), ','.repeat(20_000_000)), { sentence: /has 20000000 characters/ })
})

t.test('an address that a door has parsed is taken unchanged', async t => {
  t.equal(accepted(address('x'), { address: 'ann@example.org' }), 'ann@example.org')
  for (const value of [1, true, { line: 'ann@example.org' }])
    t.match(accepted(address('x'), value), { sentence: /is not text; give a mail address/ })
  t.match(accepted(addresses('x'), { address: 'ann@example.org' }), {
    sentence: /^this is not text; give mail/,
  })
})
