// One thing: helpdeskd from the first installation to the purge, on a Debian that has nothing else, by the steps of systemd/README.md.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { directoryFor, HELPDESK, until } from '../house.ts'
import { ROOT } from '../program.ts'
import { without } from '../tools.ts'
import { debsIn, OLDER } from './deb.ts'
import { boot, cannotBoot, type Machine } from './namespace.ts'
import { adapted, recipe } from './recipe.ts'
import { CONFIG, serviceOn } from './service.ts'

const execute = promisify(execFile)
/** Where the directories of the packages are seen. */
const OLD = '/srv/older'
const NEW = '/srv/newer'
/** Every file, user and unit; without what apt, dpkg and the linker keep of all packages. */
const LIST = `{ find / -xdev ; getent passwd; getent group; systemctl list-unit-files --no-legend; ls -d /run/helpdeskd*; } |
grep -Ev '^/(var/(cache|log/(apt|dpkg.log|alternatives.log)|lib/(apt|dpkg))|etc/ld.so.cache|etc/[a-z]*-$)' | sort >/run/`

/** The path of the root directory of a release, in which lines of a shell ran with a network; or the reason for a skip. Keeps it for later. */
async function bareRoot(release: string, lines: string): Promise<{ root: string } | string> {
  const script = `${ROOT}test/systemd/bare_root.sh`
  const version = createHash('sha256').update(readFileSync(script)).update(lines).digest('hex').slice(0, 8)
  const root = join(
    process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
    `helpdeskd-${release}-${version}`,
  )
  try {
    await execute('env', ['-u', 'NODE_OPTIONS', script, release, root, lines], {
      maxBuffer: 100_000_000,
    })
    return { root }
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string }
    return `cannot run: there is no root of ${release}: ${stderr.trim().split('\n').at(-1)}`
  }
}

/** Runs lines of a shell; gives what they print. Throws what went wrong. */
async function step(machine: Machine, lines: string): Promise<string> {
  const { code, out, err } = await machine.shell(lines)
  if (code !== 0) throw new Error(`${lines}\nended with ${code}:\n${out}\n${err}`)
  return out
}

const [install = '', newerNode = ''] = recipe('From the Debian package')
const [configure = ''] = recipe('Configuring')
t.setTimeout(3_600_000)
const skip = cannotBoot('dpkg-deb', 'npm') || without('debootstrap')
t.test('from the first installation to the purge', { skip }, async t => {
  const { older, newer } = await debsIn(directoryFor(t))
  for (const [release, lines] of Object.entries({ trixie: '', bookworm: newerNode }))
    await t.test(release, async t => {
      const bare = await bareRoot(release, lines)
      if (typeof bare === 'string') return t.plan(0, bare)
      const machine = await boot(t, bare.root, { [older]: OLD, [newer]: NEW })
      if (typeof machine === 'string') return t.plan(0, machine)
      await isKeptAndPurged(t, machine)
    })
})

async function isKeptAndPurged(t: Test, machine: Machine): Promise<void> {
  const service = serviceOn(machine)
  const { systemctl, show, helpdeskd, journal } = service
  let login = ''
  let tickets = 0
  const traffic = async (posts: number, mails: number): Promise<string[]> => {
    tickets += posts + mails
    return service.traffic(login, posts, mails, HELPDESK)
  }

  await t.test('it is installed and configured, and takes its first tickets', async t => {
    await step(machine, `${LIST}before`)
    t.match(await step(machine, `cd ${OLD}\n${install}`), /helpdeskd is installed, but not started/)
    t.equal(await show('ActiveState'), 'inactive')
    t.equal(await step(machine, `stat -c '%a %U %G' ${CONFIG}`), '640 root helpdeskd')
    const own = {
      'address = "helpdesk@example.org"': `address = "${HELPDESK}"`,
      'smtp://mail.example.org:25': 'file:/var/lib/helpdeskd/sent',
      '"127.0.0.1:2525"': '"[::]:25"',
      '"127.0.0.1:8090"': '"[::]:80"',
    }
    const toml = adapted(await step(machine, `cat ${CONFIG}`), own)
    await service.configure(`${toml}\n`)
    const said = await step(machine, configure)
    login = `user=admin&password=${/shown only once: (\S+)/.exec(said)?.[1]}`
    const [, commands = ''] = /helpdeskd runs:\n(.*?)\n +sed /s.exec(said) ?? []
    t.match(await step(machine, commands), /Ticket 1 /)
    tickets = 1
    t.same(await traffic(1, 1), [])
    t.match(await helpdeskd('--version'), { out: new RegExp(OLDER) })
  })

  await t.test('an upgrade refuses no connection, and keeps tickets and configuration', async t => {
    const before = [await show('MainPID'), await step(machine, `cat ${CONFIG}`)]
    let isOver = false
    // dpkg asks whether to keep the edited file.
    const upgrade = step(machine, `cd ${NEW}\n{ echo n | ${install.trim()}; } 2>&1`).finally(() => {
      isOver = true
    })
    const refused: string[] = []
    while (!isOver) refused.push(...(await traffic(3, 3)))
    t.notMatch(await upgrade, /not started/)
    t.same(refused, [])
    t.same(await traffic(1, 1), [])
    t.not(await show('MainPID'), before[0])
    t.equal(await step(machine, `cat ${CONFIG}`), before[1])
    t.match(await step(machine, `cat ${CONFIG}.dpkg-dist`), /^(?!.*older version)/s)
    t.equal(await step(machine, `stat -c '%a %U %G' ${CONFIG}`), '640 root helpdeskd')
    t.match([await show('WatchdogUSec'), await show('NeedDaemonReload')], ['1min', 'no'])
    t.notMatch(await helpdeskd('--version'), { out: new RegExp(OLDER) })
    t.match(await helpdeskd('show', String(tickets)), { code: 0 })
    t.match(await helpdeskd('show', String(tickets + 1)), { code: 66 })
    t.match([await show('ActiveState'), await show('NRestarts')], ['active', '0'])
  })

  await t.test('a reload is notified where systemd knows it', async t => {
    const [, version = '0'] = /^systemd (\d+)/.exec((await systemctl('--version')).out) ?? []
    if (Number(version) < 253) return t.plan(0, `cannot run: systemd ${version} is older than 253`)
    await service.edit('[Service]\nType=notify-reload\nExecReload=')
    t.match(await systemctl('stop', 'helpdeskd'), { code: 0 })
    await systemctl('start', '--no-block', 'helpdeskd')
    await new Promise(resolve => setTimeout(resolve, 50))
    t.match(await systemctl('reload', 'helpdeskd'), { code: 0 })
    t.match([await show('Type'), await show('ActiveState')], ['notify-reload', 'active'])
    t.match(await systemctl('reload', 'helpdeskd'), { code: 0 })
    await until('it to reload', async () => /"event":"reloaded"/.test(await journal()) || undefined)
    t.same(await traffic(1, 1), [])
  })

  await t.test('removed, it keeps its data; purged, it leaves nothing', async t => {
    await step(machine, 'apt-get remove helpdeskd')
    t.equal(await show('ActiveState'), 'inactive')
    t.match(await step(machine, `cat ${CONFIG} && ls /var/lib/helpdeskd`), /helpdesk\.json/)
    await step(machine, 'apt-get purge helpdeskd && apt-get autoremove --purge')
    await step(machine, `${LIST}after`)
    t.equal((await machine.shell('diff /run/before /run/after | head -n 100')).out, '')
  })
}
