import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { certificatesToRenew } from '../../../daemon/check_config/certificates.ts'
import { checkConfig } from '../../../daemon/check_config/check_config.ts'
import { placeholders } from '../../../daemon/check_config/placeholders.ts'
import { portsInUse } from '../../../daemon/check_config/ports_in_use.ts'
import { parseConfig } from '../../../daemon/config/config.ts'
import { openSocket } from '../../../daemon/shell/socket.ts'
import { DAY } from '../../../data/durations.ts'
import { openStore } from '../../../data/json/open.ts'
import { Passwords } from '../../../data/password/password.ts'
import { queue } from '../../data/records.ts'
import { dnsServer } from '../../dns_server.ts'
import {
  configFor,
  directoryFor,
  HELPDESK,
  house,
  inStore,
  quietEvents,
  quietStore,
  sharesOf,
} from '../../house.ts'
import { ROOT } from '../../program.ts'
import { needs } from '../../tools.ts'
import { certificateIn } from '../mail/certificate.ts'

t.test('a certificate is told of two weeks before its end', { skip: needs('openssl') }, async t => {
  const directory = directoryFor(t)
  const { cert, key } = certificateIn(directory)
  const config = configFor(directory, `smtp.tls_cert = "${cert}"\nsmtp.tls_key = "${key}"`)
  const toldIn = (days: number) => certificatesToRenew(config, Date.now() + days * DAY)
  t.same(toldIn(-15), [`smtp.tls_cert: the certificate is not valid before ${day(0)}; check the clock.`])
  t.match(toldIn(0), [`smtp.tls_cert: the certificate expires on ${day(2)}; renew it.`])
  t.match(toldIn(3), [`smtp.tls_cert: the certificate expired on ${day(2)}; renew it.`])
})

function day(later: number): string {
  return new Date(Date.now() + later * DAY).toISOString().slice(0, 10)
}

t.test('ports and sockets in use are told of', async t => {
  const directory = directoryFor(t)
  const path = join(directory, 'x.sock')
  const [tcp, unix] = [createServer().listen(0, '127.0.0.1'), createServer().listen(path)]
  t.teardown(() => tcp.close() && unix.close())
  await Promise.all([once(tcp, 'listening'), once(unix, 'listening')])
  const { port } = tcp.address() as AddressInfo
  const told = (...places: string[]) =>
    portsInUse(configFor(directory, `http.listen = ${JSON.stringify(places)}`))
  for (const host of ['127.0.0.1', '0.0.0.0', '[::]', 'localhost'])
    t.match(await told(`${host}:${port}`), [/^http\.listen: .+ is in use\. If helpdeskd-http\.socket /], host)
  t.match(await told('127.0.0.1:0', `unix:${path}`), [/^http\.listen: unix:.+ is in use/])
  t.same(await told(`127.0.0.2:${port}`, `[::1]:${port}`, `unix:${path}x`), [])
  t.match(await told('no.such.invalid:1'), [/has a host name that cannot be looked up/])
})

t.test('while a daemon runs, its own ports are not told of, and those of others are', async t => {
  const { directory, config, daemon } = await house(t)
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { server } = await dnsServer(t, {})
  const told = async (http: number) => {
    const changed = configFor(directory, `http.listen = "127.0.0.1:${http}"`)
    return (
      await checkConfig({ ...changed, state_dir: config.state_dir }, quietEvents(), { servers: [server] })
    ).warnings
  }
  const inUse = /^http\.listen: 127\.0\.0\.1:\d+ is in use\./
  t.notOk((await told(daemon.httpPort)).some(warning => inUse.test(warning)))
  t.ok((await told(port)).some(warning => inUse.test(warning)))
})

t.test('the own ports of a daemon are known in any notation', async t => {
  const there = createServer().listen(0, '::ffff:127.0.0.1')
  t.teardown(() => there.close())
  await once(there, 'listening')
  const where = `[::ffff:127.0.0.1]:${(there.address() as AddressInfo).port}`
  const config = configFor(directoryFor(t), `http.listen = "${where}"`)
  t.match(await portsInUse(config), [/ is in use\./])
  t.same(await portsInUse(config, [where]), [])
})

t.test('a daemon of an earlier version does not tell its ports, which are not told of as in use', async t => {
  const directory = directoryFor(t)
  const door = createServer().listen(0, '127.0.0.1')
  t.teardown(() => door.close())
  await once(door, 'listening')
  const where = `127.0.0.1:${(door.address() as AddressInfo).port}`
  const config = { ...configFor(directory, `http.listen = "${where}"`), state_dir: directory }
  const store = await openStore(directory, quietStore)
  t.teardown(() => store.close())
  // It has no errands.
  const site = { passwords: new Passwords(), events: quietEvents() }
  const shell = await openSocket(sharesOf(store), directory, site)
  t.teardown(() => shell.close())
  const { server } = await dnsServer(t, {})
  const { warnings } = await checkConfig(config, quietEvents(), { servers: [server] })
  t.notMatch(warnings.join('\n'), /is in use/)
})

t.test('queues, credentials and files are looked at', async t => {
  const directory = directoryFor(t)
  const checked = async (more: string) =>
    (await checkConfig(configFor(directory, more), quietEvents())).warnings
  t.match(await checked(''), [/^There is no state directory /])
  await inStore(configFor(directory), store =>
    store.transact(tx => tx.add('queues', queue({ email_address: HELPDESK }))),
  )
  t.match(await checked('mail.queue = "none"'), [
    /^The queue support has the address helpdesk@helpdesk\.example/,
    /^mail\.queue names none, but there is no such queue: .+ goes to queue Support/,
  ])
  const secrets = 'smarthost.url = "smtp://x@mail.example"\nsmarthost.password_file = "credential:x"\n'
  const tls = 'http.tls_cert = "/x"\nhttp.tls_key = "credential:key"\n'
  t.match(await checked(secrets + tls), [
    'http.tls_cert is not checked: only the service can read credentials of systemd.',
    'smarthost.password_file is not checked: only the service can read credentials of systemd.',
    String,
  ])
  await t.rejects(checked(secrets.replace('credential:', '/none/')), { code: 'invalid', message: /ENOENT/ })
})

t.test('what the configuration to begin with has as an example is told of', async t => {
  const toml = readFileSync(`${ROOT}systemd/helpdeskd.toml`, 'utf8')
  t.same(placeholders(parseConfig(toml, '')), [
    'mail.address still has the example example.org, which no mail reaches; write your own.',
    'smarthost.url still has the example mail.example.org, which no mail reaches; write your own.',
  ])
  t.same(placeholders(configFor(directoryFor(t))), [])
})

t.test('DNS is asked about mail.address and the queues, while a daemon runs, too', async t => {
  const { server } = await dnsServer(t, { '_dmarc.acme.io': { txt: ['v=DMARC1; p=none'] } })
  const { config, daemon } = await house(t, 'mail.address = "help@acme.io"', async tx => {
    await tx.add('queues', queue({ email_address: 'it@acme.net' }))
  })
  const told = async () => (await checkConfig(config, quietEvents(), { servers: [server] })).notes
  const both = [/^DNS of acme\.io: .+; DMARC p=none\.$/, /^DNS of acme\.net: .+; no DMARC\.$/]
  t.match(await told(), both)
  await daemon.stop()
  t.match(await told(), both)
})
