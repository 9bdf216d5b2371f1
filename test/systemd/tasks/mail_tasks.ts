// One thing: the tasks of systemd/README.md about mails and letters, each with its situation and its check.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HELPDESK, SUPPORT } from '../../house.ts'
import type { TaskCheck } from './task_check.ts'
import type { TaskSite } from './task_site.ts'

const TYPO = 'mria@example.net'

/** Opens a ticket of a submitter, and answers it so often; gives its number. */
async function ticketOf({ post }: TaskSite, submitter: string, answers = 0): Promise<string> {
  const { body } = await post('create_ticket', { queue: '1', title: 'A fuse', submitter_email: submitter })
  for (let time = 0; time < answers; time++)
    await post('add_followup', { ticket: body, message: `Answer ${time}`, public: 'y' })
  return body
}

export const mailTasks: Readonly<Record<string, TaskCheck>> = {
  'Which letters have failed, and why': async (t, site, next) => {
    const ticket = Number(await ticketOf(site, TYPO))
    const letter = await site.last('letters', row => row.ticket === ticket && row.state === 'failed')
    t.match(await next(), `${letter.id} to ${TYPO}`)
    t.match(await next({ 31: String(letter.id) }), /550 5\.1\.1 no such mailbox\n.*(mailbox|address)/)
  },
  'Send a failed letter again, or give up one that waits': async (t, site, next) => {
    const failed = await site.last('letters', row => row.state === 'failed')
    const ticket = Number(await ticketOf(site, 'busy@example.net'))
    t.match(await next({ 31: String(failed.id) }), `Letter ${failed.id}`)
    await site.last('letters', row => row.id === failed.id && row.attempts.length === 2)
    t.match(await next(), /1 letter is tried again/)
    const waiting = await site.last('letters', row => row.ticket === ticket && row.attempts.length === 1)
    t.match(await next(), new RegExp(`${waiting.id} to busy@example.net\n.*\n450 4\\.2\\.2 mailbox full`))
    t.match(await next({ 32: String(waiting.id) }), /is given up/)
    await site.last('letters', row => row.id === waiting.id && row.state === 'failed')
  },
  "A submitter's address is wrong": async (t, site, next) => {
    const ticket = await ticketOf(site, 'mario@example.net')
    t.match(await next({ 31794: ticket }), `Ticket ${ticket} has the submitter maria@example.net.`)
    t.match(await next({ 31794: ticket }), `ticket ${ticket}`)
    const { to } = await site.last('letters', row => row.ticket === Number(ticket) && row.state === 'sent')
    t.equal(to, 'maria@example.net')
  },
  'Letters to an address are not written any more': async (t, site, next) => {
    await ticketOf(site, TYPO, 2)
    await site.last('failing', row => row.address === TYPO && row.since !== null)
    t.match(await next(), new RegExp(`${TYPO} · \\d letters failed · since .*\n550 5\\.1\\.1`))
    t.match(await next({ 'maria@example.net': TYPO }), TYPO)
    t.match(await site.shell('helpdeskd failing'), { out: /Letters reach all addresses/ })
  },
  'What became of a mail': async (t, site, next) => {
    const eve = 'eve@example.net'
    await site.mail(eve, ['Subject: Smoke', 'Message-ID: <smoke@example.net>'])
    t.match(await site.mail(eve, ['Subject: Lost'], 'suport@helpdesk.example'), /^550 /)
    const mail = await site.last('mails', row => row.subject === 'Smoke')
    t.match(await next(), `${mail.id} Smoke`)
    t.match(await next({ 2: String(mail.id) }), /Its subject is: Smoke\n(.*\n)*It opened ticket/)
    t.match(await next(), /"mail_refused".*suport@helpdesk\.example/)
    const byId = await site.shell("journalctl -t helpdeskd -o cat -g 'smoke@example.net'")
    t.match(byId, { out: `"mail":${mail.id}` })
  },
  'Which mails were refused yesterday': async (t, _, next) => {
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
    const lines = (await next()).trimEnd().split('\n')
    t.match(lines.at(-1), /^\S+ 127\.0\.0\.1 eve@example\.net suport@helpdesk\.example 550 5\.1\.1 /)
    t.ok(lines.every(line => line.startsWith(yesterday)))
  },
  'Why a command by mail was not carried out': async (t, site, next) => {
    await site.mail('fred@example.org', ['Subject: hold 1', 'Message-ID: <hold@example.org>'])
    const mail = await site.last('mails', row => row.subject === 'hold 1')
    t.match(await next(), /hold 1\n.*unconfirmed/)
    t.match(await next({ 3: String(mail.id) }), /[Nn]othing proves/)
  },
  'A mail was taken for spam': async (t, site, next) => {
    await site.mail('zoe@example.net', ['Subject: Cheap', 'X-Spam-Flag: YES'])
    const { id } = await site.last('mails', row => row.verdict === 'spam')
    t.match(await next(), `${id} Cheap`)
    t.match(await next({ 4: String(id) }), /--yes/)
    t.match(await next({ 4: String(id) }), /ticket/)
    await site.last('tickets', row => row.submitter_email === 'zoe@example.net')
  },
  'The mail of a sender is ignored': async (t, site, next) => {
    const ignored = 'newsletter@example.net'
    await site.post('add_ignore', { email: ignored })
    await site.mail(ignored, ['Subject: News'])
    t.match(await next(), /News\n.*newsletter@example\.net/)
    const list = await next()
    t.match(list, ignored)
    await next({ 1: /^([0-9]+)/.exec(list)?.[1] ?? '' })
    t.notMatch((await site.shell('helpdeskd ignores')).out, ignored)
  },
  'Why somebody got no acknowledgement': async (t, site, next) => {
    for (const subject of ['One', 'Two', 'Three'])
      await site.mail('ann@example.net', [`Subject: ${subject}`], SUPPORT)
    const { tickets } = await site.last('mails', row => row.subject === 'Three')
    const list = await next()
    t.match(list, `No letter to ann@example.net about ticket ${tickets[0]}`)
    t.match(await next({ 31794: String(tickets[0]) }), `ticket ${tickets[0]}`)
    const { to } = await site.last('letters', row => row.ticket === tickets[0] && row.state === 'sent')
    t.equal(to, 'ann@example.net')
  },
  'What a mail would do': async (t, site, next) => {
    const date = `Date: ${new Date().toUTCString()}`
    const mail = [
      'From: fred@example.org',
      `To: ${HELPDESK}`,
      date,
      'Message-ID: <1@example.org>',
      'Subject: hold 1',
      '',
      '',
    ]
    const path = join(site.directory, 'mail.eml')
    writeFileSync(path, mail.join('\r\n'))
    const words = { 'mail.eml': path }
    t.match(await next(words), /hold/)
    t.match(await next(words), /smtp-auth/)
  },
}
