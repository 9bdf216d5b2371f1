import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { killGroup } from '../ended.ts'
import { configText, directoryFor, until } from '../house.ts'
import { NODE, PROGRAM } from '../program.ts'
import { needs } from '../tools.ts'

const NOBODY = 65534

/** Throws the error of Debian 13's Node, in any Node. */
const cannotChangeUser = `for (const name of ['setgroups', 'setgid', 'setuid']) process[name] = () => {
  throw Object.assign(new Error(name + '() disabled: io_uring may be enabled.'), { code: 'ERR_INVALID_STATE' })
}`
const IMPORT = `--import=data:text/javascript,${encodeURIComponent(cannotChangeUser)}`

/** A state directory of another user, and the program of root for it, with a Node that cannot change its user, in its own process group. */
function setting(t: Test) {
  const directory = directoryFor(t)
  const config = join(directory, 'helpdeskd.toml')
  const state = join(directory, 'state')
  writeFileSync(config, configText(directory))
  chmodSync(directory, 0o755)
  mkdirSync(state, { mode: 0o700 })
  chownSync(state, NOBODY, NOBODY)
  const begin = (words: readonly string[], input: string | 'open' = '') => {
    const all = [...NODE, IMPORT, PROGRAM, '--config', config, ...words]
    const child = spawn('env', all, { stdio: 'pipe', detached: true })
    t.teardown(() => killGroup(child.pid!))
    const kill = (signal: NodeJS.Signals) => {
      try {
        process.kill(-child.pid!, signal)
      } catch {}
    }
    let err = ''
    child.stderr.on('data', chunk => (err += chunk))
    if (input !== 'open') child.stdin.end(input)
    const exit = new Promise<number | null>(resolve => child.once('close', resolve))
    const ended = Promise.all([exit, text(child.stdout)]).then(([exit, out]) => ({ exit, out, err }))
    return { child, kill, err: () => err, ended }
  }
  const owners = () => new Set(readdirSync(state).map(name => statSync(join(state, name)).uid))
  return { begin, owners, state }
}

const asRoot = { skip: needs('root') }

t.test('if Node cannot change its user, a second process runs the command as the owner', asRoot, async t => {
  const { begin, owners, state } = setting(t)
  const run = (words: string[], input?: string) => begin(words, input).ended
  t.match(await run(['init']), { exit: 0, out: /^Added the queue Support/, err: '' })
  t.match(await run(['create', 'support:', 'x'], 'From\nbelow.\n'), { exit: 0 })
  t.match(readFileSync(join(state, 'helpdesk.json'), 'utf8'), '"comment":"From\\nbelow.\\n"')
  t.match(await run(['hold', '7']), { exit: 66, out: '', err: 'There is no ticket 7.\n' })
  t.match(await run(['repair']), { exit: 0, out: 'Nothing is damaged.\n' })
  t.same([...owners()], [NOBODY])
})

t.test('a daemon in a second process gets the signals of the first', asRoot, async t => {
  const { begin, owners } = setting(t)
  const { child, kill, err, ended } = begin(['serve'])
  await until('the daemon to start', () => err().includes('"event":"started"'))
  t.not(groupOf(secondOf(child)!), groupOf(child.pid!), 'the Ctrl-C of a terminal reaches only the first')
  child.kill('SIGHUP')
  await until('it to reload', () => err().includes('"event":"reloaded"'))
  t.same([...owners()], [NOBODY])
  kill('SIGINT')
  t.match(await ended, { exit: 0, err: /"event":"stopping","signal":"SIGINT"[\s\S]+"event":"stopped"/ })
})

t.test('the first process ends by the signal that ended the second', asRoot, async t => {
  const { begin } = setting(t)
  // It waits for the password.
  const { child, ended } = begin(['set_password', 'username=x', 'new_password=-'], 'open')
  process.kill(await until('the second process', () => secondOf(child)), 'SIGKILL')
  t.match(await ended, { exit: null })
  t.equal(child.signalCode, 'SIGKILL')
})

/** The process that this one has started; undefined while there is none. */
function secondOf({ pid }: ChildProcess): number | undefined {
  return Number.parseInt(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'), 10) || undefined
}

function groupOf(pid: number): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2]
}
