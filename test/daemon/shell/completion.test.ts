import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { directoryFor } from '../../house.ts'
import { run } from '../../program.ts'
import { needs } from '../../tools.ts'

const execute = promisify(execFile)

t.test('bash completes commands, options, parameters and topics', { skip: needs('bash') }, async t => {
  const script = await scriptFor(t, 'bash')
  const after = async (...words: string[]) => {
    const line = ['helpdeskd', ...words].map(word => `'${word}'`).join(' ')
    const asking = `compopt() { :; }; COMP_WORDS=(${line}) COMP_CWORD=${words.length}; _helpdeskd; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = await execute('bash', ['--norc', '-c', `. ${script}; ${asking}`])
    return stdout.split('\n').filter(Boolean)
  }
  t.same(await after('hol'), ['hold', 'hold_ticket'])
  t.same(await after('check'), ['check-config'])
  t.same(await after('--js'), ['--json'])
  t.same(await after('--config', 'x.toml', '--json', 'unh'), ['unhold', 'unhold_ticket'])
  t.same(await after('hold_ticket', 're'), ['reason='])
  t.same(await after('--as', 'susan', 'set_priority', 'pri'), ['priority='])
  t.same(await after('help', 'prio'), ['priority'])
  t.same(await after('completion', ''), ['bash', 'zsh'])
  t.same(await after('hold', '3'), [], 'a grammar has no words to complete')
})

t.test('zsh loads the script', { skip: needs('zsh') }, async t => {
  const script = await scriptFor(t, 'zsh')
  const loads = `autoload -Uz compinit && compinit -D -u && . ${script} && print -r -- $_comps[helpdeskd]`
  const { stdout, stderr } = await execute('zsh', ['-f', '-c', loads])
  t.match({ stdout, stderr }, { stdout: '_helpdeskd\n', stderr: '' })
})

t.test('another shell is refused', async t => {
  const wrong = /^The command completion takes the name of a shell: bash or zsh\./
  for (const words of [[], ['fish'], ['constructor'], ['bash', 'zsh']])
    t.match(await run(t, ['completion', ...words]), { exit: 64, out: '', err: wrong })
})

async function scriptFor(t: Test, shell: string): Promise<string> {
  const path = join(directoryFor(t), 'completion')
  const { exit, out } = await run(t, ['completion', shell])
  t.equal(exit, 0)
  writeFileSync(path, out)
  return path
}
