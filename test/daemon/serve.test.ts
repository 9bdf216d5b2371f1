import { execFile } from 'node:child_process'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { configText, directoryFor, until } from '../house.ts'
import { start } from '../program.ts'
import { needs } from '../tools.ts'

const execute = promisify(execFile)

/** Starts a command that reads its config from a pipe, so that it waits until the test writes it. */
async function waitingForConfig(t: Test, command: string) {
  const directory = directoryFor(t)
  const pipe = join(directory, 'helpdeskd.toml')
  await execute('mkfifo', [pipe])
  const started = start(t, ['--config', pipe, command])
  const file = await open(pipe, 'w')
  const configure = async () => {
    await file.writeFile(configText(directory))
    await file.close()
  }
  return { ...started, file, configure }
}

t.test(
  'a SIGHUP during the start of the daemon is a reload once it runs',
  { skip: needs('mkfifo') },
  async t => {
    const { child, configure, err, ended } = await waitingForConfig(t, 'serve')
    child.kill('SIGHUP')
    await configure()
    await until('it to reload', () => err().includes('"event":"reloaded","door":"mail"'))
    t.match(err(), /"event":"started"[\s\S]+"event":"reloaded"/)
    t.equal(err().split('"event":"reloaded","door":"mail"').length, 2, 'once')
    child.kill('SIGTERM')
    t.match(await ended, { exit: 0, err: /"event":"stopped"/ })
  },
)

t.test('a command other than serve ends with its terminal', { skip: needs('mkfifo') }, async t => {
  const { child, ended, file } = await waitingForConfig(t, 'queues')
  child.kill('SIGHUP')
  t.match(await ended, { exit: null, out: '', err: '' })
  t.equal(child.signalCode, 'SIGHUP')
  await file.close()
})
