import { open } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parse } from 'node:querystring'
import polka from 'polka'

// The server that the daemon is compared with: `base.js DIRECTORY BYTES`. /kept/ parses the body, appends BYTES bytes to a file and
// syncs them in groups; /bare/ only answers.

const [, , directory, bytes] = process.argv
const line = 'x'.repeat(Number(bytes) - 1)
const file = await open(join(directory!, 'base.journal'), 'w')
let waiting: { text: string; done: () => void }[] = []
let armed = false

const server = createServer()
const app = polka({ server })
app.post('/kept/:method', (request, response) => {
  void body(request as never).then(async text => {
    const { ticket } = parse(text)
    await kept(`${line}\n`)
    tell(response as never, `Ticket ${ticket} is on hold.`)
  })
})
app.post('/bare/:method', (request, response) => {
  void body(request as never).then(() => tell(response as never, 'Ticket 1 is on hold.'))
})
server.on('request', app.handler as never)
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }))

function body(request: IncomingMessage): Promise<string> {
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => resolve(Buffer.concat(chunks).toString()))
  })
}

function tell(response: ServerResponse, text: string): void {
  response.writeHead(200, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  })
  response.end(text)
}

function kept(text: string): Promise<void> {
  return new Promise(done => {
    waiting.push({ text, done })
    if (armed) return
    armed = true
    setImmediate(flush)
  })
}

async function flush(): Promise<void> {
  const group = waiting
  waiting = []
  await file.appendFile(group.map(({ text }) => text).join(''))
  await file.datasync()
  for (const { done } of group) done()
  armed = waiting.length > 0
  if (armed) setImmediate(flush)
}
