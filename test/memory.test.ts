import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { endWith } from './ended.ts'
import { directoryFor } from './house.ts'

const MEMORY = new URL('memory.js', import.meta.url).href

t.test('a directory in memory does not outlast a process that a signal ends', async t => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const directory = join(directoryFor(t), 'memory')
    mkdirSync(directory)
    writeFileSync(join(directory, 'file'), '')
    const program = `import { removeAtSignals } from '${MEMORY}'
      removeAtSignals(${JSON.stringify(directory)})
      setInterval(() => {}, 1000)
      console.log('ready')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program])
    endWith(t, child)
    await once(child.stdout, 'data')
    const exit = once(child, 'exit')
    child.kill(signal)
    t.same(await exit, [null, signal])
    t.equal(existsSync(directory), false, signal)
  }
})
