import { randomBytes } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { domainOf, mailbox, maybeAddress, strictAddress } from '../../data/address.ts'
import { Failure, isTemporary, shown } from '../../data/failure.ts'
import { openKeys, randomPassword, sha256 } from '../../data/secret.ts'
import { anyCharacter } from '../any_character.ts'
import { growthOf } from '../growth.ts'
import { directoryFor } from '../house.ts'
import { runs } from '../runs.ts'

const anything = fc.string({ unit: anyCharacter, maxLength: 40 })

t.test('an address is kept as written, with its domain in lower case', t => {
  const good: Record<string, string> = {
    'susan@example.org': 'susan@example.org',
    'Susan.O-Neil+tag@Example.ORG': 'Susan.O-Neil+tag@example.org',
    " \t!#$%&'*+-/=?^_`{|}~@a.b \t": "!#$%&'*+-/=?^_`{|}~@a.b",
    'root@localhost': 'root@localhost',
    'ann@Build_Server.example': 'ann@build_server.example',
    'ann@_mail_._x': 'ann@_mail_._x',
    [`${'a'.repeat(64)}@${'b'.repeat(63)}.org`]: `${'a'.repeat(64)}@${'b'.repeat(63)}.org`,
  }
  for (const [text, kept] of Object.entries(good)) t.equal(strictAddress(text), kept)
  t.equal(mailbox('Susan@example.org'), mailbox('susan@Example.org'))
  t.equal(domainOf('susan@example.org'), 'example.org')
  t.end()
})

t.test('a text that is not an address, or is two, is refused with advice', async t => {
  const bad = [
    '',
    ' ',
    '@',
    'susan',
    'susan@',
    '@example.org',
    'a@b@c',
    '.a@b',
    'a.@b',
    'a..b@c',
    'a@.b',
    'a@b.',
    'a@b..c',
    'a@-b',
    'a@b-',
    'a@[127.0.0.1]',
    'a@1.2.3.4',
    '"a b"@c',
    'a b@c',
    'a@b c',
    '<a@b>',
    'Susan <a@b>',
    'a@b (Susan)',
    'a@b, c@d',
    'a@b,c@d',
    'a@b;c@d',
    'a@b\r\nBcc: c@d',
    'a@b\n',
    '\ra@b',
    'a@b\0',
    'a\0@b',
    'sūsan@example.org',
    'a@exämple.org',
    'a@b\u00a0',
    'a@b\u2028',
    'a:b@c',
    'a\\b@c',
    `${'a'.repeat(65)}@b`,
    `a@${'b'.repeat(64)}`,
    `a@${'b.'.repeat(130)}c`,
    ' '.repeat(100_000),
    `${' '.repeat(500_000)}a`,
  ]
  for (const text of bad) {
    t.equal(maybeAddress(text), undefined, shown(text))
    t.throws(() => strictAddress(text), {
      code: 'invalid',
      message: `${shown(text)} is not a mail address; give one like`,
    })
  }
  const isRefused = (text: string) => {
    try {
      strictAddress(text)
      return false
    } catch {
      return true
    }
  }
  for (const makeOf of [(n: number) => ' '.repeat(n), (n: number) => `${' '.repeat(n)}a`]) {
    const growth = await growthOf(4000, n => {
      const text = makeOf(n)
      return () => [maybeAddress(text), isRefused(text)]
    })
    t.equal(growth, 'linear')
  }
})

t.test('an address never contains characters that end a header, separate addresses, or are not ASCII', t => {
  const hostile = fc.constantFrom(
    '\r',
    '\n',
    '\0',
    ',',
    ' ',
    '\t',
    ';',
    '<',
    '>',
    '"',
    '(',
    'é',
    '٣',
    '\u2028',
    '\u00ad',
    '😀',
    '\ud800',
  )
  const near = fc
    .tuple(fc.constantFrom('susan', 'a.b', ''), hostile, fc.constantFrom('@', 'x@', '@example.org'), anything)
    .map(parts => parts.join(''))
  fc.assert(
    fc.property(
      fc.oneof(
        near,
        anything,
        fc.emailAddress(),
        fc.tuple(fc.emailAddress(), hostile).map(parts => parts.join('')),
      ),
      text => {
        const found = maybeAddress(text)
        if (found === undefined) return
        if (/[\r\n\0, \t;<>"()]|[^\x21-\x7e]/.test(found)) throw new Error(`${shown(text)} passed`)
        if (maybeAddress(found) !== found)
          throw new Error(`${shown(found)} is not unchanged when parsed again`)
        if (found.split('@').length !== 2) throw new Error(`${shown(found)} is two addresses`)
      },
    ),
    runs(3000),
  )
  for (const character of Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code))) {
    const passes = maybeAddress(`a${character}b@example.org`) !== undefined
    if (passes !== /[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]/.test(character)) t.fail(shown(character))
  }
  t.end()
})

t.test('a value is shown quoted, short, and without invisible characters', t => {
  t.equal(shown('31794abc'), '"31794abc"')
  t.equal(shown('say "hi" \\'), '"say \\"hi\\" \\\\"')
  t.equal(shown('a\r\nb\0\x7f\x1b[31m'), '"a\\r\\nb\\u0000\\u007f\\u001b[31m"')
  t.equal(shown('\u202egpj.exe\u200b\u2028\ufeff'), '"\\u202egpj.exe\\u200b\\u2028\\ufeff"')
  t.equal(shown('\u3164\u{e0001}'), '"\\u3164\\udb40\\udc01"')
  t.equal(shown('x'.repeat(40)), `"${'x'.repeat(40)}"`)
  t.equal(shown('x'.repeat(41)), `"${'x'.repeat(40)}…"`)
  t.equal(shown('😀'.repeat(41)), `"${'😀'.repeat(40)}…"`, 'no character is cut in two')
  t.equal(shown('\ud83d'), '"\\ud83d"')
  t.equal(shown(''), '""')
  const text = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 300 }),
    fc.array(fc.nat(0xffff)).map(codes => String.fromCharCode(...codes)),
  )
  fc.assert(
    fc.property(text, value => {
      const result = shown(value)
      if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(result)) throw new Error(JSON.stringify(result))
      if (!/^".*"$/su.test(result) || [...result].length > 40 * 12 + 3) throw new Error(result)
      const short = [...value].length <= 40
      if (short && JSON.parse(result) !== value) throw new Error(`${result} is not what it shows`)
    }),
    runs(3000),
  )
  t.end()
})

t.test('a failure has a code and a sentence', t => {
  t.match(new Failure('full', 'No room.'), { name: 'Failure', code: 'full', message: 'No room.' })
  t.ok(isTemporary(new Failure('unavailable', '')))
  t.notOk(isTemporary(new Failure('invalid', '')))
  t.end()
})

t.test('the keys of a directory are created once, readable by its owner only, and verify marks', async t => {
  const directory = directoryFor(t)
  const keys = await openKeys(directory)
  const path = join(directory, 'keys')
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.same(readdirSync(directory), ['keys'])
  const kept = readFileSync(path)
  const again = await openKeys(directory)
  t.same(readFileSync(path), kept)
  const other = await openKeys(directoryFor(t))

  const mark = keys.mark('letter', '12')
  t.match(mark, /^[0-9a-f]{16}$/)
  t.ok(again.isMark('letter', '12', mark), 'after a restart')
  t.notOk(other.isMark('letter', '12', mark), 'another site')
  t.notOk(keys.isMark('bounce', '12', mark), 'another purpose')
  t.notOk(keys.isMark('letter', '13', mark), 'another text')
  t.notOk(keys.isMark('letter1', '2', mark), 'another border')
  fc.assert(fc.property(anything, given => keys.isMark('letter', '12', given) === (given === mark)))
  fc.assert(
    fc.property(
      fc.nat(15),
      fc.string({ unit: anyCharacter, minLength: 1, maxLength: 1 }),
      (at, character) => {
        const changed = mark.slice(0, at) + character + mark.slice(at + 1)
        return keys.isMark('letter', '12', changed) === (changed === mark)
      },
    ),
  )
  t.notOk(keys.isMark('letter', '12', mark.toUpperCase().replace(/^\d+$/, 'X'.repeat(16))))
})

t.test('damaged keys are refused and never replaced', async t => {
  const directory = directoryFor(t)
  const path = join(directory, 'keys')
  for (const damaged of [
    '',
    '\n',
    'short',
    randomBytes(31).toString('base64url'),
    randomBytes(33).toString('base64url'),
    '\0'.repeat(43),
  ]) {
    writeFileSync(path, damaged)
    await t.rejects(openKeys(directory), {
      code: 'invalid',
      message: `${path} is damaged; restore it from a backup.`,
    })
    t.equal(readFileSync(path, 'utf8'), damaged)
  }
  const key = randomBytes(32).toString('base64url')
  const of = (format: number, key: string) => `{"helpdeskd_keys":${format},"key":"${key}"}\n`
  writeFileSync(path, of(1, `${key.slice(0, 20)}\n${key.slice(20)}`))
  await t.rejects(openKeys(directory), { code: 'invalid' }, 'even if the decoder ignores the damage')
  writeFileSync(path, of(2, key))
  await t.rejects(openKeys(directory), {
    code: 'invalid',
    message: `${path} has format 2; this version reads 1.`,
  })
  writeFileSync(path, of(1, key).trimEnd())
  chmodSync(path, 0o600)
  t.match((await openKeys(directory)).mark('a', 'b'), /^[0-9a-f]{16}$/)
})

t.test('hashes and passwords', t => {
  t.equal(
    sha256('a', Buffer.from('b'), 'c'),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
  const passwords = Array.from({ length: 100 }, randomPassword)
  t.equal(new Set(passwords).size, 100)
  t.ok(passwords.every(password => /^[A-Za-z0-9_-]{16}$/.test(password)))
  t.end()
})
