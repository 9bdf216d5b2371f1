import { randomBytes } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openStore } from '../../../data/json/open.ts'
import { KIB, MIB } from '../../../data/sizes.ts'
import type { Mail } from '../../../data/tables.ts'
import { type House, house, inStore, quietEvents, SUPPORT, SUSAN, startFor, until } from '../../house.ts'
import { kept } from '../mail/kept.ts'
import { rawMailer, sendRaw, wire } from '../mail/wire.ts'

const TOO_LITTLE = 'There is not enough space for all of this mail. Not kept:'

interface OnDisk {
  readonly files: number
  readonly bytes: number
}
/** What the files of a house take, read from the disk. */
function onDisk({ config }: House): OnDisk {
  const entries = readdirSync(join(config.state_dir, 'files'), { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile())
  const bytes = files.map(({ parentPath, name }) => statSync(join(parentPath, name)).blocks * 512)
  return { files: files.length, bytes: bytes.reduce((sum, size) => sum + size, 0) }
}

/** A mail with `files` tiny files in few bytes. */
function withTinyFiles(files: number, from: string, subject: string): string {
  const parts = Array.from({ length: files }, (_, at) => `--b\r\nContent-Type: a/b\r\n\r\n${subject} ${at}`)
  return `From: ${from}\r\nTo: ${SUPPORT}\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHere.\r\n${parts.join('\r\n')}\r\n--b--\r\n`
}

/** A mail with random bytes in its text, so that no two mails have the same file. */
function mailOf(from: string, subject: string, bytes: number, more = ''): string {
  const text = randomBytes(bytes / 2)
    .toString('hex')
    .replace(/.{76}/g, '$&\r\n')
  return `From: ${from}\r\nTo: ${SUPPORT}\r\nSubject: ${subject}\r\n${more}\r\n${text}\r\n`
}

const send = (built: House, from: string, raw: string, login?: typeof SUSAN) =>
  sendRaw(built.daemon.smtpPort, { raw, from, to: SUPPORT, ...(login ? { login } : {}) })
const rawsOf = (mails: readonly Mail[], network: string) => mails.filter(mail => mail.network === network)
const health = async ({ daemon }: House) => {
  const response = await fetch(`http://127.0.0.1:${daemon.httpPort}/healthz`)
  return { status: response.status, body: await response.text() }
}
async function figure({ daemon }: House, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${daemon.httpPort}/metrics`)).text()
  return Number(
    text
      .split('\n')
      .find(line => line.startsWith(`${name} `))
      ?.split(' ')[1],
  )
}
/** Uploads random bytes with susan's login; gives the status. */
async function upload({ daemon }: House, bytes: number): Promise<number> {
  const form = new FormData()
  const fields = { user: SUSAN.username, password: SUSAN.password, queue: '1', title: 'Mine' }
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('attachment', new Blob([randomBytes(bytes)]), 'mine.bin')
  const url = `http://127.0.0.1:${daemon.httpPort}/api/create_ticket/`
  return (await fetch(url, { method: 'POST', body: form })).status
}

t.test('tiny files count as whole blocks, and one sender may use a tenth', async t => {
  const built = await house(t, `limits.files = ${5 * MIB}`)
  const mails = 8
  const from = 'erin@spam.example'
  const hand = await rawMailer(t, built.daemon.smtpPort)
  for (let n = 0; n < mails; n++)
    t.match(await hand({ raw: withTinyFiles(950, from, `m${n}`), from, to: SUPPORT }), /^250 /)
  t.ok(onDisk(built).bytes <= (5 * MIB) / 10, `${onDisk(built).bytes} bytes in ${onDisk(built).files} files`)
  const followups = await kept(built.config.state_dir, 'followups')
  t.equal(followups.length, mails)
  t.ok(followups.every(({ attachments }) => attachments.length <= 100))
  const last = followups.at(-1)!
  t.equal(last.attachments.length, 0)
  t.match(last.comment, TOO_LITTLE)
  t.match(
    last.comment,
    /This mail has more attachments than a follow-up can hold\. .*there is not enough space\./,
  )
  t.match(last.comment, /Here\.$/)
  t.equal((await kept(built.config.state_dir, 'mails')).at(-1)!.raw, null)
})

t.test(
  'outsiders may use half; the raw mails of the largest sender are removed first, and users still have room',
  async t => {
    const most = 2 * MIB
    const built = await house(t, `limits.files = ${most}`)
    const tenth = Math.floor(most / 10)
    const size = 40 * KIB
    const hand = await rawMailer(t, built.daemon.smtpPort)
    const take = (from: string, subject: string) =>
      hand({ raw: mailOf(from, subject, size), from, to: SUPPORT })
    for (let n = 0; n < 6; n++) t.match(await take('a@0.example', `0 ${n}`), /^250 /)
    let mails = await kept(built.config.state_dir, 'mails')
    t.equal(rawsOf(mails, '0.example').length, Math.floor(tenth / (44 * KIB)), 'a tenth of one domain')
    t.equal(mails.length, 6, 'the texts of all of them are kept')

    for (let domain = 1; domain < 10; domain++)
      for (let n = 0; n < 4; n++) t.match(await take(`a@${domain}.example`, `${domain} ${n}`), /^250 /)
    t.ok(onDisk(built).bytes <= most / 2, `${onDisk(built).bytes} bytes`)
    const honest = 'honest@home.example'
    const attachments = [{ filename: 'plan.txt', content: randomBytes(60 * KIB) }]
    await built.mail({ from: honest, to: SUPPORT, subject: 'My desk', text: 'See the plan.', attachments })
    mails = await kept(built.config.state_dir, 'mails')
    const followups = await kept(built.config.state_dir, 'followups')
    t.match(followups.at(-1), { comment: 'See the plan.', attachments: [{ filename: 'plan.txt' }] })
    t.match(mails.at(-1), { network: 'home.example', raw: /./ }, 'mail of a small sender is kept whole')
    t.ok(onDisk(built).bytes <= most / 2, `${onDisk(built).bytes} bytes`)
    t.ok((await figure(built, 'helpdeskd_raw_mails_dropped_total')) > 0)
    t.equal(followups.length, mails.length, 'no text is lost')
    t.same(
      mails.filter(({ raw, raw_size, network }) => raw === null && (raw_size ?? network) !== undefined),
      [],
    )

    t.match(await health(built), {
      status: 200,
      body: /^degraded: The files of unproven mail take \d+ % /,
    })
    const all = await figure(built, 'helpdeskd_files_bytes{of="all"}')
    t.equal(all, onDisk(built).bytes, 'the count matches the disk')
    t.equal(await figure(built, 'helpdeskd_files_bytes{of="unproven"}'), all)
    t.equal(await figure(built, 'helpdeskd_files_limit_bytes{of="unproven"}'), most / 2)

    t.equal(await upload(built, 500 * KIB), 200)
    t.match(await send(built, SUSAN.address, mailOf(SUSAN.address, 'Hello', 200 * KIB), SUSAN), /^250 /)
    const mine = (await kept(built.config.state_dir, 'mails')).at(-1)!
    t.match(mine, { raw: /./, network: undefined })
    t.match((await kept(built.config.state_dir, 'followups')).at(-1), {
      comment_file: /./,
      network: undefined,
    })

    t.equal(await upload(built, 500 * KIB), 200, 'raw mails of outsiders are removed for a user')
    t.ok(onDisk(built).bytes <= most)
    t.equal(await upload(built, 1500 * KIB), 503)
    t.ok(onDisk(built).bytes <= most)
  },
)

t.test('the shares are the same after a restart, and a lower limit applies from then on', async t => {
  const built = await house(t, `limits.files = ${2 * MIB}`)
  for (let n = 0; n < 3; n++) await send(built, 'a@a.example', mailOf('a@a.example', `${n}`, 40 * KIB))
  await send(built, 'b@b.example', withTinyFiles(20, 'b@b.example', 'tiny'))
  await built.daemon.stop()
  const figures = () =>
    inStore(built.config, async store => {
      const usage = await store.files.usage()
      const { bytes, unproven } = usage
      return {
        bytes,
        unproven,
        a: usage.of('a.example'),
        b: usage.of('b.example'),
        raws: usage.rawsOf('a.example', 9),
      }
    })
  const before = onDisk(built).bytes
  t.same(await figures(), {
    bytes: before,
    unproven: before,
    a: 3 * 44 * KIB,
    b: before - 3 * 44 * KIB,
    raws: [1, 2, 3],
  })

  const config = { ...built.config, 'limits.files': 200 * KIB }
  const daemon = await startFor(t, config, quietEvents())
  t.teardown(() => daemon.stop())
  const lower = { ...built, daemon }
  t.match(await health(lower), { status: 200, body: /^degraded: The files take \d+ % of limits\.files/ })
  const small = mailOf('c@c.example', 'small', 8 * KIB)
  t.match(await sendRaw(daemon.smtpPort, { raw: small, from: 'c@c.example', to: SUPPORT }), /^250 /)
  t.equal(onDisk(built).bytes - 12 * KIB <= 100 * KIB, true, `${onDisk(built).bytes} bytes`)
  const mails = await kept(config.state_dir, 'mails')
  t.equal(rawsOf(mails, 'a.example').length, 0)
  t.match(mails.at(-1), { network: 'c.example' })
})

t.test('a refused, repeated or dropped mail leaves no file', async t => {
  const built = await house(t, `limits.files = ${4 * MIB}`)
  const from = 'erin@example.net'
  const good = mailOf(from, 'Good', 300 * KIB, 'Message-ID: <1@example.net>\r\n')
  t.match(await send(built, from, good), /^250 /)
  const before = onDisk(built)
  t.match(await send(built, from, good), /^250 /, 'a repeated large mail')
  t.same(onDisk(built), before)
  const attachments = [
    { filename: 'a', content: randomBytes(90 * KIB) },
    ...Array.from({ length: 50 }, (_, n) => ({ filename: `${n}`, content: randomBytes(10) })),
    { filename: 'b', content: randomBytes(4.5 * MIB) },
  ]
  const refused = { to: SUPPORT, subject: 'x', attachments, login: SUSAN }
  await t.rejects(built.mail(refused), { message: /452/ })
  t.same(onDisk(built), before, 'a refused mail')
  const client = await wire(built.daemon.smtpPort)
  for (const line of ['EHLO x', `MAIL FROM:<${from}>`, `RCPT TO:<${SUPPORT}>`, 'DATA']) await client.say(line)
  client.write(good)
  const arriving = join(built.config.state_dir, 'files', 'arriving')
  await until('its first bytes', () => readdirSync(arriving).length > 0 || undefined)
  client.close()
  await until('it to go', () => readdirSync(arriving).length === 0 || undefined)
  t.same(onDisk(built), before, 'a mail that breaks off')
  t.match(await send(built, from, good.replace('Good', 'Next').replace('<1@', '<2@')), /^250 /)
  const most = await figure(built, 'helpdeskd_files_limit_bytes{of="all"}')
  t.equal(most, 4 * MIB)
  t.equal(await figure(built, 'helpdeskd_files_bytes{of="all"}'), onDisk(built).bytes)
})

t.test('mails that arrive at once do not take more room than there is', async t => {
  const most = 2 * MIB
  const built = await house(t, `limits.files = ${most}\nsmtp.relays = ["127.0.0.1"]`)
  const all = Array.from({ length: 40 }, (_, n) => {
    const from = `a@${n % 20}.example`
    return send(built, from, mailOf(from, `${n}`, 60 * KIB))
  })
  t.ok((await Promise.all(all)).every(reply => reply.startsWith('250 ')))
  t.ok(onDisk(built).bytes <= most / 2, `${onDisk(built).bytes} bytes`)
  t.equal((await kept(built.config.state_dir, 'followups')).length, 40)
})

t.test('half of the room of a ticket is reserved for users and for answers to letters', async t => {
  const built = await house(t, `limits.ticket_attachments = ${200 * KIB}`)
  const from = 'erin@example.net'
  const file = (name: string, bytes: number) => ({ filename: name, content: randomBytes(bytes) })
  const answer = (attachments: { filename: string; content: Buffer }[], headers = {}) =>
    built.mail({ from, to: SUPPORT, subject: 'Re: [support-1] x', text: 'Mine.', attachments, headers })
  const last = async () => (await kept(built.config.state_dir, 'followups')).at(-1)!
  await built.mail({
    from,
    to: SUPPORT,
    subject: 'x',
    attachments: [file('a', 90 * KIB), file('b', 90 * KIB)],
  })
  t.match(await last(), {
    attachments: [{ filename: 'a' }],
    comment: `${TOO_LITTLE} "b" (${90 * KIB} bytes).`,
  })
  t.same((await last()).attachments.length, 1)
  await answer([file('c', 20 * KIB), file('d', 5 * KIB)])
  t.match(await last(), {
    ticket: 1,
    attachments: [{ filename: 'd' }],
    comment: `${TOO_LITTLE} "c" (${20 * KIB} bytes).\n\nMine.`,
  })
  const [letter] = await built.letters(1)
  const id = /^Message-ID: (<.*>)/im.exec(letter!)![1]!
  await answer([file('forged', 20 * KIB)], {
    'In-Reply-To': id.replace(/[0-9a-f]{16}@/, `${'0'.repeat(16)}@`),
  })
  t.match(await last(), { attachments: { length: 0 } })
  await answer([file('e', 20 * KIB)], { 'In-Reply-To': id })
  t.match(await last(), { ticket: 1, attachments: [{ filename: 'e' }], comment: 'Mine.' })
  await answer([file('f', 100 * KIB)], { References: id })
  t.match(await last(), { attachments: { length: 0 }, comment: /^There is not enough space/ })
  await built.mail({ from, to: SUPPORT, subject: 'other', text: 'y' })
  await built.mail({
    from,
    to: SUPPORT,
    subject: 'Re: [support-2] other',
    text: 'Mine.',
    attachments: [file('g', 150 * KIB)],
    headers: { 'In-Reply-To': id },
  })
  t.match(
    await last(),
    { ticket: 1, attachments: { length: 0 } },
    'it belongs to the ticket of the letter that it answers, and takes the room there',
  )
  t.equal((await built.susan('add_followup', { ticket: '1', message: 'm' })).status, 200)
})

t.test('a start counts the files of many mails', async t => {
  const built = await house(t)
  await built.daemon.stop()
  const count = process.env.HELPDESKD_TORTURE ? 50_000 : 10_000
  await inStore(built.config, async store => {
    for (let at = 0; at < count; at += 1000)
      await store.transact(async tx => {
        for (let n = at; n < at + 1000; n++) await tx.add('mails', recordOf(n))
      })
  })
  const store = await openStore(built.config.state_dir, { ...quiet })
  const usage = await store.files.usage()
  t.equal(usage.bytes, count * 8 * KIB)
  t.equal(usage.of('192.0.7.0/24'), (count / 250) * 8 * KIB)
  await store.close()
})

const quiet = {
  fatal: (error: Error) => {
    throw error
  },
  synced: () => {},
  tornTail: () => {},
  checkpoint: () => {},
  checkpointFailed: () => {},
}

function recordOf(n: number): Omit<Mail, 'id'> {
  return {
    received: '2024-05-17T12:00:00.000Z',
    peer: `192.0.${n % 250}.2`,
    envelope_from: 'a@example.org',
    recipients: [SUPPORT],
    from: 'a@example.org',
    subject: `Mail ${n}`,
    message_id: null,
    verdict: 'ticket',
    reasons: [],
    user: null,
    tickets: [n],
    raw: n.toString(16).padStart(64, '0'),
    raw_size: 5000,
    network: `192.0.${n % 250}.0/24`,
  }
}

t.test('thousands of tiny attachments do not fit in a ticket', async t => {
  const built = await house(t, `limits.ticket_attachments = ${200 * KIB}`)
  const attachments = Array.from({ length: 40 }, (_, at) => ({ filename: `${at}`, content: 'x' }))
  await built.mail({ from: 'erin@example.net', to: SUPPORT, subject: 'x', attachments })
  t.match(await kept(built.config.state_dir, 'followups'), [{ attachments: { length: 25 } }])
})
