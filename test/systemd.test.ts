import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { ROOT } from './program.ts'
import { needs } from './tools.ts'

const execute = promisify(execFile)
const UNIT = `${ROOT}systemd/helpdeskd.service`
/** Ten times the highest exposure allowed. The unit has 1.6; a unit without restrictions has 9.6. */
const EXPOSURE = 20

t.test('systemd accepts the unit', { skip: needs('systemd-analyze') }, async t => {
  // It exits with 0 for unknown keys, and also reports on units of this machine.
  const { stderr } = await execute('systemd-analyze', ['verify', '--man=no', UNIT]).catch(error => error)
  const ours = stderr.split('\n').filter((line: string) => line.includes('helpdeskd.service'))
  const notInstalledHere = /Command \/usr\/bin\/node is not executable/
  t.same(
    ours.filter((line: string) => !notInstalledHere.test(line)),
    [],
  )
})

t.test('the unit restricts the daemon to what it needs', { skip: needs('systemd-analyze') }, async t => {
  const words = ['security', '--offline=true', `--threshold=${EXPOSURE}`, '--no-pager', UNIT]
  t.match(await execute('systemd-analyze', words).catch(error => error), {
    stdout: /Overall exposure level/,
    code: undefined,
  })
})

t.test('every setting of the unit has a comment with its reason', async t => {
  const plain = /^(?:Description|WantedBy|User|Group|ExecStart)=/
  const bare: string[] = []
  let reasoned = false
  for (const line of readFileSync(UNIT, 'utf8').split('\n')) {
    if (line.startsWith('#')) reasoned = true
    else if (!/^[A-Z]\w+=/.test(line)) reasoned = false
    else if (!reasoned && !plain.test(line)) bare.push(line)
  }
  t.same(bare, [])
})
