// Run in the network of the machine: sends POSTs and mails over connections of their own, and prints what was refused.
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { createTransport } from 'nodemailer'

const [posts = '0', mails = '0', login = '', from = '', to = ''] = process.argv.slice(2)
/** So many at once, as often as it takes. */
const AT_ONCE = 4

async function each(count: number, send: (at: number) => Promise<void>): Promise<string[]> {
  const refused: string[] = []
  let next = 0
  const work = async () => {
    for (let at = next++; at < count; at = next++)
      await send(at).catch(error => refused.push(`${at}: ${(error as Error).message}`))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return refused
}

async function post(at: number): Promise<void> {
  const body = `${login}&queue=1&title=post+${at}`
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length }
  const path = '/api/create_ticket/'
  // Without an agent, each request has a connection of its own.
  const sent = request({ host: '127.0.0.1', port: 80, path, method: 'POST', headers, agent: false })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const said = await text(answer)
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${said}`)
}

async function mail(at: number): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port: 25 })
  await transport.sendMail({ from, to, subject: `mail ${at}`, text: 'Hello.' })
  transport.close()
}

const refused = await Promise.all([each(Number(posts), post), each(Number(mails), mail)])
process.stdout.write(JSON.stringify(refused.flat()))
