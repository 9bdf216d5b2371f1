import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { until } from '../house.ts'
import { ROOT } from '../program.ts'

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
  /** Runs a program of this machine in the network of the other. */
  inNetwork(program: string, ...words: string[]): Promise<Ran>
}

/** Boots systemd with helpdeskd installed, but not started. It ends with the test. */
export async function boot(t: Test, config: string): Promise<Machine> {
  const child = spawn(`${ROOT}test/systemd/boot.sh`, [ROOT.replace(/\/$/, ''), config, process.execPath])
  t.teardown(async () => {
    const ended = new Promise(resolve => child.once('close', resolve))
    child.stdin.end()
    await ended
  })
  let err = ''
  child.stderr.on('data', chunk => {
    err += chunk
  })
  const enter = async (namespaces: readonly string[], program: string, words: readonly string[]) => {
    const pid = await until('process 1', () => firstIn(child, err))
    return ran('nsenter', ['--target', pid, ...namespaces, program, ...words])
  }
  const machine = {
    run: (program: string, ...words: string[]) => enter(INSIDE, program, words),
    inNetwork: (program: string, ...words: string[]) => enter(['--net'], program, words),
  }
  await until('systemd to run', async () =>
    (await machine.run('systemctl', 'is-system-running')).out === 'running' ? true : undefined,
  )
  return machine
}

/** The process id of systemd. Throws what the script said if it has ended. */
function firstIn(script: ChildProcess, err: string): string | undefined {
  if (script.exitCode !== null) throw new Error(`systemd did not boot: ${err}`)
  for (const child of childrenOf(String(script.pid))) {
    const [first] = childrenOf(child)
    if (first) return first
  }
  return undefined
}

function childrenOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  } catch {
    return []
  }
}

async function ran(program: string, words: readonly string[]): Promise<Ran> {
  try {
    const { stdout, stderr } = await execute(program, words)
    return { code: 0, out: stdout.trim(), err: stderr.trim() }
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string }
    return { code: code ?? 1, out: stdout.trim(), err: stderr.trim() }
  }
}
