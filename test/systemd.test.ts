import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { ROOT } from './program.ts'
import { needs } from './tools.ts'

const execute = promisify(execFile)
const UNIT = `${ROOT}systemd/helpdeskd.service`
/** The exposure that the unit may have at most, times ten: it has 1.6, a plain one 9.6. */
const EXPOSURE = 20

t.test('the unit is one that systemd understands', { skip: needs('systemd-analyze') }, async t => {
  // It exits with 0 for keys that it does not know, and names units of this machine too.
  const { stderr } = await execute('systemd-analyze', ['verify', '--man=no', UNIT]).catch(error => error)
  const ours = stderr.split('\n').filter((line: string) => line.includes('helpdeskd.service'))
  const notInstalledHere = /Command \/usr\/bin\/node is not executable/
  t.same(
    ours.filter((line: string) => !notInstalledHere.test(line)),
    [],
  )
})

t.test('the unit keeps the daemon to what it needs', { skip: needs('systemd-analyze') }, async t => {
  const words = ['security', '--offline=true', `--threshold=${EXPOSURE}`, '--no-pager', UNIT]
  t.match(await execute('systemd-analyze', words).catch(error => error), {
    stdout: /Overall exposure level/,
    code: undefined,
  })
})

t.test('every setting of the unit has its reason above it', async t => {
  const lines = readFileSync(UNIT, 'utf8').split('\n')
  const blocks = lines.join('\n').split(/\n\n|\n(?=#)/)
  const bare = blocks.filter(
    block => /^[A-Z]\w+=/.test(block) && !/^(?:Description|WantedBy|User|ExecStart)=/.test(block),
  )
  t.same(bare, [])
})
