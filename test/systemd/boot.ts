// One thing: a service from its first start to a full disk, under a systemd of its own.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { directoryFor, HELPDESK, until } from '../house.ts'
import { POSTFIX_SERVICES } from '../postfix.ts'
import { ROOT } from '../program.ts'
import { needs } from '../tools.ts'
import { boot, type Machine } from './namespace.ts'
import { adapted, recipe } from './recipe.ts'

const CONFIG = '/etc/helpdeskd/helpdeskd.toml'
const STATE = '/var/lib/helpdeskd'
const SOCKETS = ['helpdeskd-smtp.socket', 'helpdeskd-http.socket']
const TRAFFIC = `${ROOT}dist/test/systemd/traffic.js`
/** How many POSTs and how many mails. */
const MANY = 200

/** Why this test cannot run; a machine without the rights, as a container, is no fault. */
function skipped(): false | string {
  const missing = needs('root', 'unshare', 'nsenter', 'systemctl', 'findmnt', 'ip', 'ss')
  if (missing) return missing
  if (!readFileSync('/proc/mounts', 'utf8').includes(' cgroup2 ')) return 'cannot run: there is no cgroup2'
  const { status } = spawnSync('unshare', ['--mount', '--pid', '--net', '--cgroup', '--fork', 'true'])
  return status !== 0 && 'cannot run: namespaces are not permitted'
}

t.setTimeout(300_000)
t.test('bash understands the script', { skip: needs('bash') }, async t => {
  t.match(spawnSync('bash', ['-n', `${ROOT}test/systemd/boot.sh`], { encoding: 'utf8' }), {
    status: 0,
    stderr: '',
  })
})

t.test('helpdeskd under systemd', { skip: skipped() }, async t => {
  const config = join(directoryFor(t), 'helpdeskd.toml')
  const listens = 'http.listen = "[::]:80"\nsmtp.listen = "[::]:25"\n'
  writeFileSync(
    config,
    `${listens}mail.address = "${HELPDESK}"\nsmarthost.url = "file:${STATE}/sent"\nlimits.letters_hour = 0\n`,
  )
  const machine = await boot(t, config)
  const systemctl = (...words: string[]) => machine.run('systemctl', ...words)
  const show = async (property: string) =>
    (await systemctl('show', '--value', '-p', property, 'helpdeskd')).out
  const program = (...words: string[]) =>
    machine.run('node', '/usr/lib/helpdeskd/dist/daemon/main.js', ...words)
  const traffic = async (posts: number, mails: number): Promise<string[]> => {
    const words = [String(posts), String(mails), login, 'maria@example.net', HELPDESK]
    const { out, err } = await machine.inNetwork(process.execPath, TRAFFIC, ...words)
    return err ? [err] : JSON.parse(out)
  }
  /** How many tickets there are: their numbers have no gaps. */
  const hasTickets = async (count: number): Promise<boolean> => {
    const last = await program('get_ticket', `ticket=${count}`)
    return last.code === 0 && (await program('get_ticket', `ticket=${count + 1}`)).code === 66
  }
  /** Replaces the config, or puts back the first one. */
  const configure = (toml: string) => machine.run('sh', '-c', `printf '%s' "$0" >${CONFIG}`, toml)
  const usual = readFileSync(config, 'utf8')
  let login = ''

  await t.test('init, and ports that systemd holds', async t => {
    const { out, err } = await program('init')
    const [, password = ''] = /shown only once: (\S+)/.exec(out) ?? []
    t.ok(password, err)
    login = `user=admin&password=${password}`
    t.match(await systemctl('start', ...SOCKETS), { code: 0 })
    t.equal(await show('ActiveState'), 'inactive')
  })

  await t.test('a start returns when the doors are open, and a reload at once waits for it', async t => {
    await systemctl('start', '--no-block', 'helpdeskd')
    await new Promise(resolve => setTimeout(resolve, 50))
    t.match(await systemctl('reload', 'helpdeskd'), { code: 0 })
    t.equal(await show('ActiveState'), 'active')
    t.equal(await show('NRestarts'), '0')
    t.equal(await show('StatusText'), 'HTTP at [::]:80; mail at [::]:25.')
    t.match(await systemctl('reload', 'helpdeskd'), { code: 0 })
    await until('it to reload', async () => /"event":"reloaded"/.test(await journal(machine)) || undefined)
    t.same(await traffic(1, 1), [])
    t.match(await systemctl('restart', 'helpdeskd'), { code: 0 })
    t.same(await traffic(1, 0), [], 'at once')
  })

  await t.test('a process that is killed or hangs starts again, with all that was confirmed', async t => {
    const quick = '[Service]\nRestartSec=100ms\nWatchdogSec=2s\n'
    const directory = '/etc/systemd/system/helpdeskd.service.d'
    await machine.run('sh', '-c', `mkdir ${directory} && printf '${quick}' >${directory}/test.conf`)
    await systemctl('daemon-reload')
    t.match(await systemctl('restart', 'helpdeskd'), { code: 0 })
    await systemctl('kill', '-s', 'KILL', 'helpdeskd')
    t.same(await traffic(1, 1), [], 'while it starts')
    t.equal(await show('NRestarts'), '1')
    await systemctl('kill', '-s', 'STOP', 'helpdeskd')
    t.same(await traffic(1, 1), [], 'after the watchdog')
    t.equal(await show('NRestarts'), '2')
    t.match(await journal(machine), /Watchdog timeout/)
    t.ok(await hasTickets(7))
  })

  await t.test('no connection is refused and nothing lost while it restarts', async t => {
    const sent = traffic(MANY, MANY)
    for (let time = 0; time < 3; time++) t.match(await systemctl('restart', 'helpdeskd'), { code: 0 })
    t.same(await sent, [])
    t.equal(await show('NRestarts'), '0')
    t.ok(await hasTickets(7 + 2 * MANY))
  })

  await t.test('a copy of the state directory, made while it works, can be restored', async t => {
    const sent = traffic(MANY / 10, MANY / 10)
    t.match(await machine.run('cp', '-a', STATE, '/var/copy'), { code: 0 })
    t.same(await sent, [])
    const toml = 'state_dir = "/var/copy"\nmail.address = "x@helpdesk.example"'
    await machine.run('sh', '-c', `printf '%s' "$0" >/etc/helpdeskd/copy.toml`, toml)
    const own = ['--config', '/etc/helpdeskd/copy.toml', 'queues']
    t.match(await program(...own), { code: 0, out: /support/ })
    await systemctl('stop', 'helpdeskd')
    await machine.run('sh', '-c', `rm -rf ${STATE}/* && cp -a /var/copy/. ${STATE}`)
    t.match(await program('restored'), { code: 0 })
    t.match(await systemctl('start', 'helpdeskd'), { code: 0 })
    t.match(await program('show', String(2 * MANY)), { code: 0 })
    t.same(await traffic(1, 1), [])
  })

  await t.test('a full disk refuses what needs room, and is no restart loop', async t => {
    await machine.run('sh', '-c', `cat /dev/zero >${STATE}/zeros`)
    t.match(await systemctl('restart', 'helpdeskd'), { code: 0 })
    t.match(await traffic(1, 1), [/503 .+disk/, /452/])
    t.match(await program('hold', '1'), { code: 75 })
    t.match(await program('show', '1'), { code: 0 })
    await machine.run('rm', `${STATE}/zeros`)
    t.same(await traffic(1, 1), [])
    t.match([await show('ActiveState'), await show('NRestarts')], ['active', '0'])
  })

  await t.test('a wrong config and a port in use fail the start, and the status says why', async t => {
    await configure(`${usual}\nhttp.bogus = 1\n`)
    t.not((await systemctl('restart', 'helpdeskd')).code, 0)
    t.match(await show('StatusText'), /line 7: there is no option "http\.bogus"/)
    t.equal(await show('ActiveState'), 'failed')
    await systemctl('stop', 'helpdeskd', ...SOCKETS)

    const own = usual.replace('[::]:80', '127.0.0.1:8090').replace('[::]:25', '127.0.0.1:2525')
    await configure(own)
    t.match(await systemctl('start', 'helpdeskd'), { code: 0 }, 'without sockets of systemd')
    await systemctl('stop', 'helpdeskd')
    const blocker = 'require("net").createServer().listen(2525, "127.0.0.1")'
    await systemctl('start', 'basic.target')
    await machine.run('systemd-run', '--unit=blocker', 'node', '-e', blocker)
    await until('the port to be taken', async () =>
      (await machine.run('ss', '-ltn')).out.includes(':2525') ? true : undefined,
    )
    t.not((await systemctl('start', 'helpdeskd')).code, 0)
    // It is tried again all the time, and the reason stands there in between.
    const reason = /127\.0\.0\.1:2525: another program listens there/
    await until('the reason', async () => reason.test(await show('StatusText')) || undefined)
    await systemctl('stop', 'blocker')
    await until('it to start again', async () =>
      (await show('ActiveState')) === 'active' ? true : undefined,
    )
    t.match(await systemctl('stop', 'helpdeskd'), { code: 0 })
    t.match([await show('Result'), await show('ExecMainStatus')], ['success', '0'])
  })

  await t.test('a Postfix keeps port 25, and hands over', { skip: needs('postfix') }, async t => {
    await startPostfixIn(machine)
    t.not((await systemctl('start', 'helpdeskd-smtp.socket')).code, 0)
    t.match((await systemctl('status', 'helpdeskd-smtp.socket')).out, /Address already in use/)
    t.match(await systemctl('start', 'helpdeskd'), { code: 0 })
    t.match(await show('StatusText'), /mail at 127\.0\.0\.1:2525/)
    const received = async () => (await journal(machine)).match(/"event":"mail_received"/g)?.length ?? 0
    const before = await received()
    t.same(await traffic(0, 1), [])
    await until('the mail', async () => (await received()) > before || undefined)
    t.match(await systemctl('stop', 'helpdeskd'), { code: 0 })
  })
})

/** Starts a Postfix on port 25 of the machine, with the settings of the recipe for the domain of the helpdesk. */
async function startPostfixIn(machine: Machine): Promise<void> {
  const [main = ''] = recipe('Postfix hands over by SMTP')
  const settings = [
    'compatibility_level = 3.6',
    'queue_directory = /var/postfix/spool',
    'data_directory = /var/postfix/data',
    'maillog_file = /var/log/postfix.log',
    'inet_interfaces = 127.0.0.1',
    'inet_protocols = ipv4',
    'myhostname = mx.helpdesk.example',
    'mydestination = helpdesk.example',
    'alias_maps =',
    'alias_database =',
    adapted(main, { '@example.org': '@helpdesk.example' }),
  ]
  const services = ['25 inet n - n - - smtpd', ...POSTFIX_SERVICES, '']
  const script = [
    'mkdir -p /var/postfix/spool /var/postfix/data /var/postfix/conf && chown postfix /var/postfix/data',
    'printf %s "$0" >/var/postfix/conf/main.cf && printf %s "$1" >/var/postfix/conf/master.cf',
    'postfix -c /var/postfix/conf start',
  ]
  const ran = await machine.run('sh', '-c', script.join(' && '), settings.join('\n'), services.join('\n'))
  if (ran.code !== 0) throw new Error(`Postfix did not start: ${ran.err}`)
}

async function journal(machine: Machine): Promise<string> {
  return (await machine.run('journalctl', '-u', 'helpdeskd', '-o', 'cat', '--no-pager')).out
}
