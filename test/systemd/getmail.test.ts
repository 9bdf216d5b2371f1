import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { certificateIn } from '../daemon/mail/certificate.ts'
import { keptAll } from '../daemon/mail/kept.ts'
import { directoryFor, house } from '../house.ts'
import { needs } from '../tools.ts'
import { adapted, dotted, recipe } from './recipe.ts'

/** A POP3 server (RFC 1939) over TLS with one mailbox; gives its port. A deleted mail leaves the list at once. */
async function mailbox(t: Test, mails: string[]): Promise<number> {
  const { cert, key } = certificateIn(directoryFor(t))
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, socket => {
    const all = [...mails]
    const lines = (texts: readonly string[]) => `+OK\r\n${texts.map(text => `${text}\r\n`).join('')}.\r\n`
    const answerTo = (verb: string, number: number): string => {
      if (verb === 'STAT') return `+OK ${all.length} ${all.join('').length}\r\n`
      if (verb === 'LIST') return lines(all.map((mail, at) => `${at + 1} ${mail.length}`))
      if (verb === 'UIDL') return lines(all.map((_, at) => `${at + 1} uid-${at + 1}`))
      if (verb === 'RETR') return `+OK\r\n${all[number - 1]}\r\n.\r\n`
      if (verb === 'DELE') mails.splice(mails.indexOf(all[number - 1] ?? ''), 1)
      return '+OK\r\n'
    }
    socket.on('error', () => {})
    socket.write('+OK ready\r\n')
    socket.on('data', chunk => {
      const [verb = '', number] = chunk.toString().trim().split(' ')
      socket.write(answerTo(verb.toUpperCase(), Number(number)))
      if (verb.toUpperCase() === 'QUIT') socket.end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

function mailFor(recipient: string, subject: string, sender = 'erin@example.net'): string {
  return [
    `Return-Path: <${sender}>`,
    `Delivered-To: ${recipient}`,
    'From: Erin <erin@example.net>',
    'To: erin@example.net',
    `Message-ID: <${subject}@example.net>`,
    `Subject: ${subject}`,
    '',
    'Text.',
  ].join('\r\n')
}

t.test(
  'getmail fetches a mailbox into the helpdesk',
  { skip: needs('getmail', 'msmtp', 'openssl') },
  async t => {
    const [getmailrc = '', toml = ''] = recipe('A mailbox elsewhere, by getmail')
    const directory = directoryFor(t)
    const path = join(directory, 'lmtp.sock')
    const options = adapted(dotted(toml), { '/run/helpdeskd/lmtp.sock': path })
    const built = await house(t, `mail.address = "helpdesk@example.org"\n${options}`)
    await built.susan('change_queue', { queue: 'support', email_address: 'support@example.org' })
    const refused = mailFor('other@example.org', 'refused')
    const mails = [
      refused,
      mailFor('helpdesk@example.org', 'first'),
      mailFor('support+phone@example.org', 'null', ''),
    ]
    const port = await mailbox(t, mails)
    const rc = adapted(getmailrc, {
      'mail.example.org': '127.0.0.1',
      'port = 995': `port = ${port}`,
      '/run/helpdeskd/lmtp.sock': path,
      '[destination]': '[destination]\nallow_root_commands = true',
    })
    mkdirSync(join(directory, 'getmail'))
    writeFileSync(join(directory, 'getmail', 'getmailrc'), rc)
    const fetch = () => promisify(execFile)('getmail', ['--getmaildir', join(directory, 'getmail')])
    await fetch().catch(() => {})
    t.same(mails, [refused], 'what was accepted is deleted')
    t.match(await (await keptAll(built.config.state_dir)).find('mails', {}), [
      { subject: 'first', recipients: ['helpdesk@example.org'], peer: 'lmtp', verdict: 'ticket' },
      { subject: 'null', recipients: ['support+phone@example.org'], envelope_from: '' },
    ])
    mails.push(mailFor('helpdesk@example.org', 'later'))
    await built.daemon.stop()
    await fetch().catch(() => {})
    t.equal(mails.length, 2, 'without helpdeskd, all mail stays')
  },
)

t.test('systemd understands its units', { skip: needs('getmail', 'systemd-analyze') }, async t => {
  const [, , service = '', timer = ''] = recipe('A mailbox elsewhere, by getmail')
  const directory = directoryFor(t)
  writeFileSync(join(directory, 'getmail.service'), service)
  writeFileSync(join(directory, 'getmail.timer'), timer)
  const names = ['getmail.service', 'getmail.timer'].map(name => join(directory, name))
  const said = await promisify(execFile)('systemd-analyze', ['verify', '--man=no', ...names])
  t.equal(said.stderr, '')
})
