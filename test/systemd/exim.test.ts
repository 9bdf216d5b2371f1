import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { keptAll } from '../daemon/mail/kept.ts'
import { smtpServer } from '../daemon/mail/smtp_script.ts'
import { handOver, wire } from '../daemon/mail/wire.ts'
import { EXIM, runExim } from '../exim.ts'
import { directoryFor, furnishUsually, house, until } from '../house.ts'
import { freePort } from '../program.ts'
import { pathOf, without } from '../tools.ts'
import { adapted, dotted, recipe } from './recipe.ts'

const [HELPDESK, SUPPORT] = ['helpdesk@example.org', 'support@example.org']
const SECTIONS = ['main', 'acl', 'router', 'transport', 'retry', 'rewrite', 'auth']

/** A file of the split configuration. */
interface Part {
  readonly path: string
  readonly text: string
}

/** Debian's split configuration, which the package exim4-config puts beside the program. */
const SPLIT = join(dirname(pathOf('exim4') ?? '/'), '../../etc/exim4/conf.d')

function debianParts(): Part[] {
  return SECTIONS.flatMap(section =>
    readdirSync(join(SPLIT, section)).map(name => ({
      path: `${section}/${name}`,
      text: readFileSync(join(SPLIT, section, name), 'utf8'),
    })),
  )
}

/** What update-exim4.conf makes of them and of its answers for an internet site: the files in their order, with some macros. */
function generated(parts: readonly Part[], macros: readonly string[]): string {
  const files = SECTIONS.flatMap(section =>
    parts.filter(({ path }) => path.startsWith(`${section}/`)).sort((a, b) => (a.path < b.path ? -1 : 1)),
  )
  return adapted(files.map(({ text }) => text).join('\n'), { 'UPEX4CmacrosUPEX4C = 1': macros.join('\n') })
}

/** An Exim for example.org, as Debian sets it up, with the files of the recipe; all other domains are at a port of this machine. */
function exim(t: Test, router: string, transport: string, others: number): Promise<number> {
  const directory = directoryFor(t)
  const outside = `outside:\n  driver = manualroute\n  domains = ! +local_domains\n  route_list = * 127.0.0.1\n  transport = outside\n  self = send\n`
  const parts = [
    ...debianParts(),
    { path: 'router/160_helpdeskd', text: router },
    { path: 'transport/60_helpdeskd', text: transport },
    { path: 'router/170_outside', text: outside },
    {
      path: 'transport/70_outside',
      text: `outside:\n  driver = smtp\n  port = ${others}\n  allow_localhost\n`,
    },
  ]
  const macros = [
    'MAIN_LOCAL_INTERFACES = 127.0.0.1',
    'MAIN_HARDCODE_PRIMARY_HOSTNAME = mx.example.org',
    'DC_minimaldns = 1',
    'MAIN_LOCAL_DOMAINS = @:localhost:example.org',
    'MAIN_RELAY_TO_DOMAINS =',
    'MAIN_RELAY_NETS = : 127.0.0.1 : ::::1',
    'ETC_MAILNAME = example.org',
    'DCconfig_internet = 1',
    `SPOOLDIR = ${directory}/spool`,
    `log_file_path = ${directory}/%slog`,
  ]
  const paths = { 'exim_path = /usr/sbin/exim4': `exim_path = ${pathOf('exim4')}` }
  return runExim(t, directory, adapted(generated(parts, macros), paths))
}

/** A mail from another machine than this one, whose mail Exim takes for anybody. */
async function sent(port: number, subject: string, to: string): Promise<string> {
  const raw = `From: Erin <erin@example.net>\r\nTo: ${to}\r\nMessage-ID: <${subject}@example.net>\r\nSubject: ${subject}\r\n\r\nText of ${subject}.\r\n`
  const client = await wire({ host: '127.0.0.1', port, localAddress: '127.0.0.7' })
  try {
    await client.say('EHLO mail.example.net')
    return await handOver(client, { raw, from: 'erin@example.net', to })
  } finally {
    client.close()
  }
}

const missing = without(...EXIM) || (!existsSync(SPLIT) && 'is without exim4-config')

t.test('an Exim hands over by SMTP and LMTP, and takes the letters', { skip: missing }, async t => {
  const [router = '', transport = ''] = recipe('Exim hands over')
  const [, toml = ''] = recipe('Postfix hands over by SMTP')
  const others = await smtpServer(t, (stage, received) =>
    stage === 'RCPT' && received.includes('<dead') ? '550 5.1.1 There is nobody of this name' : undefined,
  )
  const [smtp, lmtp] = [await freePort(), await freePort()]
  const [port, lmtpPort] = await Promise.all([
    exim(t, router, adapted(transport, { 'port = 2525': `port = ${smtp}` }), others.port),
    exim(t, router, adapted(transport, { 'port = 2525': `protocol = lmtp\n  port = ${lmtp}` }), others.port),
  ])
  const settings = [
    `mail.address = "${HELPDESK}"`,
    `smtp.listen = "127.0.0.1:${smtp}"`,
    `lmtp.listen = "127.0.0.1:${lmtp}"`,
    adapted(dotted(toml), { '127.0.0.1:25"': `127.0.0.1:${port}"` }),
  ]
  const built = await house(t, settings.join('\n'), furnishUsually)
  await built.susan('change_queue', { queue: 'support', email_address: SUPPORT })
  const records = () => keptAll(built.config.state_dir)
  const mail = (subject: string) =>
    until(`the mail ${subject}`, async () =>
      (await (await records()).find('mails', {})).find(mail => mail.subject === subject),
    )

  t.match(await sent(port, 'door', SUPPORT), /^250 /)
  t.match(await mail('door'), { verdict: 'ticket', recipients: [SUPPORT], peer: '127.0.0.1' })
  await built.susan('create_ticket', { queue: '1', title: 'Lost', submitter_email: 'dead@example.net' })
  const letter = await until('the letter', () => others.mails.find(mail => /^Subject: .*door/m.test(mail)))
  const [, key = ''] = /^Reply-To: .*?(helpdesk\+r[^>\r\n]*)/im.exec(letter) ?? []
  t.match(await sent(port, 'answer', key), /^250 /)
  t.match(await sent(lmtpPort, 'local', key), /^250 /)
  t.match(await sent(port, 'stranger', 'stranger@example.org'), /^550 /)
  t.match(await mail('answer'), { verdict: 'followup', recipients: [key], peer: '127.0.0.1' })
  t.match(await mail('local'), { verdict: 'followup', recipients: [key], peer: 'lmtp' })
  const failed = await until('the report', async () =>
    (await (await records()).find('letters', {})).find(
      ({ to, state }) => to === 'dead@example.net' && state === 'failed',
    ),
  )
  t.match(failed, { ticket: 2, event: 'opened' })
})
