// One thing: the table of clients, each with the way in which it sends and answers, and the test that is the same for all.
import { type ExecFileOptions, execFile } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { directoryFor, type House, house, SUPPORT, until } from '../../../house.ts'
import { POSTFIX, type Postfix, startPostfix } from '../../../postfix.ts'
import { pathOf, without } from '../../../tools.ts'
import { kept } from '../kept.ts'
import { sendRaw } from '../wire.ts'

/** The host of the senders, and the address of a user there whose mail is forwarded to the helpdesk. */
const HOST = 'mx.customer.example'
const FORWARDED = `daemon@${HOST}`

interface Outgoing {
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  /** The Message-ID in In-Reply-To and References. */
  readonly answers?: string
}
interface Place {
  /** The port of the mail door. */
  readonly port: number
  /** A directory of the client's own. */
  readonly directory: string
}
/** By what an answer can be known: the address in Reply-To, the Message-ID of the letter, the tag in its subject. */
type Sign = 'key' | 'id' | 'tag'
interface Client {
  readonly needs: readonly string[]
  /** Where it writes to; the address of the queue by default. */
  readonly to?: string
  send(place: Place, mail: Outgoing): Promise<unknown>
  /** Sends several at once, where each start of the client takes long. */
  sendAll?(place: Place, mails: readonly Outgoing[]): Promise<unknown>
  /** How the test makes it answer, once for each sign. */
  readonly signs?: readonly Sign[]
  /** Its own command to answer the one letter in a mailbox, with a text. */
  reply?(place: Place, from: string, mailbox: string, text: string): Promise<unknown>
}

/** Runs a program with a standard input; rejects if it fails. */
function ran(
  program: string,
  args: readonly string[],
  input = '',
  options: ExecFileOptions = {},
): Promise<void> {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, ...options.env }
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { timeout: 60_000, ...options, env }, (error, out, err) =>
      error ? reject(new Error(`${error.message} ${out} ${err}`)) : resolve(),
    )
    child.stdin!.on('error', () => {})
    child.stdin!.end(input)
  })
}

function rawOf({ from, to, subject, text, answers }: Outgoing): string {
  const thread = answers === undefined ? [] : [`In-Reply-To: ${answers}`, `References: ${answers}`]
  const head = [`From: ${from}`, `To: ${to}`, `Subject: ${subject}`, `Date: ${new Date().toUTCString()}`]
  const id = `Message-ID: <${Math.random().toString(36).slice(2)}@${HOST}>`
  return [...head, id, ...thread, '', text, ''].join('\n')
}

const PYTHON = `
import smtplib, sys
from email import message_from_string, policy
with smtplib.SMTP('127.0.0.1', int(sys.argv[1])) as server:
  for raw in sys.stdin.read().split('\\0'): server.send_message(message_from_string(raw, policy=policy.default))
`
function python({ port }: Place, mails: readonly Outgoing[]): Promise<void> {
  return ran('python3', ['-c', PYTHON, `${port}`], mails.map(rawOf).join('\0'))
}

function snail({ port }: Place, from: string): string[] {
  const settings = ['v15-compat', `mta=smtp://127.0.0.1:${port}`, 'smtp-auth=none', 'reply-to-honour']
  return ['-:/', ...[...settings, `from=${from}`, `hostname=${HOST}`].map(setting => `-S${setting}`)]
}

/** The arguments of mutt, with a configuration that has an editor which adds the text. */
function mutt({ port, directory }: Place, from: string, text = ''): string[] {
  const rc = join(directory, 'muttrc')
  const lines = [
    `set smtp_url="smtp://127.0.0.1:${port}/" ssl_starttls=no ssl_force_tls=no`,
    `set from="${from}" use_from=yes use_envelope_from=yes hostname="${HOST}"`,
    `set folder="${directory}" record="" postponed="${directory}/postponed" tmpdir="${directory}"`,
    'set autoedit fast_reply reply_to=yes include=no abort_unmodified=no recall=no move=no',
    `set editor="sh -c 'echo ${text} >> $0'"`,
  ]
  writeFileSync(rc, `${lines.join('\n')}\n`)
  return ['-n', '-F', rc]
}

function eximConfig({ port, directory }: Place): string {
  return [
    `spool_directory = ${directory}/spool`,
    `log_file_path = ${directory}/%slog`,
    // It starts itself again for the delivery.
    `exim_path = ${pathOf('exim4')}`,
    `primary_hostname = ${HOST}`,
    'local_interfaces = 127.0.0.1',
    'keep_environment =',
    'begin routers',
    'all:',
    '  driver = manualroute',
    '  transport = out',
    '  route_list = * 127.0.0.1',
    '  self = send',
    'begin transports',
    'out:',
    '  driver = smtp',
    '  allow_localhost',
    '  hosts_avoid_tls = *',
    `  port = ${port}`,
    '',
  ].join('\n')
}

/** A Postfix that relays the mail of the helpdesk's domain by transport_maps, as a mail server beside the helpdesk does. */
let postfix: Promise<Postfix> | undefined
function relay(file: Test, { port }: Place): Promise<Postfix> {
  postfix ??= begun(file, port)
  return postfix
}

async function begun(file: Test, port: number): Promise<Postfix> {
  const directory = directoryFor(file)
  const to = `smtp:[127.0.0.1]:${port}`
  const running = await startPostfix(directory, [
    `myhostname = ${HOST}`,
    'mydestination = $myhostname, helpdesk.example',
    `transport_maps = inline:{ {support@helpdesk.example=${to}}, {helpdesk@helpdesk.example=${to}} }`,
    'local_recipient_maps = unix:passwd.byname, $transport_maps',
    'recipient_delimiter = +',
    `forward_path = ${directory}/$user.forward`,
  ])
  writeFileSync(join(directory, 'daemon.forward'), `${SUPPORT}\n`)
  file.teardown(() => running.end())
  return running
}

const clients: Readonly<Record<string, Client>> = {
  swaks: {
    needs: ['swaks'],
    // Perl takes most of a second to start.
    signs: process.env.HELPDESKD_TORTURE ? ['key', 'id', 'tag'] : ['id'],
    send: ({ port }, { from, to, subject, text, answers }) => {
      const thread = answers === undefined ? [] : ['--add-header', `In-Reply-To: ${answers}`]
      const head = ['--from', from, '--to', to, '--header', `Subject: ${subject}`, '--body', text]
      return ran('swaks', ['--server', '127.0.0.1', '--port', `${port}`, '--helo', HOST, ...head, ...thread])
    },
  },
  msmtp: {
    needs: ['msmtp'],
    signs: ['key', 'id', 'tag'],
    send: ({ port }, mail) => {
      const server = ['--host=127.0.0.1', `--port=${port}`, '--auth=off', '--tls=off', `--domain=${HOST}`]
      return ran('msmtp', ['--file=/dev/null', ...server, `--from=${mail.from}`, '--', mail.to], rawOf(mail))
    },
  },
  's-nail': {
    needs: ['s-nail'],
    send: (place, { from, to, subject, text }) =>
      ran('s-nail', [...snail(place, from), '-s', subject, to], `${text}\n`),
    reply: (place, from, mailbox, text) =>
      ran('s-nail', ['-#', ...snail(place, from), '-f', mailbox], `reply 1\n${text}\n~.\nexit\n`),
  },
  mutt: {
    needs: ['mutt', 'script'],
    send: (place, { from, to, subject, text }) =>
      ran('mutt', [...mutt(place, from), '-s', subject, '--', to], `${text}\n`),
    reply: async (place, from, mailbox, text) => {
      const words = [...mutt(place, from, text), '-f', mailbox, '-e', 'push <reply><send-message><quit>']
      // Without a size of the terminal, some versions of mutt do not start.
      const line = `stty rows 24 cols 80; ${['mutt', ...words].map(word => `'${word}'`).join(' ')}`
      await ran('script', ['-qec', line, '/dev/null'], '', { env: { TERM: 'xterm' } })
    },
  },
  'smtplib of Python': {
    needs: ['python3'],
    signs: ['key', 'id', 'tag'],
    send: (place, mail) => python(place, [mail]),
    sendAll: python,
  },
  // It sets no header fields besides the subject.
  'smtp-source': {
    needs: ['smtp-source'],
    signs: ['key', 'tag'],
    send: ({ port }, { from, to, subject }) =>
      ran('smtp-source', ['-f', from, '-t', to, '-S', subject, '-M', HOST, `127.0.0.1:${port}`]),
  },
  'Postfix with transport_maps': {
    needs: POSTFIX,
    signs: ['key', 'id', 'tag'],
    send: async (place, mail) =>
      sendRaw((await relay(t, place)).port, { raw: rawOf(mail), from: mail.from, to: mail.to }),
  },
  'a .forward at Postfix': {
    needs: POSTFIX,
    to: FORWARDED,
    signs: ['id', 'tag'],
    send: async (place, mail) =>
      sendRaw((await relay(t, place)).port, { raw: rawOf(mail), from: mail.from, to: mail.to }),
  },
  exim4: {
    needs: ['exim4', 'root'],
    signs: ['key', 'id', 'tag'],
    send: (place, mail) => {
      const config = join(place.directory, 'exim.conf')
      writeFileSync(config, eximConfig(place))
      // It writes its log and its spool as a user of its own.
      chmodSync(place.directory, 0o777)
      return ran('exim4', ['-C', config, '-odf', '-f', mail.from, '--', mail.to], rawOf(mail))
    },
  },
}

/** The follow-ups of a ticket. */
async function followups({ config }: House, ticket: number) {
  return (await kept(config.state_dir, 'followups')).filter(one => one.ticket === ticket)
}

/** The letter to an address. */
function letterTo({ directory }: House, address: string): Promise<string> {
  const sent = join(directory, 'sent')
  return until(`the letter to ${address}`, () =>
    readdirSync(sent)
      .filter(name => name.endsWith('.eml'))
      .map(name => readFileSync(join(sent, name), 'utf8'))
      .find(text => new RegExp(`^To: .*${address}`, 'm').test(text)),
  )
}

function fieldOf(letter: string, name: string): string {
  const head = letter.slice(0, letter.search(/\r?\n\r?\n/)).replace(/\r?\n[ \t]+/g, ' ')
  return new RegExp(`^${name}: (.*)$`, 'm').exec(head)?.[1]?.trim() ?? ''
}

/** The answer to a letter that has only one of its signs. */
function answerBy(sign: Sign, letter: string, mail: Omit<Outgoing, 'text'>): Omit<Outgoing, 'text'> {
  const other = { ...mail, subject: 'How it goes on' }
  if (sign === 'key') return { ...other, to: fieldOf(letter, 'Reply-To').replace(/^.*<|>.*$/g, '') }
  if (sign === 'id') return { ...other, answers: fieldOf(letter, 'Message-ID') }
  return { ...mail, subject: `Re: ${fieldOf(letter, 'Subject')}` }
}

let built: House

t.before(async () => {
  built = await house(t, `mail.aliases = ["${FORWARDED}"]`)
})

for (const [name, { needs: tools, to = SUPPORT, send, sendAll, signs = [], reply }] of Object.entries(
  clients,
)) {
  t.test(`${name} sends a mail and an answer`, { skip: without(...tools) }, async t => {
    const place = { port: built.daemon.smtpPort, directory: directoryFor(t) }
    const from = `${name.toLowerCase().replace(/[^a-z]+/g, '')}@customer.example`
    const mail = { from, to, subject: `The lift of ${name} has stopped` }
    await send(place, { ...mail, text: 'It hangs between two floors.' })
    const ticket = await until('the ticket', async () =>
      (await kept(built.config.state_dir, 'tickets')).find(({ title }) => title === mail.subject),
    )
    t.equal(ticket.submitter_email, from)
    const letter = await letterTo(built, from)
    const answers = signs.map(sign => ({
      ...answerBy(sign, letter, mail),
      text: `It moves again, by ${sign}.`,
    }))
    if (sendAll) await sendAll(place, answers)
    else for (const answer of answers) await send(place, answer)
    if (reply) {
      const mailbox = join(place.directory, 'mbox')
      const lines = letter.replaceAll('\r\n', '\n')
      writeFileSync(mailbox, `From ${SUPPORT} Tue Nov 24 10:00:00 2026\n${lines}\n`)
      await reply(place, from, mailbox, 'It-moves-again')
    }
    const ways = [...signs, ...(reply ? ['its own command'] : [])]
    const thread = await until(`the answers by ${ways.join()}`, async () => {
      const found = await followups(built, ticket.id)
      return found.length > ways.length ? found : undefined
    })
    t.equal(thread.length, 1 + ways.length, `answers by ${ways.join()} are in its thread`)
    t.ok(
      thread.every(one => one.public),
      'all are public',
    )
    const own = (await kept(built.config.state_dir, 'tickets')).filter(one => one.submitter_email === from)
    t.equal(own.length, 1, 'no answer opens a ticket')
  })
}
