import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { keptAll } from '../daemon/mail/kept.ts'
import { smtpServer } from '../daemon/mail/smtp_script.ts'
import { handOver, sendRaw, wireFor } from '../daemon/mail/wire.ts'
import { directoryFor, type House, house, until } from '../house.ts'
import { POSTFIX, startPostfix } from '../postfix.ts'
import { freePort } from '../program.ts'
import { needs } from '../tools.ts'
import { adapted, dotted, recipe } from './recipe.ts'

const [HELPDESK, SUPPORT, USER] = ['helpdesk@example.org', 'support@example.org', 'daemon@example.org']

/** A helpdesk with the addresses of the recipes. */
async function desk(t: Test, more: string): Promise<House> {
  const built = await house(t, `mail.address = "${HELPDESK}"\nmail.aliases = ["${USER}"]\n${more}`)
  await built.susan('change_queue', { queue: 'support', email_address: SUPPORT })
  return built
}

/** A Postfix of example.org with the settings of a recipe; the mail of its user daemon is forwarded to a queue. */
async function postfix(t: Test, settings: string): Promise<number> {
  const directory = directoryFor(t)
  const running = await startPostfix(directory, [
    'myhostname = mx.example.org',
    'mydestination = example.org',
    `forward_path = ${directory}/$user.forward`,
    ...settings.trimEnd().split('\n'),
  ])
  t.teardown(() => running.end())
  writeFileSync(join(directory, 'daemon.forward'), `${SUPPORT}\n`)
  return running.port
}

function mailOf(subject: string, to: string): string {
  return `From: Erin <erin@example.net>\r\nTo: ${to}\r\nDate: ${new Date().toUTCString()}\r\nMessage-ID: <${subject}@example.net>\r\nSubject: ${subject}\r\n\r\nText of ${subject}.\r\n`
}

/** Waits for a record of each mail; gives them by their subjects. */
async function arrived(built: House, ...subjects: string[]) {
  return until(`the mails ${subjects}`, async () => {
    const mails = await (await keptAll(built.config.state_dir)).find('mails', {})
    const found = subjects.map(subject => mails.find(mail => mail.subject === subject))
    return found.every(mail => mail !== undefined) ? found : undefined
  })
}

/** Mail to a queue, an answer to the key of its letter, and a forward come through, and other addresses are refused. */
async function handsOver(
  t: Test,
  built: House,
  port: number,
  peer: string,
  letterIn: () => Promise<string>,
): Promise<void> {
  const from = 'erin@example.net'
  t.match(await sendRaw(port, { raw: mailOf('door', SUPPORT), from, to: SUPPORT }), /^250 /)
  const [, key = ''] = /^Reply-To: .*?(helpdesk\+r[^>\r\n]*)/im.exec(await letterIn()) ?? []
  t.match(await sendRaw(port, { raw: mailOf('answer', key), from, to: key }), /^250 /)
  t.match(await sendRaw(port, { raw: mailOf('forward', USER), from, to: USER }), /^250 /)
  t.match(await sendRaw(port, { raw: '', from, to: 'stranger@example.org' }), /^550 5\.1\.1 /)
  t.match(await arrived(built, 'door', 'answer', 'forward'), [
    { verdict: 'ticket', peer },
    { verdict: 'followup', tickets: [1], peer },
    { verdict: 'ticket', recipients: [SUPPORT], peer },
  ])
}

t.test('a Postfix hands over by SMTP, and takes the letters', { skip: needs(...POSTFIX) }, async t => {
  const [main = '', toml = ''] = recipe('Postfix hands over by SMTP')
  const others = await smtpServer(t, (stage, received) =>
    stage === 'RCPT' && received.includes('<dead') ? '550 5.1.1 There is nobody of this name' : undefined,
  )
  const door = await freePort()
  const settings = `${adapted(main, { ':2525': `:${door}` })}relayhost = [127.0.0.1]:${others.port}\n`
  const port = await postfix(t, settings)
  const toPostfix = adapted(dotted(toml), { '127.0.0.1:25"': `127.0.0.1:${port}"` })
  const built = await desk(t, `smtp.listen = "127.0.0.1:${door}"\n${toPostfix}`)
  const letter = () => until('the letter', () => others.mails.find(mail => /^Subject: .*door/m.test(mail)))
  await handsOver(t, built, port, '127.0.0.1', letter)
  await built.susan('create_ticket', { queue: '1', title: 'Lost', submitter_email: 'dead@example.net' })
  const failed = await until('the report', async () =>
    (await (await keptAll(built.config.state_dir)).find('letters', {})).find(
      ({ to, state }) => to === 'dead@example.net' && state === 'failed',
    ),
  )
  t.match(failed, { event: 'opened' })
})

t.test('a Postfix hands over by LMTP', { skip: needs(...POSTFIX) }, async t => {
  const [main = '', toml = ''] = recipe('Postfix hands over by LMTP')
  const built = await desk(t, adapted(dotted(toml), { ':2424': ':0' }))
  const lmtp = built.daemon.listens.lmtp[0]!.split(':').at(-1)
  const port = await postfix(t, adapted(main, { ':2424': `:${lmtp}` }))
  await handsOver(t, built, port, 'lmtp', () => built.letter(/^Subject: .*door/m))
  // One mail to both addresses is one transaction, in which each has its reply.
  const client = await wireFor(port)
  const raw = mailOf('both', SUPPORT)
  t.match(await handOver(client, { raw, from: 'erin@example.net', to: [SUPPORT, HELPDESK] }), /^250 /)
  client.close()
  const [both] = await arrived(built, 'both')
  t.same([...(both?.recipients ?? [])].sort(), [HELPDESK, SUPPORT])
})
