// One thing: the options, and the file that sets them.

import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { withPath } from '../../data/disk.ts'
import { Failure, shown } from '../../data/failure.ts'
import { KIB, MIB } from '../../data/sizes.ts'
import { diskFault } from '../disk_fault.ts'
import {
  greeting,
  list,
  listen,
  type Option,
  optionalText,
  optionalUrl,
  ownAddress,
  ranges,
  requiredText,
  smarthost,
  wholeNumber,
} from './option.ts'
import { lineOfKey, readToml } from './toml.ts'

export const proofs = ['smtp-auth', 'token', 'confirm', 'relay'] as const
export type Proof = (typeof proofs)[number]
/** Those that are built. */
export const provable: readonly Proof[] = ['smtp-auth']

/** Every option there is, by section and key. */
const options = {
  state_dir: requiredText(
    '/var/lib/helpdeskd',
    'The directory that holds everything. Back it up as a whole.',
  ),
  'http.listen': listen('127.0.0.1:8090', 'Where the POST door listens.'),
  'http.url': optionalUrl(
    'The URL by which others reach the POST door, as it stands in texts; http.listen when empty.',
  ),
  'http.proxies': ranges(
    'The reverse proxies before the POST door: of them alone X-Forwarded-For is believed. Who comes by a unix socket is one.',
  ),
  'http.tls_cert': optionalText(
    'A certificate in PEM: with one, the POST door speaks https at its addresses, and plain HTTP at unix sockets alone. It is read again at SIGHUP.',
  ),
  'http.tls_key': optionalText('The key of that certificate, in PEM.'),
  'http.keep_repeats_hours': wholeNumber(
    24,
    24,
    876000,
    'How many hours a call is known again by its Idempotency-Key.',
  ),
  'smtp.listen': listen('127.0.0.1:2525', 'Where the mail door listens.'),
  'smtp.hostname': greeting(hostname, 'The name that the mail door greets with.'),
  'smtp.relays': ranges(
    'The mail servers that hand on mail of others to us. Each may have 100 sessions at once, any other address 20. What their mail fills counts for the domain of its sender.',
  ),
  'smtp.tls_cert': optionalText(
    'A certificate in PEM, for STARTTLS. Without one, only this machine itself may log in by mail. It is read again at SIGHUP.',
  ),
  'smtp.tls_key': optionalText('The key of that certificate, in PEM.'),
  'smtp.max_size': wholeNumber(25 * MIB, 64 * KIB, 1024 * MIB, 'The largest mail that is taken, in bytes.'),
  'mail.address': ownAddress(
    () => `helpdesk@${hostname()}`,
    'The address that takes commands, and that letters come from where a queue has none.',
  ),
  'mail.queue': optionalText(
    'The slug of the queue for mail to mail.address; may be empty while there is only one queue.',
  ),
  'mail.keep_raw_days': wholeNumber(
    90,
    0,
    36500,
    'How many days a received mail is kept as it came. A ticket keeps its text and attachments all the same.',
  ),
  'mail.keep_records_days': wholeNumber(
    90,
    1,
    36500,
    'How many days it is kept what was decided about a received mail. The mail as it came goes with that at the latest.',
  ),
  'mail.keep_letters_days': wholeNumber(
    31,
    31,
    36500,
    'How many days the record of a letter is kept after it was sent or has failed. Answers and delivery reports find their ticket all the same.',
  ),
  'mail.keep_repeats_days': wholeNumber(
    14,
    14,
    36500,
    'How many days a mail is known again when its server sends it once more; servers give up after five.',
  ),
  'smarthost.url': smarthost(
    'smtp://127.0.0.1:25',
    'Who takes our letters: smtp://host:port, smtps://user:password@host, or file:DIRECTORY to write them there. TLS is used where it is offered, and is needed for a login; its certificate must be good. On loopback that does not matter.',
  ),
  'commands.proofs': list(
    proofs,
    ['smtp-auth'],
    'What proves that a mailed command is from the user it names.',
  ),
  'limits.attachment': wholeNumber(
    25 * MIB,
    0,
    1024 * MIB,
    'The largest attachment that is taken, in bytes. A POST has no more than 25 MiB in all.',
  ),
  'limits.ticket_attachments': wholeNumber(
    100 * MIB,
    0,
    Number.MAX_SAFE_INTEGER,
    'How many bytes the attachments of one ticket may have together; each counts for 4 KiB at the least. Half of them is kept for users and for answers to our letters.',
  ),
  'limits.files': wholeNumber(
    10 * 1024 * MIB,
    0,
    Number.MAX_SAFE_INTEGER,
    'How many bytes all attachments and the received mails as they came may take on the disk, in blocks of 4 KiB. Unproven mail has at most half of them, and one sender network a tenth.',
  ),
  'limits.letters_per_address_hour': wholeNumber(
    5,
    0,
    1_000_000,
    'How many letters an hour unproven mail causes to one address that it names as its sender.',
  ),
  'limits.letters_per_address_day': wholeNumber(20, 0, 1_000_000, 'How many such letters a day.'),
  'limits.letters_hour': wholeNumber(
    200,
    0,
    1_000_000,
    'How many such letters an hour go to all addresses together that no agent has ever answered. One sender causes half of them at most.',
  ),
  'store.min_free': wholeNumber(
    64 * MIB,
    0,
    Number.MAX_SAFE_INTEGER,
    'Below so many free bytes nothing new is taken, so that what is under way can end; below twice as many, no unproven mail. One inode counts as 16 KiB. Reading, delete_ticket and revoke_token go on.',
  ),
} as const

type Value<O> = O extends Option<infer T> ? T : never
export type Config = { readonly [K in keyof typeof options]: Value<(typeof options)[K]> }

/**
 * Reads a config file. Throws Failure `invalid` with the line of the first key or value that is wrong,
 * `not_found` where there is no file, `forbidden` where it may not be read; DiskFault where the disk does not give it.
 */
export function readConfig(path: string): Config {
  let toml: string
  try {
    toml = readFileSync(path, 'utf8')
  } catch (error) {
    const fault = diskFault(withPath(error, path))
    if (fault) throw fault
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw new Failure('not_found', `There is no config file ${path}; name one with --config.`)
    throw new Failure(code === 'EACCES' ? 'forbidden' : 'invalid', `${path} cannot be read (${code}).`)
  }
  return parseConfig(toml, path)
}

/** The same of a text; `path` is how errors call it. */
export function parseConfig(toml: string, path: string): Config {
  const given = readToml(toml, path)
  const wrong = (key: string, why: string) =>
    new Failure('invalid', `${path}, line ${lineOfKey(toml, key) ?? 1}: ${why}`)
  for (const key of given.keys()) {
    if (!known.has(key)) throw wrong(key, `there is no ${named(key)}; "helpdeskd print-config" shows all.`)
  }
  const config: Record<string, unknown> = {}
  for (const [key, option] of Object.entries(options) as [string, Option<unknown>][]) {
    const value = option.read(given.has(key) ? given.get(key) : option.fallback())
    if (value === undefined) {
      if (given.has(key)) throw wrong(key, `${key} must be ${option.rule}.`)
      throw new Failure(
        'invalid',
        `${path}: ${key} is not given, and this machine's own is not ${option.rule}; give one.`,
      )
    }
    config[key] = value
  }
  for (const section of ['http', 'smtp']) {
    const [cert, key] = [`${section}.tls_cert`, `${section}.tls_key`]
    if ((config[cert] === '') !== (config[key] === ''))
      throw wrong(`[${section}]`, `${cert} and ${key} belong together; give both, or none.`)
  }
  return config as Config
}

const known: ReadonlySet<string> = new Set(
  Object.keys(options).flatMap(key => (key.includes('.') ? [key, `[${key.split('.')[0]}]`] : [key])),
)

function named(key: string): string {
  const [, section] = /^\[(.*)\]$/s.exec(key) ?? []
  return section === undefined ? `option ${shown(key)}` : `section ${shown(section)}`
}

/** The config as a file with every option, what it means, and its value; a secret in it is left out. */
export function printConfig(config: Config): string {
  const lines: string[] = []
  let section = ''
  for (const [key, option] of Object.entries(options) as [keyof Config, Option<unknown>][]) {
    const { about, rule } = option
    const [name, inner] = key.includes('.') ? (key.split('.') as [string, string]) : ['', key]
    if (name !== section) lines.push(`[${name}]`, '')
    section = name
    const written = option.written ? option.written(config[key]) : config[key]
    lines.push(
      `# ${about}`,
      `# ${rule[0]!.toUpperCase()}${rule.slice(1)}.`,
      `${inner} = ${JSON.stringify(written)}`,
      '',
    )
  }
  return lines.join('\n')
}
