import { domainOf, mailbox, strictAddress } from '../../data/address.ts'
import { Failure, shown } from '../../data/failure.ts'
import { randomPassword } from '../../data/secret.ts'
import type { Command } from '../../handlers/call.ts'
import type { Config } from '../config/config.ts'
import { isEverywhere, type Listens, listenText } from '../config/listen.ts'
import type { Client } from '../shell/client.ts'
import { quoted } from '../shell_word.ts'
import { askAddress, type Terminal } from './ask_address.ts'

/** Where the address of the first user comes from. */
export interface AddressSource {
  readonly address: string | undefined
  /** Where to ask for it if there is none; without a terminal, it is `admin` at the domain of `mail.address`. */
  readonly terminal: Terminal | undefined
}

/** A user, as far as it is looked at here. */
interface Listed {
  readonly addresses: readonly string[]
}

/**
 * Adds the first queue and the first user, if there are none; gives the text for the operator. Throws Failure for an address that is not one,
 * before anything is added.
 */
export async function init(
  client: Client,
  config: Config,
  program: string,
  from: AddressSource,
): Promise<string> {
  const users = (await must(client, { method: 'list_users', params: {} })) as readonly Listed[]
  const hasUsers = users.length > 0
  const email = hasUsers ? '' : await addressFor(config, from)
  const { queue, told } = await firstQueue(client)
  if (hasUsers) {
    const nothing = 'There is nothing to do: users and queues exist already.'
    const { address } = from
    const isKnown = address === undefined || users.some(user => hasAddress(user, address))
    const unused = isKnown ? [] : [notAdded(address, program)]
    return [told ?? nothing, ...unused, again(program)].join('\n')
  }
  const password = randomPassword()
  const params = { username: 'admin', email, new_password: password, admin: 'y' }
  await must(client, { method: 'add_user', params })
  const lines = commandsToTry(config, program, { email, password, queue }).join('\n').split('\n')
  return [
    ...(told === undefined ? [] : [told]),
    `Added the user admin, ${email}, an administrator. The password, shown only once: ${password}`,
    '',
    'Try these in another terminal while helpdeskd runs:',
    ...lines.map(line => `  ${line}`),
  ].join('\n')
}

/** The id of the queue with the lowest one, which is added if there is none; then a sentence says so. */
async function firstQueue(client: Client): Promise<{ queue: number; told?: string }> {
  const [queue] = (await must(client, { method: 'list_queues', params: {} })) as { id: number }[]
  if (queue) return { queue: queue.id }
  const params = { title: 'Support', slug: 'support' }
  const id = (await must(client, { method: 'add_queue', params })) as number
  return { queue: id, told: 'Added the queue Support, with the slug support.' }
}

async function addressFor(config: Config, { address, terminal }: AddressSource): Promise<string> {
  const usual = `admin@${domainOf(config['mail.address'])}`
  const valid = (text: string) => personsAddress(text, config)
  if (address !== undefined) return valid(address)
  return terminal ? askAddress(terminal, usual, valid) : usual
}

/** Throws Failure `invalid` for a text that is no address, and for the address of the helpdesk: it would write to itself. */
function personsAddress(text: string, config: Config): string {
  const address = strictAddress(text)
  if (mailbox(address) !== mailbox(config['mail.address'])) return address
  throw new Failure(
    'invalid',
    `${address} is the address of the helpdesk itself (mail.address); give that of a person.`,
  )
}

async function must(client: Client, command: Command): Promise<unknown> {
  const { exit, says, gives } = await client.run(command)
  if (exit !== 0) throw new Failure('conflict', says)
  return gives
}

function hasAddress({ addresses }: Listed, address: string): boolean {
  return addresses.some(own => mailbox(own) === mailbox(address))
}

/** Of an address that the operator gave for the first user, while there are users and none has it. */
function notAdded(address: string, program: string): string {
  return `No user was added for ${shown(address)}, since there are users already. How to add one: ${program} help add_user`
}

function again(program: string): string {
  return `To list the commands: ${program} help. To set a password: ${program} set_password username=admin new_password=-`
}

/**
 * Commands to paste into another terminal while the daemon runs, for the three doors and the letters. With the settings of
 * `.checkout.toml`, no line is longer than 100 characters.
 */
export function commandsToTry(
  config: Config,
  program: string,
  { email, password, queue }: { email: string; password: string; queue: number },
): string[] {
  const post = `curl -w '\\n' ${httpOf(config)}`
  const login = `user=admin&password=${password}`
  const mail = config['mail.address']
  const letters = config['smarthost.url'].startsWith('file:')
    ? [
        `sed -s '/^Content-Type: text.html/,$d' ${quoted(config['smarthost.url'].slice('file:'.length))}/*.eml`,
      ]
    : []
  return [
    `${post}/api/create_ticket/ \\
  --data "${login}&queue=${queue}" \\
  --data "title=The printer is on fire&submitter_email=susan@example.org"`,
    `${post}/api/hold_ticket/ \\
  --data "${login}&ticket=1"`,
    `printf '%s\\r\\n' 'From: ${email}' 'To: ${mail}' \\
    'Subject: unhold 1' '' |
  curl -sS ${smtpOf(config)} --user admin:${password} \\
    --mail-from ${email} --mail-rcpt ${mail} -T -`,
    `${program} resolve 1: It is out.`,
    ...letters,
  ]
}

/** The arguments that tell curl where the HTTP door is, up to the path. */
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

/** Of all addresses of the machine, the commands take the one at which a login by mail needs no TLS. */
function firstTcp(listens: Listens): string | undefined {
  const where = listens.find(where => 'port' in where)
  return where && listenText(isEverywhere(where.host) ? { ...where, host: 'localhost' } : where)
}

function unixSocket(listens: Listens): string {
  const where = listens.find(where => 'path' in where)
  return where ? `--unix-socket ${quoted(where.path)}` : ''
}
