import fc from 'fast-check'
import t from 'tap'
import { readHeaders, valuesOf } from '../../../../daemon/mail/in/headers.ts'
import { kindOf } from '../../../../daemon/mail/in/kind.ts'
import { gate } from '../../../../daemon/mail/in/proofs/header_gate.ts'
import { runs } from '../../../runs.ts'
import { kindFacts } from './kind_facts.ts'
import { mailOf } from './mail_of.ts'

const LOGGED_IN = { loggedIn: true }

t.test('a header block is read without decoding', async t => {
  const folded = readHeaders(Buffer.from('A: b\r\n c\r\nD:e\n\tf\nG :h\r\njunk\r\n\r\nX: y\r\n\r\n'))
  t.same(folded.fields, [
    { name: 'a', value: 'b c' },
    { name: 'd', value: 'e f' },
    { name: 'g', value: 'h' },
  ])
  t.match(folded, { isProper: false }, 'a line that is no field ends the header')
  t.same(readHeaders(Buffer.from('\r\nA: b\r\n\r\n')).fields, [], 'a mail that begins with its body')
  t.match(readHeaders(Buffer.from('A: b')), { bodyStart: 4, isProper: true }, 'a mail without a body')
})

t.test('the fields of a mail are read only once', async t => {
  let looks = 0
  const read = readHeaders(mailOf('From: susan@example.org', 'Subject: hold 1', 'Received: a', 'Received: b'))
  const fields = new Proxy(read.fields, {
    get: (target, key) => {
      if (key !== 'length') looks++
      return Reflect.get(target, key)
    },
  })
  const headers = { ...read, fields }
  t.same(gate(headers, LOGGED_IN), { from: 'susan@example.org' })
  t.match(kindOf(kindFacts(headers)), { kind: 'person', reason: undefined })
  t.same(valuesOf(headers, 'received'), ['a', 'b'])
  t.same([...headers.values.keys()], ['from', 'subject', 'received'])
  t.equal(looks, 0)
})

t.test('any header block can be read, and its fields are found by name', async () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/)
  const value = fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/)
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { minLength: 1 }), fc.uint8Array(), (fields, body) => {
      const block = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
      const raw = Buffer.concat([Buffer.from(block), Buffer.from('\r\n'), body])
      const headers = readHeaders(raw)
      if (!raw.subarray(headers.bodyStart).equals(body)) return false
      for (const [name] of fields) {
        const wanted = fields.filter(([other]) => other.toLowerCase() === name.toLowerCase())
        if (
          !same(
            valuesOf(headers, name.toLowerCase()),
            wanted.map(([, value]) => value),
          )
        )
          return false
      }
      return true
    }),
    runs(200),
  )
})

function same(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
