// One thing: the tasks of systemd/README.md about the machine, each with its situation and its check.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { certificateIn } from '../../daemon/mail/certificate.ts'
import { secured, wire, wireFor } from '../../daemon/mail/wire.ts'
import { HELPDESK } from '../../house.ts'
import type { TaskCheck } from './task_check.ts'

/** The fingerprint of the certificate that the mail door shows at a port. */
async function shownAt(port: number): Promise<string> {
  const client = await wireFor(port)
  await client.say('STARTTLS')
  const { socket, close } = await secured(client)
  const { fingerprint256 } = (socket as TLSSocket).getPeerCertificate()
  close()
  return fingerprint256
}

export const machineTasks: Readonly<Record<string, TaskCheck>> = {
  'See what needs attention': async (t, site, next) => {
    await site.post('whoami', { password: 'wrong' })
    t.match(await next(), /^helpdeskd .* has been running for .*\n! The certificate of the mail door expires/)
    t.match(await next(), /"login_failed"/)
  },
  'Change the configuration': async (t, site, next) => {
    await next()
    const before = site.daemon()
    await next()
    t.not(site.daemon(), before)
    t.match(await next(), `state_dir = "${site.root}/var/lib/helpdeskd"`)
  },
  'Rotate a certificate': async (t, site, next) => {
    const port = site.daemon().smtpPort
    const before = await shownAt(port)
    const open = await wire(port)
    const renewed = join(site.directory, 'new')
    mkdirSync(renewed)
    certificateIn(renewed)
    await next({ '-g helpdeskd': `-g ${process.getgid?.()}` })
    await next()
    t.match(await open.say('EHLO client.example'), /^250/, 'the connection stays')
    open.close()
    t.not(await shownAt(port), before)
    t.match(await next(), /certificate of the mail door/)
  },
  'Whether the installed version runs': async (t, _, next) => {
    const [, version = ''] = /^helpdeskd (\S+)\n/.exec(await next()) ?? []
    t.match(await next(), `helpdeskd ${version} has been running`)
  },
  'What fills the disk': async (t, _, next) => {
    t.match(await next(), /^Disk .* free; (.*\n)*Files .* by unproven mail$/m)
    t.match(await next(), /\S+\t\S+\/files\n/)
  },
  'Close the doors for maintenance': async (t, site, next) => {
    const before = site.daemon()
    await next()
    await t.rejects(fetch(`http://127.0.0.1:${before.httpPort}/healthz`))
    await next()
    t.match(await fetch(`http://127.0.0.1:${site.daemon().httpPort}/healthz`), { status: 200 })
  },
  Backup: async (t, site, next) => {
    const today = new Date().toISOString().slice(0, 10)
    const toml = `state_dir = "${site.root}/srv/backup/helpdeskd-${today}"\nmail.address = "${HELPDESK}"\n`
    writeFileSync(`${site.root}/etc/helpdeskd/copy.toml`, toml)
    await next()
    await next()
    t.match(await next(), /support/)
    await site.mail('dora@example.net', ['Subject: After the copy'])
    const lost = await site.last('mails', row => row.subject === 'After the copy')
    await next()
    await next()
    await next({ '2026-03-01': today })
    t.match(await next(), /number/)
    await next()
    await site.mail('dora@example.net', ['Subject: After the restore'])
    const { tickets } = await site.last('mails', row => row.subject === 'After the restore')
    t.ok(tickets[0]! > lost.tickets[0]! + 99_999)
  },
  'Move to another machine': async (t, site, next) => {
    await site.mail('carl@example.net', ['Subject: Move my desk'])
    const isAcknowledged = (letter: string) => letter.includes('Move my desk') && letter.includes('carl@')
    await site.last('letters', row => row.to === 'carl@example.net' && row.state === 'sent')
    const letter = site.smarthost.mails.find(isAcknowledged)
    const [, key = ''] = /^Reply-To: .*?<?(helpdesk\+r[^>\s]*)/im.exec(letter ?? '') ?? []
    await next()
    t.match(await next(), `state_dir = "${site.root}/var/lib/helpdeskd"`)
    await next()
    renameSync(site.root, `${site.root}.old`)
    mkdirSync(site.root)
    await next()
    const own = `${process.getuid?.()}:${process.getgid?.()}`
    await next({ 'helpdeskd:helpdeskd': own })
    await next({ 'chgrp -R helpdeskd': `chgrp -R ${process.getgid?.()}` })
    await next()
    await next()
    await next()
    t.match(await next(), /has been running/)
    t.match(await site.mail('carl@example.net', ['Subject: To the window'], key), /^250 /)
    const opened = await site.last('mails', row => row.subject === 'Move my desk')
    const answer = await site.last('mails', row => row.subject === 'To the window')
    t.match(answer, { verdict: 'followup', tickets: opened.tickets })
  },
}
