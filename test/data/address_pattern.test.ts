import fc from 'fast-check'
import t from 'tap'
import { maybeAddress } from '../../data/address.ts'
import { matchesPattern, strictPattern } from '../../data/address_pattern.ts'
import { anyCharacter } from '../any_character.ts'
import { growthOf } from '../growth.ts'
import { runs } from '../runs.ts'

t.test('a pattern is kept in lower case', t => {
  const good: Record<string, string> = {
    'Ann@Spam.Example': 'ann@spam.example',
    ' *@spam.example\t': '*@spam.example',
    '*@*.SPAM.example': '*@*.spam.example',
    'No-Reply@*': 'no-reply@*',
    'ann@*.example': 'ann@*.example',
    '*@localhost': '*@localhost',
  }
  for (const [text, kept] of Object.entries(good)) t.equal(strictPattern(text), kept, text)
  t.end()
})

t.test('what is neither an address nor a pattern, or stands for all, is refused with advice', t => {
  const advice = 'give one like ann@spam.example, *@spam.example, *@*.spam.example or ann@*.'
  t.throws(() => strictPattern('*@*'), {
    code: 'invalid',
    message: `"*@*" stands for every address; ${advice}`,
  })
  const bad = [
    '',
    '*',
    '@',
    '@spam.example',
    'spam.example',
    '*.spam.example',
    'ann@',
    '*@',
    '**@spam.example',
    'ann*@spam.example',
    '*ann@spam.example',
    'a.*@spam.example',
    '*@*spam.example',
    '*@spam.*',
    '*@a.*.example',
    '*@*.*',
    '*@*.*.example',
    '*@*.',
    '*@**',
    'a@b@*',
    '*@*@*',
    '*@*.7',
    '*@[192.0.2.1]',
    'ann@b\u00fccher.example',
    `*@${'a.'.repeat(200)}example`,
    `${'a'.repeat(65)}@*`,
  ]
  for (const text of bad)
    t.throws(() => strictPattern(text), {
      code: 'invalid',
      message: /is neither an address nor a pattern; give one like/,
    })
  t.end()
})

t.test('a pattern has these addresses and no others', t => {
  const table: [string, readonly string[], readonly string[]][] = [
    [
      'ann@spam.example',
      ['ann@spam.example', 'ANN@Spam.example'],
      ['ann@a.spam.example', 'joann@spam.example'],
    ],
    [
      '*@spam.example',
      ['ann@spam.example', '*@spam.example', 'A@SPAM.EXAMPLE'],
      ['ann@a.spam.example', 'ann@myspam.example', 'ann@spam.example.org'],
    ],
    [
      '*@*.spam.example',
      ['ann@a.spam.example', 'ann@a.b.spam.example'],
      ['ann@spam.example', 'ann@a.myspam.example', 'ann@a.spam.example.org', 'spam.example@x.example'],
    ],
    ['ann@*', ['ann@spam.example', 'Ann@b'], ['ann+x@spam.example', 'a.ann@spam.example', 'bob@ann']],
    ['ann@*.example', ['ann@a.example'], ['ann@example', 'bob@a.example']],
  ]
  for (const [pattern, has, hasNot] of table) {
    for (const address of has) t.ok(matchesPattern(pattern, address), `${pattern} ${address}`)
    for (const address of hasNot) t.notOk(matchesPattern(pattern, address), `${pattern} ${address}`)
  }
  t.end()
})

const name = fc.stringMatching(/^[a-c]{1,2}$/)
const domain = fc.array(name, { minLength: 1, maxLength: 4 }).map(names => names.join('.'))
const address = fc.tuple(name, domain).map(([local, domain]) => `${local}@${domain}`)

t.test('an address is its own pattern, and has the patterns of its parts and no more', t => {
  fc.assert(
    fc.property(address, address, (one, other) => {
      const [local, domain] = one.split('@') as [string, string]
      const above = domain.slice(domain.indexOf('.') + 1)
      t.ok(matchesPattern(strictPattern(one), one))
      t.ok(matchesPattern(strictPattern(`*@${domain}`), one))
      t.ok(matchesPattern(strictPattern(`${local}@*`), one))
      t.equal(matchesPattern(strictPattern(`*@*.${above}`), one), above !== domain)
      t.equal(matchesPattern(strictPattern(other), one), one === other)
      t.equal(matchesPattern(strictPattern(`*@${domain}`), other), other.endsWith(`@${domain}`))
      t.equal(matchesPattern(strictPattern(`*@*.${domain}`), other), other.endsWith(`.${domain}`))
    }),
    runs(1000),
  )
  t.end()
})

t.test('any text is a pattern that leaves out some address, or is refused', t => {
  const part = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 5 }),
    fc.constantFrom('*', '@', '.', 'a', '*.'),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), parts => {
      let pattern: string
      try {
        pattern = strictPattern(parts.join(''))
      } catch (error) {
        t.match(error, { code: 'invalid' })
        return
      }
      t.equal(strictPattern(pattern), pattern)
      const strangers = ['q@q.q', 'z@z.z']
      t.notOk(
        strangers.every(stranger => matchesPattern(pattern, stranger)),
        pattern,
      )
      t.ok(maybeAddress(pattern.replace('*@', 'a@').replace('@*.', '@').replace('@*', '@a')), pattern)
    }),
    runs(2000),
  )
  t.end()
})

t.test('parsing and matching take linear time', async t => {
  const inputs: readonly ((size: number) => string)[] = [
    size => '*'.repeat(size),
    size => '@'.repeat(size),
    size => `*@*.${'a.'.repeat(size)}`,
    size => ' '.repeat(size),
  ]
  for (const input of inputs) {
    const growth = await growthOf(3000, size => {
      const text = input(size)
      return () => {
        matchesPattern(`*@*.${text}`, `a@${text}`)
        try {
          strictPattern(text)
        } catch {}
      }
    })
    t.equal(growth, 'linear')
  }
})
