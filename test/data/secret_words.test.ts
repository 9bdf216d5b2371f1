import t from 'tap'
import { blanked, blankedBytes, blankedPieces, secretStart, withoutSecrets } from '../../data/secret_words.ts'

t.test('a line that names a secret is cut there', async t => {
  const table: [string, string][] = [
    ['hold 5: why', 'hold 5: why'],
    [
      'set_password username=fred new_password=Canary12345',
      'set_password username=fred new_password=[removed]',
    ],
    ['add_user new_password="two words" admin=y', 'add_user new_password=[removed]'],
    [
      'add_user username=tom email=tom@example.org pw1',
      'add_user username=tom email=tom@example.org [removed]',
    ],
    ['set_password susan hunter2', 'set_password [removed]'],
    ['set-password fred hunter2', 'set-password [removed]'],
    ['my password = a b c', 'my password =[removed]'],
    ['my passwd=hunter2 and more', 'my passwd=[removed]'],
    ['pass: hunter2', 'pass: [removed]'],
    ['My password is: hunter2', 'My password is: [removed]'],
    ['Das Passwort ist : hunter2', 'Das Passwort ist : [removed]'],
    ['Password issue: the form', 'Password issue: the form'],
    ['user/pw: susan/hunter2', 'user/pw: [removed]'],
    ['dbPassword="hunter2"', 'dbPassword=[removed]'],
    ['{"password":"hunter2"}', '{"password": [removed]'],
    ['Das Passwort: hunter2', 'Das Passwort: [removed]'],
    ['le mot de passe : hunter2', 'le mot de passe : [removed]'],
    ['PASSWORD：hunter2', 'PASSWORD： [removed]'],
    ['accessToken=hunter2', 'accessToken=[removed]'],
    ['the token=abc', 'the token=[removed]'],
    ['revoke_token token=5', 'revoke_token token=5'],
    ['it is hdt_abcdefghij', 'it is hdt_…'],
    ['Password reset', 'Password reset'],
    ['Forgotten password:', 'Forgotten password:'],
    ['Compass: broken', 'Compass: broken'],
    ['bypass: the valve', 'bypass: the valve'],
    ['Passport: lost', 'Passport: lost'],
    ['My password is not taken', 'My password is not taken'],
  ]
  for (const [line, kept] of table) {
    t.equal(withoutSecrets(line), kept)
    t.equal(withoutSecrets(kept), kept, 'once more')
  }
})

/** Allows for a busy machine; quadratic time would be minutes. */
const PATIENCE_MILLISECONDS = 20_000

t.test('a line of a megabyte takes little time', async t => {
  const worst = [
    'pass',
    'pass ',
    'password ',
    'set_password ',
    'set_password username=x ',
    'add_user full_name="',
    'token=5 ',
    'api ',
    '=',
    ' ',
    'accesstoken',
    `passw1${' '.repeat(19)}`,
  ].map(piece => piece.repeat(Math.ceil(1e6 / piece.length)))
  worst.push(`set_password${' username=x'.repeat(1e5)}"`, `add_user full_name="${'x'.repeat(1e6)}`)
  for (const line of worst) {
    const started = performance.now()
    secretStart(line)
    const milliseconds = performance.now() - started
    t.ok(milliseconds < PATIENCE_MILLISECONDS, `${line.slice(0, 30)}: ${milliseconds} ms`)
  }
})

t.test('the secret of a login is removed from a text, wherever it is', async t => {
  t.equal(blanked('it is hunter2é, hunter2é', 'hunter2é'), 'it is [removed], [removed]')
  t.equal(blanked('a cat', 'a'), 'a cat', 'but not if it is too short')
  t.equal(blanked('a cat', ''), 'a cat')
  t.equal(blanked('a cat', undefined), 'a cat')
  const bytes = Buffer.from('it is hunter2é, hunter2é!')
  t.equal(Buffer.from(blankedBytes(bytes, 'hunter2é')).toString(), 'it is [removed], [removed]!')
  t.equal(blankedBytes(bytes, 'another one'), bytes)
  for (const size of [1, 2, 3, 7, 100]) {
    let isFound = false
    const pieces = (async function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
    })()
    const kept: Uint8Array[] = []
    for await (const piece of blankedPieces(pieces, 'hunter2é', () => (isFound = true))) kept.push(piece)
    t.equal(Buffer.concat(kept).toString(), 'it is [removed], [removed]!', `in pieces of ${size}`)
    t.ok(isFound)
  }
})
