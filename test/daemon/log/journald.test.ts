import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { endWith } from '../../ended.ts'
import { configText, directoryFor, until } from '../../house.ts'
import { NODE, PROGRAM } from '../../program.ts'

/** Starts the program with a file as standard error; `stream` makes JOURNAL_STREAM from the device and inode of that file. */
function logging(t: Test, command: string, more: string, stream: (device: bigint, inode: bigint) => string) {
  const directory = directoryFor(t)
  const config = join(directory, 'helpdeskd.toml')
  writeFileSync(config, configText(directory, more))
  const log = join(directory, 'log')
  const file = openSync(log, 'w')
  const { dev, ino } = fstatSync(file, { bigint: true })
  const env = { ...process.env, JOURNAL_STREAM: stream(dev, ino) }
  const words = [...NODE, PROGRAM, '--config', config, command]
  const child = spawn('env', words, { env, stdio: ['ignore', 'ignore', file] })
  endWith(t, child)
  closeSync(file)
  return { child, lines: () => readFileSync(log, 'utf8').trimEnd().split('\n') }
}

const journal = (device: bigint, inode: bigint) => `${device}:${inode}`

t.test('each line has a priority for the journal', async t => {
  const { child, lines } = logging(t, 'serve', 'mail.queue = "nowhere"', journal)
  await until('the daemon to start', () => lines().some(line => line.includes('"event":"started"')))
  child.kill('SIGTERM')
  await once(child, 'close')
  for (const line of lines()) {
    const [, priority, json = ''] = /^<([0-7])>(\{.*\})$/.exec(line) ?? []
    t.equal(priority, JSON.parse(json).level === 'warning' ? '4' : '6', line)
  }
  t.match(lines().join('\n'), /^<4>\{.*"event":"queue_missing"/m)
})

t.test('the reason of a failed start has the priority of an error', async t => {
  const { child, lines } = logging(t, 'serve', 'http.lisen = "x"', journal)
  t.same(await once(child, 'close'), [65, null])
  for (const line of lines()) t.match(line, /^<3>\S/)
})

t.test('without the journal there are no priorities', async t => {
  for (const stream of [() => '', (device: bigint, inode: bigint) => `${device}:${inode + 1n}`]) {
    const { child, lines } = logging(t, '--bogus', '', stream)
    await once(child, 'close')
    for (const line of lines()) t.match(line, /^[^<]/)
    t.notSame(lines(), [])
  }
})
