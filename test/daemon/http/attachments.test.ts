import { randomBytes } from 'node:crypto'
import { chmodSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { safeFilename } from '../../../daemon/files/filename.ts'
import { KIB } from '../../../data/sizes.ts'
import { anyCharacter } from '../../any_character.ts'
import { growthOf } from '../../growth.ts'
import { agent, QUEUE } from '../../handlers/fixture.ts'
import { HELPDESK, type House, house, inStore, SUSAN, until } from '../../house.ts'
import { postBytes } from '../../http_client.ts'
import { runs } from '../../runs.ts'
import { wire } from '../mail/wire.ts'

const LOGIN = { user: SUSAN.username, password: SUSAN.password }

/** A POST like that of a browser or fetch, with files and parameters. */
async function upload(
  { daemon }: House,
  method: string,
  params: Record<string, string>,
  files: readonly (readonly [field: string, filename: string, content: string | Uint8Array])[],
  headers: Record<string, string> = {},
) {
  const form = new FormData()
  for (const [name, value] of Object.entries({ ...LOGIN, ...params })) form.append(name, value)
  for (const [field, filename, content] of files)
    form.append(field, new Blob([content], { type: 'text/html' }), filename)
  const response = await fetch(`http://127.0.0.1:${daemon.httpPort}/api/${method}/`, {
    method: 'POST',
    body: form,
    headers,
  })
  return { status: response.status, body: await response.text(), headers: response.headers }
}

async function got({ daemon }: House, ticket: string, attachment: number) {
  const body = new URLSearchParams({ ...LOGIN, ticket, attachment: String(attachment) })
  const response = await fetch(`http://127.0.0.1:${daemon.httpPort}/api/get_attachment/`, {
    method: 'POST',
    body,
  })
  return {
    status: response.status,
    bytes: Buffer.from(await response.arrayBuffer()),
    headers: response.headers,
  }
}

t.test('files of a POST are attached to its follow-up, and can be downloaded', async t => {
  const home = await house(t)
  const picture = randomBytes(300 * KIB)
  t.match(
    await upload(home, 'create_ticket', { queue: '1', title: 'x' }, [
      ['attachment', 'fire.png', picture],
      ['attachment', '../../Grüße (1).html', '<script>alert(1)</script>'],
    ]),
    { status: 200, body: '1' },
  )
  t.match(
    await upload(home, 'add_followup', { ticket: '1', message: 'see there' }, [
      ['attachment[0]', 'CON', 'a'],
      ['attachment[1]', 'b', ''],
    ]),
    {
      status: 200,
    },
  )
  t.match(await upload(home, 'hold_ticket', { ticket: '1' }, [['attachment', 'only a file', 'x']]), {
    status: 200,
  })
  t.match(JSON.parse((await home.susan('list_attachments', { ticket: '1' })).body), [
    {
      attachment: 1,
      filename: 'fire.png',
      mime_type: 'text/html',
      size: picture.length,
      followup: 1,
      date: /^20/,
    },
    { attachment: 2, filename: 'Grüße (1).html', size: 25, followup: 1 },
    { attachment: 3, filename: '_CON', size: 1, followup: 2 },
    { attachment: 4, filename: 'b', size: 0, followup: 2 },
    { attachment: 5, filename: 'only a file', followup: 3 },
  ])
  const first = await got(home, '1', 1)
  t.ok(first.bytes.equals(picture))
  const headers = Object.fromEntries(first.headers)
  t.match(headers, {
    'content-type': 'application/octet-stream',
    'content-length': String(picture.length),
    'content-disposition': `attachment; filename="fire.png"; filename*=UTF-8''fire.png`,
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  })
  const second = await got(home, '1', 2)
  t.equal(second.headers.get('content-type'), 'application/octet-stream', 'whatever type its sender gave')
  t.equal(
    second.headers.get('content-disposition'),
    `attachment; filename="Gr__e (1).html"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%281%29.html`,
  )
  t.match(await home.susan('get_attachment', { ticket: '1', attachment: '6' }), {
    status: 404,
    body: 'Ticket 1 has no attachment 6; list_attachments shows the numbers.',
  })
  t.match(await home.susan('get_attachment', { ticket: '1', attachment: '0' }), { status: 400 })
  t.equal((await home.shell('attachments', '1')).says.split('\n').length, 5)

  await home.susan('delete_ticket', { ticket: '1', confirm: 'y' })
  const files = join(home.config.state_dir, 'files')
  await until(
    'no file to be left',
    () => !readdirSync(files, { recursive: true }).some(name => String(name).length > 60),
  )
})

t.test('a file in another field is refused; a method without files ignores it', async t => {
  const home = await house(t)
  await home.susan('create_ticket', { queue: '1', title: 'x' })
  for (const field of ['file', 'attachments', 'attachment[a]', 'user'])
    t.match(await upload(home, 'add_followup', { ticket: '1', message: 'm' }, [[field, 'a', 'a']]), {
      status: 400,
      body: `The field "${field}" takes no file; send the file in the field attachment.`,
    })
  t.match(await upload(home, 'add_followup', { ticket: '1' }, [['message', 'a', 'a']]), {
    status: 400,
    body: '"message" was sent as a file; send it as a text, without a file name.',
  })
  t.match(await upload(home, 'add_queue', { slug: 'x' }, [['title', 'a', 'a']]), {
    status: 400,
    body: '"title" was sent as a file; send it as a text, without a file name.',
  })
  const none = await upload(home, 'list_queues', {}, [['attachment', 'a', 'a']])
  t.equal(none.headers.get('x-ignored-parameters'), 'attachment')
  t.match(await home.susan('add_followup', { ticket: '1', message: 'm', attachment: 'x' }), {
    status: 400,
    body: '"attachment" was sent as a text; send it as a file, in multipart/form-data with a file name, or in a list of a JSON body.',
  })
  const rest = { attachments: 'y', attachment: '' }
  const named = await home.susan('add_followup', { ticket: '1', message: 'm', ...rest })
  t.equal(
    named.headers.get('x-ignored-parameters'),
    'attachments, attachment',
    'an empty file field is not a file',
  )
  t.equal((await home.susan('list_attachments', { ticket: '1' })).body, '[]')
})

t.test('an unsafe file name is made safe at every door', async t => {
  const home = await house(t)
  const hidden = "filename*=utf-16le''%00%D8%61%00"
  const boundary = 'b'
  const parts = [
    ...Object.entries({ ...LOGIN, queue: '1', title: 'x' }).map(
      ([name, value]) => `name="${name}"\r\n\r\n${value}`,
    ),
    `name="attachment"; ${hidden}\r\n\r\nfire`,
  ]
  const body = `${parts.map(part => `--b\r\nContent-Disposition: form-data; ${part}\r\n`).join('')}--b--\r\n`
  const headers = { 'Content-Type': `multipart/form-data; boundary=${boundary}` }
  const url = `http://127.0.0.1:${home.daemon.httpPort}/api/create_ticket/`
  t.equal(await (await fetch(url, { method: 'POST', body, headers })).text(), '1')
  const mail = [
    'From: eve@evil.example',
    'Subject: x',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'x',
    '--b',
    'Content-Type: application/octet-stream',
    `Content-Disposition: attachment; ${hidden}`,
    '',
    'fire',
    '--b--',
    '',
  ].join('\r\n')
  const client = await wire(home.daemon.smtpPort)
  for (const line of ['EHLO x.example', 'MAIL FROM:<eve@evil.example>', `RCPT TO:<${HELPDESK}>`, 'DATA'])
    await client.say(line)
  t.match(await client.say(`${mail}.`), /^250 /)
  client.close()
  for (const ticket of ['1', '2']) {
    const { status, bytes } = await got(home, ticket, 1)
    t.equal(status, 200)
    t.match(bytes.toString(), /^fire/)
  }
  t.equal(safeFilename('\ud800.txt'), 'txt')
  t.equal(Buffer.byteLength(safeFilename(`${'é'.repeat(1_000_000)}.txt`)), 120)
  const growth = await growthOf(30_000, n => {
    const name = `${'é'.repeat(n)}.txt`
    return () => safeFilename(name)
  })
  t.equal(growth, 'linear')
})

t.test('files are kept only for callers with permission', async t => {
  const home = await house(t)
  const token = (await home.shell('issue_token', 'username=susan', 'label=x', 'methods=list_queues'))
    .gives as string
  const limited = { user: 'susan', password: token, queue: '1', title: 'x' }
  const refused = await upload(home, 'create_ticket', limited, [['attachment', 'a', 'a']])
  t.match(refused, { status: 403, body: 'This token cannot call create_ticket; it can call list_queues.' })
  t.same(readdirSync(join(home.config.state_dir, 'files')), [])
})

t.test('files are kept only after the login', async t => {
  const home = await house(t)
  const refused = await upload(home, 'create_ticket', { queue: '1', title: 'x', password: 'wrong' }, [
    ['attachment', 'a', 'a'],
  ])
  t.equal(refused.status, 403)
  t.same(readdirSync(join(home.config.state_dir, 'files')), [])
})

t.test('a repeat with the same key has the same files', async t => {
  const home = await house(t)
  const key = { 'Idempotency-Key': 'a' }
  const open = (content: string) =>
    upload(home, 'create_ticket', { queue: '1', title: 'x' }, [['attachment', 'a', content]], key)
  t.match(await open('one'), { status: 200, body: '1' })
  t.match(await open('one'), { status: 200, body: '1' })
  t.match(await open('two'), {
    status: 400,
    body: /^This Idempotency-Key was already used for a different call/,
  })
  t.equal(JSON.parse((await home.susan('list_attachments', { ticket: '1' })).body).length, 1)
})

t.test('if files are not accepted, the refusal says so', async t => {
  for (const [limit, body] of [
    ['limits.attachment', 'Files are not accepted here; leave out "a".'],
    ['limits.ticket_attachments', 'Tickets cannot have attachments here; leave them out.'],
  ] as const) {
    const home = await house(t, `${limit} = 0`)
    const params = { queue: '1', title: 'x' }
    const refused = { status: 413, body }
    t.match(await upload(home, 'create_ticket', params, [['attachment', 'a', 'a']]), refused, limit)
  }
})

t.test('a file, a ticket and a site have limits', async t => {
  const limits = `limits.attachment = ${100 * KIB}\nlimits.ticket_attachments = ${200 * KIB}\nlimits.files = ${450 * KIB}`
  const home = await house(t, limits)
  await home.susan('create_ticket', { queue: '1', title: 'x' })
  const add = (ticket: string, bytes: number) =>
    upload(home, 'add_followup', { ticket, message: 'm' }, [['attachment', 'a', randomBytes(bytes)]])
  t.match(await add('1', 100 * KIB + 1), {
    status: 413,
    body: 'The file "a" has 102401 bytes; send files of at most 102400 bytes.',
  })
  t.match(await add('1', 100 * KIB), { status: 200 })
  t.match(await add('1', 100 * KIB), { status: 200 })
  t.match(await add('1', 1), {
    status: 413,
    body: 'The attachments of ticket 1 would take 204 KiB, and a ticket can have at most 200 KiB; leave some out, or open another ticket.',
  })
  const most = Array(3).fill(['attachment', 'a', randomBytes(70 * KIB)] as const)
  t.match(await upload(home, 'create_ticket', { queue: '1', title: 'x' }, most), {
    status: 413,
    body: 'The attachments of the ticket would take 210 KiB, and a ticket can have at most 200 KiB; leave some out.',
  })
  for (const ticket of ['2', '3']) await home.susan('create_ticket', { queue: '1', title: ticket })
  t.match(await add('2', 100 * KIB), { status: 200 })
  t.match(await add('2', 100 * KIB), { status: 200 })
  t.match(await add('3', 100 * KIB), {
    status: 503,
    body: 'There is no room for the file within limits.files; nothing was changed. Delete tickets, or ask an administrator to raise limits.files.',
  })
  t.match(await home.susan('add_followup', { ticket: '3', message: 'without a file' }), { status: 200 })
  await home.susan('delete_ticket', { ticket: '1', confirm: 'y' })
  t.match(await add('3', 100 * KIB), { status: 200 }, 'there is room again')
  await home.mail({ subject: 'x', attachments: [{ filename: 'a', content: randomBytes(100 * KIB + 1) }] })
  const { body } = await home.susan('get_ticket', { ticket: '4' })
  t.match(body, /Left out: \\"a\\" \(102401 bytes\)\./, 'by mail the file is left out')
})

t.test('a refused mail counts as never received', async t => {
  const home = await house(t, `limits.files = ${200 * KIB}`)
  const attachments = ['a', 'b', 'c'].map(filename => ({ filename, content: randomBytes(100 * KIB) }))
  const mail = {
    subject: 'x',
    login: SUSAN,
    messageId: '<1@example.org>',
    date: 'Thu, 26 Nov 2026 12:00:00 +0000',
    attachments,
  }
  for (const time of ['first', 'second'])
    await t.rejects(
      home.mail(mail),
      { message: /452 4\.3\.1 There is no room for the file/ },
      `the ${time} time`,
    )
  await home.daemon.stop()
  t.same(await inStore(home.config, store => store.read(tx => tx.find('mails', {}))), [])
})

t.test('a file that is removed while it is sent arrives complete', async t => {
  const home = await house(t)
  const content = randomBytes(5 * KIB * KIB)
  await upload(home, 'create_ticket', { queue: '1', title: 'x' }, [['attachment', 'a', content]])
  const body = new URLSearchParams({ ...LOGIN, ticket: '1', attachment: '1' })
  const response = await fetch(`http://127.0.0.1:${home.daemon.httpPort}/api/get_attachment/`, {
    method: 'POST',
    body,
  })
  await home.susan('delete_ticket', { ticket: '1', confirm: 'y' })
  t.ok(content.equals(Buffer.from(await response.arrayBuffer())))
})

t.test('a file with another size than in its record does not look complete', async t => {
  const home = await house(t)
  const files = [['attachment', 'a.txt', 'twelve bytes']] as const
  t.match(await upload(home, 'create_ticket', { queue: '1', title: 'x' }, files), { status: 200 })
  const kept = readdirSync(join(home.directory, 'state', 'files'), { recursive: true, withFileTypes: true })
  const { parentPath, name } = kept.find(entry => entry.isFile())!
  for (const content of ['two', 'more than twelve bytes']) {
    chmodSync(join(parentPath, name), 0o600)
    writeFileSync(join(parentPath, name), content)
    await t.rejects(got(home, '1', 1))
  }
})

t.test('pipelined requests for files open them one by one', async t => {
  const home = await house(t)
  const large = randomBytes(8 * KIB * KIB)
  const files = [['attachment', 'a.bin', large]] as const
  t.match(await upload(home, 'create_ticket', { queue: '1', title: 'x' }, files), { status: 200 })
  const open = () =>
    readdirSync('/proc/self/fd').filter(isFileOf(join(home.directory, 'state', 'files'))).length
  const ask = postBytes(
    '/api/get_attachment',
    `${new URLSearchParams({ ...LOGIN, ticket: '1', attachment: '1' })}`,
  )
  const socket = connect(home.daemon.httpPort, '127.0.0.1')
  socket.on('error', () => {}).pause()
  socket.write(ask.repeat(6))
  await until('the first to be opened', () => open() > 0 || undefined)
  await new Promise(resolve => setTimeout(resolve, 300))
  t.equal(open(), 1)
  let size = 0
  socket.on('data', chunk => {
    size += chunk.length
  })
  socket.resume()
  await until('all of them', () => size > 6 * large.length || undefined)
  socket.destroy()
})

/** Whether this process has an open file below a directory. */
function isFileOf(directory: string): (descriptor: string) => boolean {
  return descriptor => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(directory)
    } catch {
      return false
    }
  }
}

t.test('the name of an attachment never breaks its header', async t => {
  const home = await house(t, '', async tx => {
    await tx.put('users', agent(1, 'susan', []))
    await tx.put('queues', QUEUE)
  })
  const token = (await home.shell('issue_token', 'username=susan', 'label=x')).gives as string
  const url = `http://127.0.0.1:${home.daemon.httpPort}/api`
  const headers = { Authorization: `Bearer ${token}` }
  let ticket = 0
  await t.resolves(
    fc.assert(
      fc.asyncProperty(fc.string({ unit: anyCharacter, minLength: 1, maxLength: 150 }), async filename => {
        const form = new FormData()
        form.append('queue', '1')
        form.append('title', 'x')
        form.append('attachment', new Blob(['x']), filename)
        const opened = await fetch(`${url}/create_ticket/`, { method: 'POST', body: form, headers })
        if ((await opened.text()) !== String(++ticket)) throw new Error('it was not opened')
        const body = new URLSearchParams({ ticket: String(ticket), attachment: '1' })
        const response = await fetch(`${url}/get_attachment/`, { method: 'POST', body, headers })
        const disposition = response.headers.get('content-disposition') ?? ''
        return (
          (await response.text()) === 'x' &&
          /^attachment; filename="[^"\\]+"; filename\*=UTF-8''[\w%!~.-]+$/.test(disposition)
        )
      }),
      runs(150),
    ),
  )
})
