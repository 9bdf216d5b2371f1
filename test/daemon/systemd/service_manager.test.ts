import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ServiceManager } from '../../../daemon/systemd/service_manager.ts'
import { directoryFor, until } from '../../house.ts'

/** A service manager whose messages go to a file, one a line, with its parts between bars. */
function listened(t: Test, environment: Record<string, string>) {
  const directory = directoryFor(t)
  const messages = join(directory, 'messages')
  const program = join(directory, 'systemd-notify')
  writeFileSync(messages, '')
  writeFileSync(program, `#!/bin/sh\nIFS='|'\necho "$*" >>${messages}\n`)
  chmodSync(program, 0o755)
  const before = { ...process.env }
  Object.assign(process.env, environment, { PATH: `${directory}:${process.env.PATH}` })
  const manager = new ServiceManager()
  const child = { ...process.env }
  t.teardown(() => {
    process.env = before
  })
  return { manager, child, lines: () => readFileSync(messages, 'utf8').split('\n').slice(0, -1) }
}

t.test('messages reach the service manager in order, each as one', async t => {
  const { manager, child, lines } = listened(t, { NOTIFY_SOCKET: '/run/notify' })
  t.notOk(child.NOTIFY_SOCKET, 'other child processes do not get the socket')
  manager.status('a * $HOME\tof\nlines')
  manager.ready('Open.')
  manager.reloading()
  manager.stopping()
  await manager.close()
  await manager.close()
  const [status, ready, reloading, stopping, ...more] = lines()
  t.equal(status, '--|STATUS=a * $HOME of lines')
  t.equal(ready, '--|READY=1|STATUS=Open.')
  t.match(reloading, /^--\|RELOADING=1\|MONOTONIC_USEC=[0-9]+$/)
  t.equal(stopping, '--|STOPPING=1|STATUS=Finishes running requests and mails.')
  t.same(more, [])
})

t.test('the event loop feeds the watchdog of this process alone', async t => {
  const watched = { NOTIFY_SOCKET: '/run/notify', WATCHDOG_USEC: '20000' }
  const other = listened(t, { ...watched, WATCHDOG_PID: '1' })
  other.manager.feedWatchdog()
  const own = listened(t, { ...watched, WATCHDOG_PID: String(process.pid) })
  own.manager.feedWatchdog()
  await until('it to be fed twice', () => own.lines().length > 1)
  await Promise.all([own.manager.close(), other.manager.close()])
  t.same(new Set(own.lines()), new Set(['--|WATCHDOG=1']))
  t.same(other.lines(), [])
})

t.test('without a service manager, nothing is started', async t => {
  const { manager, lines } = listened(t, {})
  manager.ready('Open.')
  await manager.close()
  t.same(lines(), [])
})
