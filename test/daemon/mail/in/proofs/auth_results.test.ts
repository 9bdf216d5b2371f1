import fc from 'fast-check'
import t from 'tap'
import { authResultsOf } from '../../../../../daemon/mail/in/proofs/auth_results.ts'
import { growthOf } from '../../../../growth.ts'
import { runs } from '../../../../runs.ts'

const plain = fc.stringMatching(/^[a-z0-9.-]{1,12}$/)
const quotable = fc.string({ unit: fc.constantFrom(...'ab ;=()\\"@.\t'), maxLength: 12 })
const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`
const comment = quotable.map(text => `(${text.replace(/[\\()]/g, '\\$&')})`)
const blank = fc.array(fc.oneof(fc.constantFrom(' ', '\t'), comment), { minLength: 1, maxLength: 3 })
const said = fc.record({
  method: fc.stringMatching(/^[a-z]{2,6}$/),
  result: fc.constantFrom('pass', 'fail', 'none'),
  properties: fc.dictionary(fc.stringMatching(/^[a-z]{2,5}\.[a-z]{2,5}$/), quotable, {
    noNullPrototype: true,
    maxKeys: 3,
  }),
})

t.test('whatever a field says is read back, with comments and quotes anywhere', t => {
  fc.assert(
    fc.property(
      plain,
      fc.array(said, { maxLength: 4 }),
      fc.array(blank, { minLength: 40, maxLength: 40 }),
      (name, all, blanks) => {
        let used = 0
        const cfws = () => blanks[used++ % blanks.length]!.join('')
        const parts = all.map(({ method, result, properties }) => {
          const more = Object.entries(properties).map(
            ([key, value]) => `${cfws()}${key}${cfws()}=${cfws()}${quoted(value)}`,
          )
          return `;${cfws()}${method}${cfws()}=${cfws()}${result}${more.join('')}`
        })
        const read = authResultsOf(`${cfws()}${name}${cfws()}${parts.join(cfws())}`)
        t.strictSame(
          read && {
            ...read,
            results: read.results.map(one => ({
              ...one,
              properties: Object.fromEntries(one.properties ?? []),
            })),
          },
          { authservId: name, results: all.map(one => ({ ...one, properties: { ...one.properties } })) },
        )
      },
    ),
    runs(100),
  )
  t.end()
})

t.test('no text makes it fail or be slow', async t => {
  const texts = fc.string({ unit: fc.constantFrom(...'a ;=()\\"@./1\t\u00e9') })
  fc.assert(fc.property(texts, text => void authResultsOf(text)))
  for (const part of ['(', '()', '"', ';', '=', 'a', ' ', '\\', '; a=b', ' a=b', 'a=b;', '"" ']) {
    const growth = await growthOf(500, size => {
      const text = part.repeat(size)
      return () => authResultsOf(text)
    })
    t.equal(growth, 'linear', part)
  }
})

t.test('fields as servers write them', t => {
  const dmarc = (value: string) => {
    const read = authResultsOf(value)
    const found = read?.results.find(({ method }) => method === 'dmarc')
    return [read?.authservId, found?.result, found?.properties?.get('header.from')]
  }
  t.strictSame(dmarc('mx.example.org; dmarc=pass (p=reject dis=none) header.from=example.com'), [
    'mx.example.org',
    'pass',
    'example.com',
  ])
  t.strictSame(dmarc('MX.example.org 1; none'), ['mx.example.org', undefined, undefined])
  t.strictSame(
    dmarc(
      'spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.com; dkim=pass (signature was verified) header.d=example.com;dmarc=pass action=none header.from=example.com;compauth=pass reason=100',
    ),
    [undefined, 'pass', 'example.com'],
  )
  t.strictSame(dmarc('a; dkim/1=pass header.b=x/y+z=; DMARC=Pass Header.From=b.example;'), [
    'a',
    'pass',
    'b.example',
  ])
  for (const broken of [
    '',
    ';',
    'a b; dmarc=pass',
    'a; dmarc',
    'a; dmarc=',
    'a; =pass',
    'a; "dmarc"=pass',
    'a; dmarc=pass (',
    'a; dmarc=pass )',
    'a; x="',
  ])
    t.equal(authResultsOf(broken), undefined, broken)
  t.equal(authResultsOf('a; dmarc=pass header.from=a header.from=b')?.results[0]?.properties, undefined)
  t.equal(authResultsOf('a; dmarc=pass header.from="a"b')?.results[0]?.properties, undefined)
  t.end()
})
