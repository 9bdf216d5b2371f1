import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { smarthostUrl } from '../../../../daemon/mail/out/smarthost_url.ts'
import { configFor, directoryFor } from '../../../house.ts'

t.test('the password comes from a file or a credential', async t => {
  const directory = directoryFor(t)
  const password = "a b%/@:'ü"
  writeFileSync(join(directory, 'secret'), `${password}\n`)
  const urlFor = (file: string, url = 'smtps://x%40y@mail.example:465') =>
    smarthostUrl(configFor(directory, `smarthost.url = "${url}"\nsmarthost.password_file = "${file}"`))
  t.equal(urlFor('', 'smtp://mail.example'), 'smtp://mail.example')
  const url = new URL(urlFor(join(directory, 'secret')))
  t.equal(decodeURIComponent(url.password), password)
  t.match(url, { username: 'x%40y', host: 'mail.example:465' })
  t.throws(() => urlFor('credential:secret'), {
    code: 'invalid',
    message: /systemd passes no credential secret to this process; add LoadCredential=secret:PATH/,
  })
  process.env.CREDENTIALS_DIRECTORY = directory
  t.teardown(() => {
    delete process.env.CREDENTIALS_DIRECTORY
  })
  t.equal(urlFor('credential:secret'), url.href)
  for (const wrong of ['smtp://mail.example', 'smtp://x:y@mail.example', 'file:x'])
    t.throws(
      () => urlFor('credential:secret', wrong),
      /needs a username without a password in smarthost\.url/,
    )
})
