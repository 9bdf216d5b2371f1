import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { withInheritedSockets } from '../../../daemon/systemd/inherited_sockets.ts'
import { endWith } from '../../ended.ts'
import { configFor, configText, directoryFor, until } from '../../house.ts'
import { freePort, NODE, PROGRAM } from '../../program.ts'
import { needs } from '../../tools.ts'

const SKIP = { skip: needs('systemd-socket-activate') }

/** Starts the program with sockets of these names, first a TCP port and then a unix socket; it runs from the first connection on. */
async function activated(t: Test, names: string) {
  const directory = directoryFor(t)
  const config = join(directory, 'helpdeskd.toml')
  writeFileSync(config, configText(directory))
  const places = { port: await freePort(), path: join(directory, 'smtp.sock') }
  const sockets = ['-l', `127.0.0.1:${places.port}`, '-l', places.path, `--fdname=${names}`]
  const words = ['env', ...NODE, PROGRAM, '--config', config, 'serve']
  const child = spawn('systemd-socket-activate', [...sockets, ...words])
  endWith(t, child)
  let err = ''
  child.stderr.on('data', chunk => {
    err += chunk
  })
  const exit = new Promise(resolve => child.once('close', resolve))
  await until('the sockets to open', () => err.includes(places.path))
  return { child, places, exit, err: () => err }
}

t.test('the doors answer at inherited sockets, also who connected before', SKIP, async t => {
  const { child, places, exit, err } = await activated(t, 'http:smtp')
  const early = connect(places.path)
  const greeting = new Promise(resolve => early.once('data', data => resolve(String(data))))
  t.match(await greeting, /^220 /)
  early.destroy()
  await until('the start', () => err().includes('"event":"started"'))
  const http = connect(places.port, '127.0.0.1')
  http.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  t.match(await text(http), /^HTTP\/1\.1 200 [\s\S]+ok$/)
  t.match(err(), `"listens":{"http":["127.0.0.1:${places.port}"],"smtp":["unix:${places.path}"],`)
  child.kill('SIGTERM')
  t.equal(await exit, 0)
})

t.test('a socket without the name of a door is refused', SKIP, async t => {
  const { places, exit, err } = await activated(t, 'http:door')
  connect(places.path).on('error', () => {})
  t.equal(await exit, 65)
  t.match(err(), /systemd passes a socket with the name "door", .+ to one of: http, smtp/)
})

t.test('sockets for another process are not taken', async t => {
  const config = configFor(directoryFor(t))
  process.env.LISTEN_PID = '1'
  process.env.LISTEN_FDS = '1'
  t.equal(withInheritedSockets(config), config)
  t.notOk(process.env.LISTEN_FDS, 'and other child processes hear nothing of them')
})
