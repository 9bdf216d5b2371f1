import { execFile } from 'node:child_process'
import { existsSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { programCommands } from '../../../daemon/commands/program_commands.ts'
import { completions } from '../../../daemon/shell/completion.ts'
import { commandLines } from '../../command_lines.ts'
import { directoryFor } from '../../house.ts'
import { NORC, ROOT } from '../../program.ts'
import { needs } from '../../tools.ts'

const execute = promisify(execFile)
const BASH_COMPLETION = '/usr/share/bash-completion/bash_completion'

t.test('bash completes commands, options, parameters and topics', { skip: needs('bash') }, async t => {
  const script = scriptFor(t, 'bash')
  const after = async (...words: string[]) => {
    const line = ['helpdeskd', ...words].map(word => `'${word}'`).join(' ')
    const asking = `compopt() { :; }; COMP_WORDS=(${line}) COMP_CWORD=${words.length}; _helpdeskd; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = await execute('bash', [NORC, '-c', `. ${script}; ${asking}`])
    return stdout.split('\n').filter(Boolean)
  }
  t.same(await after('hol'), ['hold', 'hold_ticket'])
  t.same(await after('check'), ['check-config'])
  t.same(await after('--js'), ['--json'])
  t.same(await after('--config', 'x.toml', '--json', 'unh'), ['unhold', 'unhold_ticket'])
  t.same(await after('hold_ticket', 're'), ['reason='])
  t.same(await after('--as', 'susan', 'set_priority', 'pri'), ['priority='])
  t.same(await after('help', 'prio'), ['priority'])
  t.same(await after('help', 'ini'), ['init'])
  t.same(await after('completion', ''), ['bash', 'zsh'])
  t.same(await after('hold', '3'), [], 'a grammar has no words to complete')
  // Of these, bash completes files.
  for (const words of [
    ['--config', ''],
    ['--config', '=', 'x'],
    ['proof', ''],
  ])
    t.same(await after(...words), [])
  t.same(await after('--config', '=', 'x.toml', 'unh'), ['unhold', 'unhold_ticket'])
  t.same(await after('--ver'), ['--version'])
})

t.test(
  'bash-completion and zsh find the scripts by their names, and zsh loads a script by its path',
  async t => {
    const directory = directoryFor(t)
    await execute(process.execPath, [`${ROOT}dist/daemon/man/write.js`, directory])
    const folder = join(directory, 'completion')
    await t.test(
      'bash',
      { skip: existsSync(BASH_COMPLETION) ? false : 'is without bash-completion' },
      async t => {
        symlinkSync(folder, join(directory, 'completions'))
        const load = `. ${BASH_COMPLETION}; if type _comp_load >/dev/null 2>&1; then _comp_load helpdeskd; else _completion_loader helpdeskd; fi`
        const env = { ...process.env, BASH_COMPLETION_USER_DIR: directory }
        const { stdout } = await execute('bash', [NORC, '-c', `${load}; complete -p helpdeskd`], { env })
        t.equal(stdout, 'complete -o default -F _helpdeskd helpdeskd\n')
      },
    )
    await t.test('zsh', { skip: needs('zsh') }, async t => {
      const found = `fpath=(${folder} $fpath); autoload -Uz compinit && compinit -D -u && print -r -- $_comps[helpdeskd]`
      const loaded = `unset '_comps[helpdeskd]' && . ${scriptFor(t, 'zsh')} && print -r -- $_comps[helpdeskd]`
      const { stdout, stderr } = await execute('zsh', ['-f', '-c', `${found} && ${loaded}`])
      t.match({ stdout, stderr }, { stdout: '_helpdeskd\n_helpdeskd\n', stderr: '' })
    })
  },
)

t.test('the program writes the script of a shell, and refuses another shell', async t => {
  const run = commandLines(t)
  for (const [shell, script] of Object.entries(completions))
    t.match(await run(['completion', shell]), { exit: 0, out: script(programCommands).trimEnd(), err: '' })
  const wrong = /^The command completion takes the name of a shell: bash or zsh\./
  for (const words of [[], ['fish'], ['constructor'], ['bash', 'zsh']])
    t.match(await run(['completion', ...words]), { exit: 64, out: '', err: wrong })
})

function scriptFor(t: Test, shell: string): string {
  const path = join(directoryFor(t), 'completion')
  writeFileSync(path, completions[shell]!(programCommands))
  return path
}
