import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { sha256 } from '../../data/secret.ts'
import { MIB } from '../../data/sizes.ts'
import { newToken } from '../../data/token.ts'
import { exampleCall } from '../../handlers/command/command.ts'
import { methods } from '../../handlers/index.ts'
import type { Method } from '../../handlers/method.ts'
import { NOW } from '../handlers/fixture.ts'
import { furnishExamples, KEEPS_RECORDS, writeFile } from '../handlers/methods/examples.ts'
import { directoryFor, HELPDESK, type House, house, SUPPORT, SUSAN, until } from '../house.ts'
import { needs } from '../tools.ts'
import { kept } from './mail/kept.ts'
import { rawMailer, sendRaw } from './mail/wire.ts'

const NO_ROOM = `${KEEPS_RECORDS}\nstore.min_free = ${Number.MAX_SAFE_INTEGER}`
const NEARLY_FULL = /^The disk that holds the tickets is nearly full; nothing was changed\./

/** A house on a disk with too little room, with all records that the examples need. */
async function fullHouse(t: Test, more = NO_ROOM, furnish = furnishExamples): Promise<House> {
  const built = await house(t, more, furnish)
  writeFile(built.config.state_dir)
  return built
}

/** Methods that need no room come last, the one that deletes the ticket at the very end. */
function inOrder(door: 'http' | 'shell'): Method[] {
  const rank = ({ name, reads, frees }: Method) => (name === 'delete_ticket' ? 3 : frees ? 2 : reads ? 1 : 0)
  const open = [...methods.values()].filter(({ doors }) => !doors || doors.includes(door))
  return open.sort((a, b) => rank(a) - rank(b))
}

t.test('by POST, methods that read or free room still work, and all others are 503', async t => {
  const { susan, config } = await fullHouse(t)
  const done: string[] = []
  for (const method of inOrder('http')) {
    const { params } = exampleCall(method)
    const { status, body } = await susan(method.name, params as Record<string, string>)
    if (status === 200) done.push(method.name)
    else t.match({ status, body }, { status: 503, body: NEARLY_FULL }, method.name)
  }
  t.same(done.toSorted(), [
    'clear_address',
    'delete_ticket',
    'escalation',
    'find_user',
    'get_attachment',
    'get_letter',
    'get_original',
    'get_ticket',
    'help',
    'history',
    'letters',
    'list_attachments',
    'list_exclusions',
    'list_failing',
    'list_held_back',
    'list_ignores',
    'list_mine',
    'list_queues',
    'list_tickets',
    'list_tokens',
    'list_users',
    'mails',
    'redact',
    'remove_exclusion',
    'remove_ignore',
    'report',
    'revoke_token',
    'whoami',
    'why',
  ])
  t.equal(done.at(-1), 'delete_ticket')
  t.match(await kept(config.state_dir, 'tickets'), [{ id: 7 }, { id: 12 }], 'only the other tickets are left')
  t.equal((await kept(config.state_dir, 'tokens')).length, 1)
})

t.test('the same by shell', async t => {
  const { shell } = await fullHouse(t)
  const done: string[] = []
  for (const method of inOrder('shell')) {
    const params = Object.entries(exampleCall(method).params).map(([name, value]) => `${name}=${value}`)
    const { exit, says } = await shell(method.name, ...params)
    if (exit === 0) done.push(method.name)
    else t.match({ exit, says }, { exit: 75, says: NEARLY_FULL }, method.name)
  }
  t.same(
    done,
    inOrder('shell')
      .filter(({ reads, frees }) => reads || frees)
      .map(({ name }) => name),
  )
})

t.test('pages and metrics work, and a token logs in and its use is noted', async t => {
  const token = newToken()
  const { daemon, config } = await fullHouse(t, NO_ROOM, async tx => {
    await furnishExamples(tx)
    const mine = { user: 1, label: 'mine', hash: sha256(token), methods: [], created: NOW }
    await tx.put('tokens', { ...mine, id: 9, expires: null, last_used: null })
  })
  const at = `http://127.0.0.1:${daemon.httpPort}`
  for (const path of ['/api/', '/api/openapi.json', '/healthz', '/metrics'])
    t.equal((await fetch(`${at}${path}`)).status, 200, path)
  const headers = { Authorization: `Bearer ${token}` }
  const answer = await fetch(`${at}/api/list_queues/`, { method: 'POST', headers })
  t.equal(answer.status, 200)
  const noted = (await kept(config.state_dir, 'tokens')).find(({ id }) => id === 9)
  t.type(noted?.last_used, 'string')
})

function mailFrom(subject: string, text = '', more = ''): string {
  return `From: ${SUSAN.address}\r\nTo: ${HELPDESK}\r\nSubject: ${subject}\r\n${more}\r\n${text}\r\n`
}
const ALTERNATIVE = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n'
const WITH_FILE = '--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nHello\r\n--b--'

t.test('by mail a user can read and free room on a nearly full disk, and no text is lost', async t => {
  const refused = /^452 4\.3\.1 The disk that holds the tickets is nearly full/
  const { daemon, config, letters } = await fullHouse(t)
  const before = await kept(config.state_dir, 'mails')
  const susans = await rawMailer(t, daemon.smtpPort, SUSAN)
  const send = (raw: string, to = HELPDESK) => susans({ raw, to })

  t.match(await sendRaw(daemon.smtpPort, { raw: mailFrom('queues') }), refused, 'a stranger')
  for (const [kind, raw] of [
    ['a command that adds', mailFrom('hold 31794')],
    ['one that cannot be read', mailFrom('hodl 31794')],
    ['a ticket', mailFrom('My desk', 'It is on fire.')],
    ['an answer', mailFrom('Re: [support-31794] The printer', 'Mine too.')],
    ['a command with words', mailFrom('queues', 'And hello to all of you!')],
    ['one that frees, with words', mailFrom('delete 31794 confirm', 'It was a mistake of mine.')],
    ['a command with a file', mailFrom('queues', WITH_FILE, ALTERNATIVE)],
    ['what cannot be taken apart', mailFrom('queues', '', `Content-Type: ${'x'.repeat(3 * MIB)}\r\n`)],
  ] as const)
    t.match(await send(raw), refused, kind)
  t.match(await send(mailFrom('queues'), SUPPORT), refused, 'a ticket in a queue')
  t.same(await kept(config.state_dir, 'mails'), before)

  for (const [subject, text] of [
    ['queues', ''],
    ['queues', ''],
    ['help', '\r\n\r\n-- \r\nSusan\r\nPhone 12345'],
    ['revoke_token token=1', ''],
    ['revoke_token token=77', ''],
    ['delete 31794 confirm', ''],
  ] as const)
    t.match(await send(mailFrom(subject, text)), /^250 /, subject)
  const answers = await letters(6)
  const said = [
    '1 support Support',
    '1 support Support',
    'List what you may do',
    'is revoked',
    'no token 77',
    '31794 is deleted',
  ]
  for (const [at, words] of said.entries()) t.match(answers[at], words)
  const [former, ...mails] = await kept(config.state_dir, 'mails')
  t.match(former, { tickets: [12] })
  t.same(
    mails.map(({ raw, subject }) => [raw, subject]),
    ['queues', 'queues', 'help', 'revoke_token token=1', 'revoke_token token=77', 'delete 31794 confirm'].map(
      subject => [null, subject],
    ),
  )
  t.match(await kept(config.state_dir, 'tickets'), [{ id: 7 }, { id: 12 }])
})

t.test('without room for files, the text of mail is kept, and the file of a user is refused', async t => {
  const refused = /^452 4\.3\.1 There is no room for the file/
  const { daemon, config, letters } = await fullHouse(t, `limits.files = 0\n${KEEPS_RECORDS}`)
  const before = await kept(config.state_dir, 'mails')
  const susans = await rawMailer(t, daemon.smtpPort, SUSAN)
  const strangers = await rawMailer(t, daemon.smtpPort)
  const send = (raw: string, login = true) => (login ? susans : strangers)({ raw })
  for (const [kind, raw] of [
    ['a command with a file', mailFrom('queues', WITH_FILE, ALTERNATIVE)],
    ['a broken mail', mailFrom('x', 'Words.', 'Content-Type: multipart/mixed\r\n')],
  ] as const)
    t.match(await send(raw), refused, kind)
  t.same(await kept(config.state_dir, 'mails'), before)

  t.match(await send(mailFrom('hold 31794')), /^250 /)
  t.match(await send(mailFrom('My desk', 'It is on fire.')), /^250 /)
  t.match(await send(mailFrom('My chair', WITH_FILE, ALTERNATIVE), false), /^250 /)
  t.match(await send(mailFrom('My lamp', 'Words.', 'Content-Type: multipart/mixed\r\n'), false), /^250 /)
  t.match((await letters(1))[0], /31794/)
  const followups = await kept(config.state_dir, 'followups')
  const line = 'There is not enough space for all of this mail. Not kept:'
  t.same(
    followups.slice(-3).map(({ comment, attachments }) => [comment, attachments]),
    [
      [`${line} the original mail.\n\nIt is on fire.`, []],
      [`${line} "a.txt" (5 bytes); the original mail.`, []],
      [
        `(Something of this mail may be missing here: it does not say where its parts begin. The mail itself is not kept because there is not enough space.)\n${line} the original mail.\n\nWords.`,
        [],
      ],
    ],
  )
  const mails = await kept(config.state_dir, 'mails')
  t.same(
    mails.map(({ raw, raw_size, network }) => [raw, raw_size, network]),
    mails.map(() => [null, undefined, undefined]),
  )
})

t.test('deleting a ticket makes room again', { skip: needs('root', 'mount', 'umount') }, async t => {
  const state = join(directoryFor(t), 'state')
  mkdirSync(state)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${10 * MIB},mode=0700`, 'tmpfs', state])
  t.teardown(() => execFileSync('umount', ['-l', state]))
  const { daemon, susan } = await house(t, `state_dir = "${state}"\nstore.min_free = ${2 * MIB}`)
  const form = new FormData()
  for (const [name, value] of Object.entries({
    user: SUSAN.username,
    password: SUSAN.password,
    queue: '1',
    title: 'x',
  }))
    form.append(name, value)
  form.append('attachment', new Blob([Buffer.alloc(4 * MIB, 'x')]), 'large.txt')
  const url = `http://127.0.0.1:${daemon.httpPort}/api/create_ticket/`
  t.equal((await fetch(url, { method: 'POST', body: form })).status, 200)
  writeFileSync(join(state, 'ballast'), Buffer.alloc(4.5 * MIB))
  const create = () => susan('create_ticket', { queue: '1', title: 'The next one' })
  await until('it to be full', async () => ((await create()).status === 503 ? true : undefined))
  t.match(await susan('list_attachments', { ticket: '1' }), { status: 200, body: /large\.txt/ })
  t.equal((await susan('get_attachment', { ticket: '1', attachment: '1' })).body.length, 4 * MIB)
  t.match(await susan('delete_ticket', { ticket: '1', confirm: 'y' }), { status: 200 })
  await until('room', async () => ((await create()).status === 200 ? true : undefined))
  rmSync(join(state, 'ballast'))
})
