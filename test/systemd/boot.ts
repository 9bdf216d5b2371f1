// One thing: a service from its first start to a full disk, under a systemd of its own.
import { spawnSync } from 'node:child_process'
import t from 'tap'
import { HELPDESK, until } from '../house.ts'
import { POSTFIX_SERVICES } from '../postfix.ts'
import { ROOT } from '../program.ts'
import { needs } from '../tools.ts'
import { cannotBoot, type Machine } from './namespace.ts'
import { adapted, recipe } from './recipe.ts'
import { firstUser, installed, SOCKETS, STATE } from './service.ts'

/** How many POSTs and how many mails. */
const MANY = 200
/** `limits.letters_hour` would hold back acknowledgements, and they are not read here. */
const TOML = `http.listen = "[::]:80"
smtp.listen = "[::]:25"
mail.address = "${HELPDESK}"
smarthost.url = "file:${STATE}/sent"
limits.letters_hour = 0
`

t.setTimeout(900_000)
t.test('bash understands the script', { skip: needs('bash') }, async t => {
  t.match(spawnSync('bash', ['-n', `${ROOT}test/systemd/boot.sh`], { encoding: 'utf8' }), {
    status: 0,
    stderr: '',
  })
})

t.test('helpdeskd under systemd', { skip: cannotBoot('ss') }, async t => {
  const service = await installed(t, TOML)
  if (typeof service === 'string') return t.plan(0, service)
  const { systemctl, show, helpdeskd, configure, edit, journal, run, shell } = service
  const traffic = (posts: number, mails: number) => service.traffic(login, posts, mails, HELPDESK)
  /** How many tickets there are: their numbers have no gaps. */
  const hasTickets = async (count: number): Promise<boolean> => {
    const last = await helpdeskd('get_ticket', `ticket=${count}`)
    return last.code === 0 && (await helpdeskd('get_ticket', `ticket=${count + 1}`)).code === 66
  }
  let login = ''

  await t.test('init, and ports that systemd holds: a POST and a mail start the service', async t => {
    login = await firstUser(service)
    t.match(await systemctl('start', ...SOCKETS), { code: 0 })
    t.equal(await show('ActiveState'), 'inactive')
    t.same(await traffic(1, 1), [])
    t.equal(await show('ActiveState'), 'active')
    t.ok(await hasTickets(2))
    t.match(await systemctl('stop', 'helpdeskd'), { code: 0 })
  })

  await t.test('a start returns when the doors are open, and a reload at once waits for it', async t => {
    await systemctl('start', '--no-block', 'helpdeskd')
    await new Promise(resolve => setTimeout(resolve, 50))
    t.match(await systemctl('reload', 'helpdeskd'), { code: 0 })
    t.equal(await show('ActiveState'), 'active')
    t.equal(await show('NRestarts'), '0')
    t.equal(await show('StatusText'), 'HTTP at [::]:80; mail at [::]:25.')
    t.match(await systemctl('reload', 'helpdeskd'), { code: 0 })
    await until('it to reload', async () => /"event":"reloaded"/.test(await journal()) || undefined)
    t.same(await traffic(1, 1), [])
    t.match(await systemctl('restart', 'helpdeskd'), { code: 0 })
    t.same(await traffic(1, 0), [], 'at once')
  })

  await t.test('a process that is killed or hangs starts again, with all that was confirmed', async t => {
    t.match(await edit('[Service]\nRestartSec=100ms\nWatchdogSec=5s'), { code: 0 })
    t.match(await systemctl('restart', 'helpdeskd'), { code: 0 })
    await systemctl('kill', '-s', 'KILL', 'helpdeskd')
    t.same(await traffic(1, 1), [], 'while it starts')
    t.equal(await show('NRestarts'), '1')
    await systemctl('kill', '-s', 'STOP', 'helpdeskd')
    t.same(await traffic(1, 1), [], 'after the watchdog')
    t.equal(await show('NRestarts'), '2')
    t.match(await journal(), /Watchdog timeout/)
    t.ok(await hasTickets(9))
  })

  await t.test('no connection is refused and nothing lost while it restarts', async t => {
    const sent = traffic(MANY, MANY)
    for (let time = 0; time < 3; time++) t.match(await systemctl('restart', 'helpdeskd'), { code: 0 })
    t.same(await sent, [])
    t.equal(await show('NRestarts'), '0')
    t.ok(await hasTickets(9 + 2 * MANY))
  })

  await t.test('a copy of the state directory, made while it works, can be restored', async t => {
    const sent = traffic(MANY / 10, MANY / 10)
    t.match(await run('cp', '-a', STATE, '/var/copy'), { code: 0 })
    t.same(await sent, [])
    const toml = 'state_dir = "/var/copy"\nmail.address = "x@helpdesk.example"'
    await shell(`printf '%s' "$1" >/etc/helpdeskd/copy.toml`, toml)
    const own = ['--config', '/etc/helpdeskd/copy.toml', 'queues']
    t.match(await helpdeskd(...own), { code: 0, out: /support/ })
    await systemctl('stop', 'helpdeskd')
    await shell(`rm -rf ${STATE}/* && cp -a /var/copy/. ${STATE}`)
    t.match(await helpdeskd('restored'), { code: 0 })
    t.match(await systemctl('start', 'helpdeskd'), { code: 0 })
    t.match(await helpdeskd('show', String(2 * MANY)), { code: 0 })
    t.same(await traffic(1, 1), [])
  })

  await t.test('a full disk refuses what needs room, and is no restart loop', async t => {
    await shell(`cat /dev/zero >${STATE}/zeros`)
    t.match(await systemctl('restart', 'helpdeskd'), { code: 0 })
    t.match(await traffic(1, 1), [/503 .+disk/, /452/])
    t.match(await helpdeskd('hold', '1'), { code: 75 })
    t.match(await helpdeskd('show', '1'), { code: 0 })
    await run('rm', `${STATE}/zeros`)
    t.same(await traffic(1, 1), [])
    t.match([await show('ActiveState'), await show('NRestarts')], ['active', '0'])
  })

  await t.test('a wrong config and a port in use fail the start, and the status says why', async t => {
    await configure(`${TOML}\nhttp.bogus = 1\n`)
    t.not((await systemctl('restart', 'helpdeskd')).code, 0)
    t.match(await show('StatusText'), /line 7: there is no option "http\.bogus"/)
    t.equal(await show('ActiveState'), 'failed')
    await systemctl('stop', 'helpdeskd', ...SOCKETS)

    const own = TOML.replace('[::]:80', '127.0.0.1:8090').replace('[::]:25', '127.0.0.1:2525')
    await configure(own)
    t.match(await systemctl('start', 'helpdeskd'), { code: 0 }, 'without sockets of systemd')
    await systemctl('stop', 'helpdeskd')
    const blocker = 'require("net").createServer().listen(2525, "127.0.0.1")'
    await run('systemd-run', '--unit=blocker', 'node', '-e', blocker)
    await until('the port to be taken', async () =>
      (await run('ss', '-ltn')).out.includes(':2525') ? true : undefined,
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
    await startPostfixIn(service)
    t.not((await systemctl('start', 'helpdeskd-smtp.socket')).code, 0)
    t.equal(
      (await systemctl('show', '--value', '-p', 'Result', 'helpdeskd-smtp.socket')).out.trim(),
      'resources',
    )
    // A short-lived process of systemd logs the reason, so the journal has it a moment later, and sometimes
    // without the unit.
    const found = () => run('journalctl', '--boot', '--grep', 'already in use')
    await until('the reason', async () => (await found()).out.includes('([::]:25)') || undefined)
    t.match(await systemctl('start', 'helpdeskd'), { code: 0 })
    t.match(await show('StatusText'), /mail at 127\.0\.0\.1:2525/)
    const received = async () => (await journal()).match(/"event":"mail_received"/g)?.length ?? 0
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
