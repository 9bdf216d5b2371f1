// The packages, built from a copy of the sources and installed where nothing else is touched.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { createTransport } from 'nodemailer'
import t from 'tap'
import { endWith } from '../ended.ts'
import { configText, directoryFor, HELPDESK, until } from '../house.ts'
import { ROOT } from '../program.ts'
import { needs, without } from '../tools.ts'
import { copied, stages } from './containerfile.ts'
import { copyOfSources } from './sources.ts'

const execute = promisify(execFile)
const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'))
/** Without the loader of tap. */
const env = { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR }

async function run(cwd: string, program: string, ...words: string[]): Promise<string> {
  const { stdout } = await execute(program, words, { cwd, env, maxBuffer: 1e8 })
  return stdout.trim()
}

t.setTimeout(1_200_000)
t.test('the npm package', { skip: needs('npm', 'tar') }, async t => {
  const sources = copyOfSources(t)
  const prefix = join(directoryFor(t), 'prefix')
  await run(sources, 'npm', 'pack', '--silent')
  const tarball = join(sources, `helpdeskd-${version}.tgz`)
  const files = (await run(sources, 'tar', '--list', '--file', tarball)).split('\n')

  await t.test('it has what runs, what an operator reads, and no more', async t => {
    const own = files.filter(path => !path.startsWith('package/node_modules/'))
    for (const path of [
      'dist/daemon/main.js',
      'systemd/README.md',
      'systemd/helpdeskd.service',
      'CHANGELOG.md',
    ])
      t.ok(own.includes(`package/${path}`), path)
    const letters = readdirSync(join(ROOT, 'daemon/mail/out/letters')).filter(name => name.endsWith('.toml'))
    for (const name of letters) t.ok(own.includes(`package/dist/daemon/mail/out/letters/${name}`), name)
    t.same(
      own.filter(path => /\.(?:ts|map)$|\/test\/|debian|Containerfile/.test(path)),
      [],
    )
  })

  // An empty cache shows that nothing is downloaded.
  const cache = join(directoryFor(t), 'cache')
  await run(sources, 'npm', 'install', '--global', '--offline', '--cache', cache, '--prefix', prefix, tarball)
  const installed = join(prefix, 'lib/node_modules/helpdeskd')

  await t.test('it has the exact packages of the lock file', async t => {
    const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8'))
    const expected = Object.keys(packages).filter(path => packages[path].inBundle)
    t.ok(expected.length > 50)
    for (const path of expected) {
      const found = JSON.parse(readFileSync(join(installed, path, 'package.json'), 'utf8'))
      t.equal(found.version, packages[path].version, path)
    }
    t.notOk(existsSync(join(installed, 'node_modules/typescript')))
  })

  await t.test('it runs, also as process 1 of a container', { skip: needs('root', 'unshare') }, async t => {
    const directory = directoryFor(t)
    const config = join(directory, 'helpdeskd.toml')
    writeFileSync(config, configText(directory))
    const program = join(prefix, 'bin/helpdeskd')
    t.equal(await run(directory, program, '--version'), `helpdeskd ${version}`)
    t.match(await run(directory, program, '--config', config, 'init'), /shown only once/)

    const words = ['--pid', '--fork', '--kill-child', '--mount-proc', program, '--config', config, 'serve']
    const child = spawn('unshare', words, { env, stdio: ['ignore', 'ignore', 'pipe'] })
    endWith(t, child)
    const { http, smtp } = await started(child)
    t.equal((await fetch(`http://127.0.0.1:${http}/healthz`)).status, 200)
    // A mail is parsed in a process of its own, which process 1 has to wait for.
    const mailer = createTransport({ host: '127.0.0.1', port: smtp, ignoreTLS: true })
    await mailer.sendMail({ from: 'maria@example.net', to: HELPDESK, subject: 'Printer', text: 'It smokes.' })
    mailer.close()
    const ended = once(child, 'exit')
    process.kill(Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')), 'SIGTERM')
    t.same(await ended, [0, null])
    t.match(await run(directory, program, '--config', config, 'get_ticket', 'ticket=1'), /Printer/)
  })
})

t.test('the image of a container has all that its build reads', { skip: needs('npm') }, async t => {
  const directory = directoryFor(t)
  const [build = []] = stages()
  for (const { sources, to } of copied(build))
    for (const name of sources) {
      const target = to.endsWith('/') ? join(directory, to, basename(name)) : join(directory, to)
      mkdirSync(dirname(target), { recursive: true })
      cpSync(join(ROOT, name), target, { recursive: true })
    }
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'))
  await run(directory, 'npm', 'run', '--silent', 'build')
  t.equal(await run(directory, join(directory, 'dist/daemon/main.js'), '--version'), `helpdeskd ${version}`)
})

t.test('the Debian package', { skip: needs('npm', 'dpkg-deb', 'bash') }, async t => {
  const sources = copyOfSources(t)
  const [first, second] = [directoryFor(t), directoryFor(t)]
  const name = `helpdeskd_${version}_all.deb`
  const epoch = { ...env, SOURCE_DATE_EPOCH: '1767225600' }
  for (const directory of [first, second])
    await execute('npm', ['run', 'deb', '--silent', '--', directory], { cwd: sources, env: epoch })
  const deb = join(first, name)
  t.ok(readFileSync(deb).equals(readFileSync(join(second, name))), 'the same sources give the same bytes')

  await t.test('lintian finds no errors', { skip: without('lintian') }, async t => {
    const words = ['--allow-root', '--fail-on', 'error', deb]
    t.match(await execute('lintian', words).catch(error => error), { code: undefined })
  })

  const isDebian = needs('root', 'dpkg', 'unshare', 'systemd-sysusers')
  await t.test('it comes, stays over an upgrade and goes without systemd', { skip: isDebian }, async t => {
    const words = ['--mount', '--pid', '--fork', `${ROOT}test/systemd/package.sh`, directoryFor(t), deb]
    // tap puts NODE_OPTIONS into every child, whatever its environment.
    const { stdout } = await execute('env', ['-u', 'NODE_OPTIONS', 'unshare', ...words], {
      env,
      maxBuffer: 1e8,
    })
    t.match(stdout, /\nleft: \n$/, stdout)
  })
})

/** The ports of a daemon, once it has started. */
async function started(child: ChildProcess): Promise<{ http: number; smtp: number }> {
  let err = ''
  child.stderr!.on('data', chunk => {
    err += chunk
  })
  const line = await until('the daemon to start', () => /^\{.*"event":"started".*$/m.exec(err)?.[0])
  return JSON.parse(line)
}
