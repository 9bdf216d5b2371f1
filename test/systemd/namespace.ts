import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { until } from '../house.ts'
import { ROOT } from '../program.ts'
import { needs } from '../tools.ts'

const execute = promisify(execFile)
const INSIDE = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root', '--wd']

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A machine of its own, with systemd as process 1. */
export interface Machine {
  /** Runs a program in it. */
  run(program: string, ...words: string[]): Promise<Ran>
  /** Runs lines of a shell in it, to the first that fails; the words are $1, $2 and so on. */
  shell(lines: string, ...words: string[]): Promise<Ran>
  /** Runs a program of this machine in the network of the other. */
  inNetwork(program: string, ...words: string[]): Promise<Ran>
}

/** What `boot` needs, and why it cannot work at all on this machine: the `skip` of a test. */
export function cannotBoot(...tools: readonly string[]): false | string {
  const missing = needs('root', 'unshare', 'setpriv', 'nsenter', 'systemctl', 'findmnt', 'ip', ...tools)
  if (missing) return missing
  if (!readFileSync('/proc/mounts', 'utf8').includes(' cgroup2 ')) return 'cannot run: there is no cgroup2'
  const { status } = spawnSync('unshare', ['--mount', '--pid', '--net', '--cgroup', '--fork', 'true'])
  return status !== 0 && 'cannot run: namespaces are not permitted'
}

/**
 * Boots the systemd of a root directory, which is not changed; each path of `shared` is also seen at its value. It ends with the test.
 * Gives the reason for a skip if systemd does not come up, as where a container lacks the rights.
 */
export async function boot(
  t: Test,
  root: string,
  shared: Readonly<Record<string, string>>,
): Promise<Machine | string> {
  const places = Object.entries(shared).map(place => place.join(':'))
  const script = spawn(`${ROOT}test/systemd/boot.sh`, [root, ...places])
  t.teardown(async () => {
    if (script.exitCode !== null) return
    const ended = new Promise(resolve => script.once('close', resolve))
    script.stdin.end()
    await ended
  })
  const closed = new Promise(resolve => script.once('close', resolve))
  let said = ''
  script.stderr.on('data', chunk => {
    said += chunk
  })
  const ends = async () => {
    await closed
    return `cannot run: ${said.trim().split('\n').at(-1)}`
  }
  const first = await until('process 1', () => (script.exitCode === null ? systemdIn(script) : 'none'))
  if (first === 'none') return ends()
  const machine = machineOf(first)
  let state = ''
  const isUp = await until('systemd to run', async () => {
    state = (await machine.run('systemctl', 'is-system-running')).out
    return script.exitCode !== null || state === 'running' || state === 'degraded' || undefined
  }).catch(() => false)
  if (script.exitCode !== null) return ends()
  return isUp ? machine : `cannot run: systemd does not come up: "${state}"`
}

function machineOf(pid: string): Machine {
  const run = (program: string, ...words: string[]) =>
    ran('nsenter', ['--target', pid, ...INSIDE, program, ...words])
  return {
    run,
    shell: (lines, ...words) => run('sh', '-euc', lines, 'sh', ...words),
    inNetwork: (program, ...words) => ran('nsenter', ['--target', pid, '--net', program, ...words]),
  }
}

/** The process id of systemd, as soon as it runs. */
function systemdIn(script: ChildProcess): string | undefined {
  const [first] = childrenOf(String(script.pid)).flatMap(childrenOf)
  return first && nameOf(first) === 'systemd' ? first : undefined
}

function nameOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}

function childrenOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  } catch {
    return []
  }
}

async function ran(program: string, words: readonly string[]): Promise<Ran> {
  // The loader that tap puts into NODE_OPTIONS of every child does not exist in there.
  const bare = ['-i', `PATH=${process.env.PATH}`, `HOME=${process.env.HOME}`]
  try {
    const { stdout, stderr } = await execute('env', [...bare, program, ...words])
    return { code: 0, out: stdout.trim(), err: stderr.trim() }
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string }
    return { code: code ?? 1, out: stdout.trim(), err: stderr.trim() }
  }
}
