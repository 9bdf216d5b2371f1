import { domainOf } from '../data/address.ts'
import { Failure } from '../data/failure.ts'
import { randomPassword } from '../data/secret.ts'
import type { Command } from '../handlers/call.ts'
import type { Config } from './config/config.ts'
import { type Listens, listenText } from './config/listen.ts'
import type { Client } from './shell/client.ts'
import { quoted } from './shell_word.ts'

/** Makes the first queue and the first user where there are none; gives what to tell the operator. */
export async function init(client: Client, config: Config, program: string): Promise<string> {
  const told: string[] = []
  let [queue] = (await must(client, { method: 'list_queues', params: {} })) as { id: number }[]
  if (!queue) {
    const params = { title: 'Support', slug: 'support' }
    queue = { id: (await must(client, { method: 'add_queue', params })) as number }
    told.push('Made the queue Support, with the slug support.')
  }
  const users = await must(client, { method: 'list_users', params: {} })
  if (!isEmpty(users))
    return [
      ...told,
      ...(told.length ? [] : ['There is nothing to do: it has users and queues.']),
      again(program),
    ].join('\n')
  const password = randomPassword()
  const email = `admin@${domainOf(config['mail.address'])}`
  const params = { username: 'admin', email, new_password: password, admin: 'y' }
  await must(client, { method: 'add_user', params })
  told.push(`Made the user admin, ${email}, an administrator. The password, told this once: ${password}`)
  return [...told, '', tryOut(config, program, email, password, queue.id)].join('\n')
}

async function must(client: Client, command: Command): Promise<unknown> {
  const { exit, says, gives } = await client.run(command)
  if (exit !== 0) throw new Failure('conflict', says)
  return gives
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0
}

function again(program: string): string {
  return `To see what can be done: ${program} help. To set a password: ${program} set_password username=admin new_password=-`
}

/** Lines to paste into another terminal once it serves: each of the three doors, and the letters. */
function tryOut(config: Config, program: string, email: string, password: string, queue: number): string {
  const post = httpOf(config)
  const mail = config['mail.address']
  const letters = config['smarthost.url'].startsWith('file:')
    ? [`  tail -n 20 ${quoted(config['smarthost.url'].slice('file:'.length))}/*.eml`]
    : []
  return [
    'Try, in another terminal, while it serves:',
    `  curl ${post}/api/create_ticket/ --data "user=admin&password=${password}&queue=${queue}&title=The printer is on fire&submitter_email=susan@example.org"`,
    `  curl ${post}/api/hold_ticket/ --data "user=admin&password=${password}&ticket=1"`,
    `  printf 'From: ${email}\\r\\nTo: ${mail}\\r\\nSubject: unhold 1\\r\\n\\r\\n' | curl -sS ${smtpOf(config)} --user admin:${password} --mail-from ${email} --mail-rcpt ${mail} -T -`,
    `  ${program} resolve 1: It is out.`,
    ...letters,
  ].join('\n')
}

/** How curl is told where the POST door is, up to the path. */
function httpOf(config: Config): string {
  const url = config['http.url'].replace(/\/$/, '')
  const tcp = firstTcp(config['http.listen'])
  if (url || tcp) return url || `${config['http.tls_cert'] ? 'https' : 'http'}://${tcp}`
  return `${unixSocket(config['http.listen'])} http://localhost`
}

function smtpOf(config: Config): string {
  const tcp = firstTcp(config['smtp.listen'])
  return tcp ? `--url smtp://${tcp}` : `${unixSocket(config['smtp.listen'])} --url smtp://localhost`
}

function firstTcp(listens: Listens): string | undefined {
  const where = listens.find(where => 'port' in where)
  return where && listenText(where)
}

function unixSocket(listens: Listens): string {
  const where = listens.find(where => 'path' in where)
  return where ? `--unix-socket ${quoted(where.path)}` : ''
}
