import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { configText, directoryFor, until } from '../house.ts'
import { serve, start } from '../program.ts'
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

t.test('SIGHUP says which options wait for a restart, and that a file has become faulty', async t => {
  const directory = directoryFor(t)
  const config = join(directory, 'helpdeskd.toml')
  writeFileSync(config, configText(directory))
  const { child, err, ended } = await serve(t, config)
  const reload = async (toml: string, sign: RegExp) => {
    writeFileSync(config, toml)
    child.kill('SIGHUP')
    return until('the event', () => sign.exec(err())?.[0])
  }
  const secret = 'smarthost.url = "smtp://x:hunter2@mail.example.org"\nlimits.letters_hour = 7\n'
  t.match(
    await reload(configText(directory, secret), /.*restart_needed.*/),
    '"keys":["smarthost.url","limits.letters_hour"]',
  )
  t.match(await reload('x = 1\n', /.*config_faulty.*/), /line 1: there is no option \\"x\\"/)
  t.notMatch(err(), 'hunter2')
  child.kill('SIGTERM')
  t.match(await ended, { exit: 0 })
})
