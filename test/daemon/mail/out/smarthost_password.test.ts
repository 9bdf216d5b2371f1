import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { smarthostPassword } from '../../../../daemon/mail/out/smarthost_password.ts'
import { directoryFor } from '../../../house.ts'

t.test('the password of the smarthost comes from a file or a systemd credential', async t => {
  const directory = directoryFor(t)
  const path = join(directory, 'smarthost')
  writeFileSync(path, 'two words\n')
  t.equal(smarthostPassword(path), 'two words')
  t.equal(smarthostPassword(''), '')
  t.throws(() => smarthostPassword('smarthost'), { code: 'invalid', message: /add LoadCredential=/ })
  const before = process.env.CREDENTIALS_DIRECTORY
  process.env.CREDENTIALS_DIRECTORY = directory
  t.teardown(() => {
    if (before === undefined) delete process.env.CREDENTIALS_DIRECTORY
    else process.env.CREDENTIALS_DIRECTORY = before
  })
  t.equal(smarthostPassword('smarthost'), 'two words')
  t.throws(() => smarthostPassword('other'), { code: 'invalid', message: /cannot be read \(ENOENT/ })
  for (const wrong of ['', '\n', 'two\nlines\n', 'a'.repeat(5000)]) {
    writeFileSync(path, wrong)
    t.throws(() => smarthostPassword(path), { code: 'invalid', message: /has no password/ })
  }
})
