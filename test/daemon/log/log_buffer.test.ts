import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { gathering } from '../../../daemon/log/log_buffer.ts'
import { NODE } from '../../program.ts'

t.test('texts of one turn are passed on in one piece, before the event loop continues', async t => {
  const pieces: string[] = []
  const gather = gathering(text => pieces.push(text))
  gather('one ')
  await Promise.resolve()
  await Promise.resolve().then(() => gather('two '))
  gather('three')
  t.same(pieces, [])
  await new Promise(setImmediate)
  t.same(pieces, ['one two three'])
  gather('four')
  await new Promise(setImmediate)
  t.same(pieces, ['one two three', 'four'])
})

t.test('no line of the log is lost, whichever way the process ends', async t => {
  const ends = {
    'process.exit': 'process.exit(70)',
    'an uncaught exception': 'throw new Error("a bug")',
    'a rejection that nobody handles': 'void Promise.reject(new Error("a bug")); await null; loggedToo()',
    'its own end': '',
    'process.exit behind promises': 'await null; loggedToo(); process.exit(70)',
  }
  for (const [name, end] of Object.entries(ends)) {
    const { stderr, status } = spawnSync('env', [...NODE, '--input-type=module', '-e', script(end)], {
      encoding: 'utf8',
    })
    const logged = stderr.split('\n').filter(line => line.startsWith('{"at"'))
    const expected = end.includes('loggedToo') ? 3 : 2
    t.equal(logged.length, expected, `${name}: ${expected} lines, ended with ${status}`)
  }
})

/** Logs two events, then ends in the given way. */
function script(end: string): string {
  const url = (name: string) => JSON.stringify(pathToFileURL(resolve('dist/daemon/log', name)).href)
  return `
    const { Events } = await import(${url('events.js')})
    const { Log } = await import(${url('log.js')})
    const { standardError } = await import(${url('log_buffer.js')})
    const events = new Events(new Log(standardError()))
    const loggedToo = () => events.stopped()
    events.started({ http: 1 })
    events.stopping('SIGTERM')
    ${end}`
}
