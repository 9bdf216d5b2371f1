import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { ROOT } from './program.ts'
import { needs } from './tools.ts'

const execute = promisify(execFile)
const UNIT = `${ROOT}systemd/helpdeskd.service`
const UNITS = readdirSync(`${ROOT}systemd`).filter(name => /\.(?:service|socket)$/.test(name))
/** Ten times the highest exposure allowed; a unit without restrictions has 9.6. */
const EXPOSURE = 15

t.test('systemd accepts the units', { skip: needs('systemd-analyze') }, async t => {
  // It exits with 0 for unknown keys, and also reports on units of this machine.
  const paths = UNITS.map(name => `${ROOT}systemd/${name}`)
  const { stderr } = await execute('systemd-analyze', ['verify', '--man=no', ...paths]).catch(error => error)
  const ours = stderr.split('\n').filter((line: string) => line.includes('helpdeskd'))
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

t.test('every setting of the units has a comment with its reason', async t => {
  const plain = /^(?:Description|WantedBy|User|Group|ExecStart|ListenStream|Service)=/
  const bare: string[] = []
  let reasoned = false
  for (const line of UNITS.flatMap(name => readFileSync(`${ROOT}systemd/${name}`, 'utf8').split('\n'))) {
    if (line.startsWith('#')) reasoned = true
    else if (!/^[A-Z]\w+=/.test(line)) reasoned = false
    else if (!reasoned && !plain.test(line)) bare.push(line)
  }
  t.same(bare, [])
})
