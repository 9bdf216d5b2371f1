// One thing: the options, and the file that sets them.

import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { withPath } from '../../data/disk.ts'
import { Failure, shown } from '../../data/failure.ts'
import { LOCALES } from '../../data/locales.ts'
import { KIB, MIB } from '../../data/sizes.ts'
import { diskFault } from '../disk_fault.ts'
import { listen, localListen, optionalListen, socketMode } from './listen_option.ts'
import {
  authservId,
  clockTime,
  domains,
  greeting,
  headerValue,
  ipAddresses,
  list,
  mailAddresses,
  type Option,
  oneOf,
  optionalText,
  optionalUrl,
  ownAddress,
  ranges,
  requiredText,
  smarthost,
  timeZone,
  wholeNumber,
  yesOrNo,
} from './option.ts'
import { lineOfKey, readToml } from './toml.ts'

export const proofs = ['smtp-auth', 'letter', 'token', 'confirm', 'relay'] as const
export type Proof = (typeof proofs)[number]

/** Every option, by section and key. */
export const options = {
  state_dir: requiredText('/var/lib/helpdeskd', 'The directory that holds all data. Back it up as a whole.'),
  'http.listen': listen('127.0.0.1:8090', 'Where the HTTP door listens.'),
  'http.url': optionalUrl(
    'The URL at which clients reach the HTTP door, as the API page shows it. If it is empty, it is made from http.listen.',
  ),
  'http.proxies': ranges(
    'The reverse proxies in front of the HTTP door. X-Forwarded-For counts only if it comes from one of them, or over a unix socket.',
  ),
  'http.tls_cert': optionalText(
    'The file with the certificate of the HTTP door, in PEM. With it, the door speaks HTTPS at its TCP addresses, and plain HTTP at unix sockets only. SIGHUP reads it again.',
  ),
  'http.tls_key': optionalText(
    'The file with the private key of that certificate, in PEM; or credential:NAME for a credential of systemd.',
  ),
  'http.keep_repeats_hours': wholeNumber(
    24,
    24,
    876000,
    'How many hours a repeated call is recognized by its Idempotency-Key.',
  ),
  'smtp.listen': listen('127.0.0.1:2525', 'Where the mail door listens.'),
  'smtp.submission': optionalListen(
    'Where mail programs of users send mail after STARTTLS and a login; usually port 587. It needs smtp.tls_cert.',
  ),
  'smtp.submissions': optionalListen('The same with TLS from the first byte; usually port 465.'),
  'smtp.hostname': greeting(
    hostname,
    'The host name of helpdeskd in SMTP: in the greeting of the mail door, and in EHLO to the smarthost.',
  ),
  'smtp.relays': ranges(
    'The mail servers that forward mail to the mail door. Each may have 100 sessions at once; any other address may have 20. The files of their mail count towards the share of the domain of its envelope sender.',
  ),
  'smtp.tls_cert': optionalText(
    'The file with the certificate for STARTTLS, in PEM. Without it, a login by mail is possible on loopback and at unix sockets only. SIGHUP reads it again.',
  ),
  'smtp.tls_key': optionalText(
    'The file with the private key of that certificate, in PEM; or credential:NAME for a credential of systemd.',
  ),
  'smtp.max_size': wholeNumber(
    25 * MIB,
    64 * KIB,
    1024 * MIB,
    'The largest mail that is accepted, in bytes.',
  ),
  'lmtp.listen': localListen(
    'Where a mail server on this machine delivers by LMTP, which has a reply for each recipient. It is trusted like one of smtp.relays.',
  ),
  'lmtp.mode': socketMode(0o660, 'The mode of its unix sockets.'),
  'mail.address': ownAddress(
    () => `helpdesk@${hostname()}`,
    'The address that takes commands. Letters about a queue without an address of its own come from it, too.',
  ),
  'mail.queue': optionalText(
    'The slug of the queue for mail to mail.address. If it is empty, or there is no such queue, that mail goes to the queue with the lowest id.',
  ),
  'mail.aliases': mailAddresses(
    'Other addresses whose mail is forwarded to the helpdesk. They count as our own: a mail to one of them is addressed to us, and a mail from one of them is not answered.',
  ),
  'mail.plus': yesOrNo(
    true,
    'Whether mail to extensions of mail.address, like helpdesk+key@example.org, arrives here too. With false, letters have no such addresses: answers find their ticket by Message-ID and subject, and a delivery report only by the Message-ID of the letter that it returns.',
  ),
  'mail.forms': mailAddresses(
    'The addresses that web forms write their mail from. The submitter of a ticket from one of them is the address in its Reply-To, and gets an acknowledgement.',
  ),
  'mail.lists': mailAddresses(
    'The addresses of mailing lists and groups of this site that forward to the helpdesk. What people write through one of them counts as sent by themselves: it is acknowledged, and if the list has put itself into From, the submitter is the address in Reply-To, X-Original-From or X-Original-Sender.',
  ),
  'mail.attach_up_to': wholeNumber(
    5 * MIB,
    0,
    1024 * MIB,
    'How many bytes of files one letter may carry, before they are encoded, which adds a third. Files that do not fit are only named. With 0, no letter carries any.',
  ),
  'mail.spam_header': headerValue(
    'The header field, with its value, by which the spam filter of this site marks spam. Such mail is kept and listed by "mails spam", but opens no ticket and causes no letter, unless it is proven to come from a user. "helpdeskd replay" makes a ticket of it.',
  ),
  'mail.locale': oneOf(
    ['auto', ...LOCALES],
    'auto',
    'The language of letters where neither the queue nor the mail says another one. auto stands for English.',
  ),
  'mail.letters': optionalText(
    'The directory with texts of letters in place of the usual ones, in files such as de.toml, or de.support.toml for one queue. SIGHUP reads it again. If it is empty, there are none.',
  ),
  'mail.keep_raw_days': wholeNumber(
    90,
    0,
    36500,
    'How many days the raw form of a received mail is kept. Its text and attachments stay in the ticket.',
  ),
  'mail.keep_records_days': wholeNumber(
    90,
    1,
    36500,
    'How many days the record of a received mail is kept, with what was decided about the mail. The raw form is removed with the record at the latest.',
  ),
  'mail.keep_letters_days': wholeNumber(
    31,
    31,
    36500,
    'How many days the record of a letter is kept after it was sent or failed. Answers and delivery reports find their ticket even after that.',
  ),
  'mail.keep_repeats_days': wholeNumber(
    14,
    14,
    36500,
    'How many days a mail is recognized when its server sends it again. Servers give up after five days.',
  ),
  'smarthost.url': smarthost(
    'smtp://127.0.0.1:25',
    'The server that letters are sent to: smtp://host:port or smtps://user:password@host; or file:DIRECTORY, which writes them to files. TLS is used if the server offers it, and its certificate must be valid; a login requires TLS. On loopback, neither is required.',
  ),
  'smarthost.password_file': optionalText(
    'The file with the password for the username in smarthost.url, which then has none; or credential:NAME for a credential of systemd.',
  ),
  'smarthost.require_tls': yesOrNo(
    false,
    'Whether letters wait if the smarthost offers no TLS, also without a login and on loopback.',
  ),
  'commands.proofs': list(
    proofs,
    ['smtp-auth', 'letter', 'token', 'confirm'],
    'What proves that a command by mail comes from the user that it names. smtp-auth: the login of its session. letter: it goes to the reply address of a letter to that user, for 30 days; whoever gets that letter, as by a forward, and writes in the name of that user can answer its ticket and send commands about it. token: it goes to an address of ours that a token of that user extends, like helpdesk+TOKEN@example.org. confirm: nothing proves a command, but its user is asked by letter, and it is carried out if that user replies with yes within 24 hours; without mail.plus, nobody is asked. relay: a mail server of this site says so; see commands.relays.',
  ),
  'commands.relays': ipAddresses(
    'The mail servers of this site whose word the proof relay takes. Whoever can send mail from one of these addresses can send commands in the name of any user.',
  ),
  'commands.relay_authserv_id': authservId(
    'The name by which these servers begin their Authentication-Results fields; "(none)" for Exchange Online, which writes none. If it is empty, no such field counts.',
  ),
  'commands.relay_hops': wholeNumber(
    1,
    0,
    20,
    'How many Received fields may stand above such a field: as many as these servers themselves add above it. What stands further down may be forged.',
  ),
  'commands.relay_vouches_for': domains(
    'The domains of which these servers accept an envelope sender only from the login that owns it. A mail whose From is its envelope sender, in one of these domains, is proven.',
  ),
  'limits.attachment': wholeNumber(
    25 * MIB,
    0,
    1024 * MIB,
    'The largest attachment that is accepted, in bytes. A POST may have at most 25 MiB in all.',
  ),
  'limits.ticket_attachments': wholeNumber(
    100 * MIB,
    0,
    Number.MAX_SAFE_INTEGER,
    'How many bytes the attachments of one ticket may have in all; each counts as at least 4 KiB. Half of it is reserved for users and for answers to letters.',
  ),
  'limits.files': wholeNumber(
    10 * 1024 * MIB,
    0,
    Number.MAX_SAFE_INTEGER,
    'How many bytes all attachments and raw mails may take on the disk, in blocks of 4 KiB. Unproven mail may take half of it, and one sender network a tenth.',
  ),
  'limits.letters_per_address_hour': wholeNumber(
    5,
    0,
    1_000_000,
    'How many letters per hour unproven mail may cause to one address that it names as its sender.',
  ),
  'limits.letters_per_address_day': wholeNumber(20, 0, 1_000_000, 'How many such letters per day.'),
  'limits.letters_hour': wholeNumber(
    200,
    0,
    1_000_000,
    'How many such letters per hour may go, in all, to addresses that no agent has ever answered. One sender may cause at most half of them.',
  ),
  'escalation.at': clockTime(
    '09:00',
    'The local hour at which tickets rise, reminders are written and holds end, in queues that have no hour of their own.',
  ),
  'escalation.time_zone': timeZone(
    'The time zone of the days and hours of queues that have none of their own.',
  ),
  'store.min_free': wholeNumber(
    64 * MIB,
    0,
    Number.MAX_SAFE_INTEGER,
    'The room to keep free on the disk, in bytes. Below it, nothing new is accepted, so that work in progress can finish; below twice as much, no unproven mail is accepted. One inode counts as 16 KiB. Reading, delete_ticket and revoke_token always work.',
  ),
} as const

type Value<O> = O extends Option<infer T> ? T : never
export type Config = { readonly [K in keyof typeof options]: Value<(typeof options)[K]> }

/**
 * Reads a config file. Throws Failure `invalid` with the line of the first wrong key or value, `not_found` if there is no such file,
 * `forbidden` if this user may not read it; DiskFault if the disk fails to return it.
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
    if (code === 'EACCES')
      throw new Failure(
        'forbidden',
        `The user of this command or of the service may not read the config file ${path}; give it mode 640 and a group of that user.`,
      )
    throw new Failure('invalid', `The config file ${path} cannot be read (${code}).`)
  }
  return parseConfig(toml, path)
}

/** The same for a text; errors name it `path`. */
export function parseConfig(toml: string, path: string): Config {
  const given = readToml(toml, path)
  const wrong = (key: string, why: string) =>
    new Failure('invalid', `${path}, line ${lineOfKey(toml, key) ?? 1}: ${why}`)
  for (const key of given.keys()) {
    if (!known.has(key))
      throw wrong(key, `there is no ${named(key)}; "helpdeskd print-config" shows all options.`)
  }
  const config: Record<string, unknown> = {}
  for (const [key, option] of Object.entries(options) as [string, Option<unknown>][]) {
    const value = option.read(given.has(key) ? given.get(key) : option.fallback())
    if (value === undefined) {
      if (given.has(key)) throw wrong(key, `${key} must be ${option.rule}.`)
      throw new Failure(
        'invalid',
        `${path}: ${key} is not set, and its default, made from the host name of this machine, is not ${option.rule}; set it.`,
      )
    }
    config[key] = value
  }
  for (const section of ['http', 'smtp']) {
    const [cert, key] = [`${section}.tls_cert`, `${section}.tls_key`]
    if ((config[cert] === '') !== (config[key] === ''))
      throw wrong(`[${section}]`, `${cert} and ${key} belong together; set both or neither.`)
  }
  for (const key of ['smtp.submission', 'smtp.submissions']) {
    if ((config[key] as readonly unknown[]).length > 0 && config['smtp.tls_cert'] === '')
      throw wrong(key, `${key} needs smtp.tls_cert and smtp.tls_key, since nobody logs in there without TLS.`)
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
