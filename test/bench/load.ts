import { createConnection, type Socket } from 'node:net'
import { SUSAN } from '../house.ts'

// Makes the load, in a child process: kept-alive connections, one request at a time on each. It speaks just enough HTTP to cost less
// than any server.

export interface Job {
  readonly call: 'hold' | 'create' | 'list'
  readonly port: number
  /** The path before the method: `/api`, or a path of the base server. */
  readonly path: string
  readonly connections: number
  readonly tickets: number
  readonly seconds: number
}
export interface Result {
  readonly perSecond: number
  /** Answers that were not 200. */
  readonly refused: number
}

/** By port, the tickets that are on hold now, so that each call changes something. */
const held = new Map<number, Set<number>>()
const next = new Map<string, number>()

process.on('message', async (job: Job) => {
  process.send!(await measure(job))
})
process.on('disconnect', () => process.exit(0))

async function measure(job: Job): Promise<Result> {
  const numbers = Array.from({ length: job.connections }, (_, index) => index)
  const sockets = await Promise.all(numbers.map(() => connected(job.port)))
  const started = performance.now()
  const until = started + job.seconds * 1000
  const counts = await Promise.all(sockets.map((socket, index) => drive(socket, job, index, until)))
  const seconds = (performance.now() - started) / 1000
  for (const socket of sockets) socket.destroy()
  const sum = (of: (count: { done: number; refused: number }) => number) =>
    counts.reduce((total, count) => total + of(count), 0)
  return { perSecond: sum(({ done }) => done) / seconds, refused: sum(({ refused }) => refused) }
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1', () => resolve(socket))
    socket.setNoDelay(true)
    socket.once('error', reject)
  })
}

function drive(
  socket: Socket,
  job: Job,
  index: number,
  until: number,
): Promise<{ done: number; refused: number }> {
  return new Promise(resolve => {
    let done = 0
    let refused = 0
    let text = ''
    const send = () => socket.write(requestOf(job, index))
    const finish = () => resolve({ done, refused })
    socket.on('error', finish).on('close', finish)
    socket.on('data', chunk => {
      text += chunk.toString('latin1')
      const head = text.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1])
      if (text.length < head + 4 + length) return
      if (text.startsWith('HTTP/1.1 200')) done++
      else refused++
      text = ''
      if (performance.now() < until) send()
      else finish()
    })
    send()
  })
}

const LOGIN = `user=${SUSAN.username}&password=${SUSAN.password.replaceAll(' ', '+')}`
const CREATE = 'queue=support&title=The+printer+is+on+fire&body=It+is+the+one+on+the+second+floor.'

function requestOf(job: Job, index: number): string {
  if (job.call === 'create') return request(job.path, 'create_ticket', CREATE)
  return job.call === 'list' ? request(job.path, 'list_queues') : holding(job, index)
}

/** Each connection has its own tickets: it puts one after another on hold, then takes them off hold. */
function holding({ port, path, connections, tickets }: Job, index: number): string {
  const name = `${port}${path}${index}`
  const at = next.get(name) ?? index + 1
  next.set(name, at + connections <= tickets ? at + connections : index + 1)
  const holding = held.get(port) ?? new Set()
  held.set(port, holding)
  const method = holding.delete(at) ? 'unhold_ticket' : 'hold_ticket'
  if (method === 'hold_ticket') holding.add(at)
  return request(path, method, `ticket=${at}`)
}

function request(path: string, method: string, params = ''): string {
  const body = params ? `${LOGIN}&${params}` : LOGIN
  return (
    `POST ${path}/${method}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  )
}
