import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { smarthostPassword } from '../../../../daemon/mail/out/smarthost_password.ts'
import { configFor, directoryFor } from '../../../house.ts'

t.test('the password of the smarthost comes from a file or a systemd credential', async t => {
  const directory = directoryFor(t)
  const path = join(directory, 'smarthost')
  const passwordFor = (file: string, url = 'smtps://x%40y@mail.example:465') =>
    smarthostPassword(configFor(directory, `smarthost.url = "${url}"\nsmarthost.password_file = "${file}"`))
  writeFileSync(path, "a b%/@:'ü\n")
  t.equal(passwordFor('', 'smtp://mail.example'), '')
  t.equal(passwordFor(path), "a b%/@:'ü")
  t.throws(() => passwordFor('credential:smarthost'), {
    code: 'invalid',
    message: /systemd passes no credential smarthost to this process; add LoadCredential=smarthost:PATH/,
  })
  const before = process.env.CREDENTIALS_DIRECTORY
  process.env.CREDENTIALS_DIRECTORY = directory
  t.teardown(() => {
    if (before === undefined) delete process.env.CREDENTIALS_DIRECTORY
    else process.env.CREDENTIALS_DIRECTORY = before
  })
  t.equal(passwordFor('credential:smarthost'), "a b%/@:'ü")
  t.throws(() => passwordFor('credential:other'), { code: 'invalid', message: /cannot be read \(ENOENT/ })
  for (const wrong of ['smtp://mail.example', 'smtp://x:y@mail.example', 'file:x'])
    t.throws(() => passwordFor(path, wrong), /needs a username without a password in smarthost\.url/)
  for (const wrong of ['', '\n', 'two\nlines\n', 'a'.repeat(5000)]) {
    writeFileSync(path, wrong)
    t.throws(() => passwordFor(path), { code: 'invalid', message: /has no password/ })
  }
})
