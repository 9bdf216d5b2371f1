import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import t from 'tap'
import { certificateIn } from '../daemon/mail/certificate.ts'
import { secured, wireFor } from '../daemon/mail/wire.ts'
import { directoryFor, until } from '../house.ts'
import { serve } from '../program.ts'
import { needs } from '../tools.ts'
import { adapted, dotted, recipe } from './recipe.ts'

/** The fingerprint of the certificate that a mail door shows. */
async function shownAt(port: number): Promise<string> {
  const client = await wireFor(port)
  try {
    await client.say('STARTTLS')
    const { socket } = await secured(client)
    return (socket as TLSSocket).getPeerCertificate().fingerprint256
  } finally {
    client.close()
  }
}

t.test('a certificate that certbot has renewed is served', { skip: needs('root', 'openssl') }, async t => {
  const [hook = '', toml = ''] = recipe('Certificates of certbot')
  const directory = directoryFor(t)
  const [etc, live, archive] = ['etc', 'live', 'archive'].map(name => join(directory, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [etc, live, archive]) mkdirSync(path, { mode: 0o700 })
  const script = join(directory, 'hook')
  // The group of the service need not exist here.
  writeFileSync(script, adapted(hook, { '/etc/helpdeskd': etc, '-g helpdeskd': '-g daemon' }))
  const systemctl = join(directory, 'systemctl')
  writeFileSync(
    systemctl,
    `#!/bin/sh\necho "$@" >>${directory}/calls\n[ ! -e ${directory}/pid ] || kill -HUP "$(cat ${directory}/pid)"\n`,
  )
  for (const path of [script, systemctl]) chmodSync(path, 0o755)
  const renewed = () => {
    const env = { ...process.env, PATH: `${directory}:${process.env.PATH}`, RENEWED_LINEAGE: live }
    return spawnSync(script, { env, encoding: 'utf8' })
  }
  /** Puts a new certificate where certbot has it, behind links; gives its fingerprint. */
  const certificate = () => {
    const { cert, key } = certificateIn(archive)
    for (const [name, path] of [
      ['fullchain.pem', cert],
      ['privkey.pem', key],
    ] as const) {
      rmSync(join(live, name), { force: true })
      symlinkSync(path, join(live, name))
    }
    return new X509Certificate(readFileSync(cert)).fingerprint256
  }

  const first = certificate()
  t.match(renewed(), { status: 0, stderr: '' })
  const config = join(directory, 'helpdeskd.toml')
  const places = adapted(dotted(toml), { '/etc/helpdeskd': etc })
  const listens = 'smtp.listen = "127.0.0.1:0"\nhttp.listen = "127.0.0.1:0"\n'
  const rest = `state_dir = "${directory}/var"\nmail.address = "helpdesk@example.org"\nsmarthost.url = "file:${directory}"\n`
  writeFileSync(config, `${rest}${listens}${places}`)
  const { child, smtp, err } = await serve(t, config)
  writeFileSync(join(directory, 'pid'), String(child.pid))
  t.equal(await shownAt(smtp), first)

  const second = certificate()
  t.match(renewed(), { status: 0, stderr: '' })
  await until('the reload', () => err().includes('"event":"reloaded"'))
  t.equal(await shownAt(smtp), second)
  t.same(readdirSync(etc).sort(), ['fullchain.pem', 'privkey.pem'], 'nothing else is left')
  const daemon = spawnSync('getent', ['group', 'daemon'], { encoding: 'utf8' }).stdout.split(':')[2]
  for (const name of readdirSync(etc)) {
    const { mode, uid, gid } = lstatSync(join(etc, name))
    t.same([mode & 0o7777, uid, String(gid)], [0o640, 0, daemon], name)
  }

  certificate()
  rmSync(join(live, 'privkey.pem'))
  t.not(renewed().status, 0)
  t.same(readdirSync(etc).sort(), ['fullchain.pem', 'privkey.pem'])
  t.equal(
    new X509Certificate(readFileSync(join(etc, 'fullchain.pem'))).fingerprint256,
    second,
    'a half renewal changes nothing',
  )
  t.equal(readFileSync(join(directory, 'calls'), 'utf8'), 'try-reload-or-restart helpdeskd\n'.repeat(2))
})
