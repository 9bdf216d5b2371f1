import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { localSockets } from '../../../daemon/net/local_sockets.ts'
import { directoryFor } from '../../house.ts'

async function open(t: Test, where: { host: string; port: number } | { path: string }) {
  const server = createServer().listen(where)
  t.teardown(() => server.close())
  await once(server, 'listening')
  return server
}

t.test('listening sockets are found with their addresses', async t => {
  const path = join(directoryFor(t), 'a socket')
  await open(t, { path })
  const hosts = ['127.0.0.1', '127.1.2.3', '::1', '::']
  const ports: number[] = []
  for (const host of hosts) ports.push(((await open(t, { host, port: 0 })).address() as AddressInfo).port)
  const found = localSockets().map(({ where }) => where)
  for (const [at, host] of hosts.entries())
    t.ok(
      found.some(where => 'port' in where && where.host === host && where.port === ports[at]),
      host,
    )
  t.ok(found.some(where => 'path' in where && where.path === path))
})

t.test('connections and clients are not', async t => {
  const server = await open(t, { host: '127.0.0.1', port: 0 })
  const { port } = server.address() as AddressInfo
  const client = connect(port, '127.0.0.1')
  await once(client, 'connect')
  const { localPort } = client
  const ports = localSockets().flatMap(({ where }) => ('port' in where ? [where.port] : []))
  client.destroy()
  t.notOk(ports.includes(localPort!))
  t.equal(ports.filter(found => found === port).length, 1)
})
