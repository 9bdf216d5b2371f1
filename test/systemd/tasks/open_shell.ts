import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { endWith } from '../../ended.ts'
import { type Ended, NORC } from '../../program.ts'

/**
 * Opens one shell in a directory, which finds programs in `bin` first. Gives a function that runs one command line after the other in it: a
 * shell for each would take longer to start than the command.
 */
export function openShell(
  t: Test,
  directory: string,
  bin: string,
): (line: string, input?: string) => Promise<Ended> {
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, TZ: 'UTC' }
  // Without the loader of tap, which every program would load.
  const bash = spawn('env', ['-u', 'NODE_OPTIONS', 'bash', NORC], { cwd: directory, env, stdio: 'pipe' })
  endWith(t, bash)
  const [input, out, err] = ['input', 'out', 'err'].map(name => join(directory, name)) as [
    string,
    string,
    string,
  ]
  const exits = createInterface(bash.stdout)
  bash.stdin.write('set -o pipefail\n')
  return async (line, given = '') => {
    writeFileSync(input, given)
    bash.stdin.write(`{\n${line}\n} <${input} >${out} 2>${err}\necho $?\n`)
    const [exit] = await once(exits, 'line')
    return { exit: Number(exit), out: readFileSync(out, 'utf8'), err: readFileSync(err, 'utf8') }
  }
}
