import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { readConfig } from '../../daemon/config/config.ts'
import { commandLines } from '../command_lines.ts'
import {
  configText,
  directoryFor,
  eventsTo,
  HELPDESK,
  SUPPORT,
  secretsIn,
  sendMail,
  startFor,
  until,
} from '../house.ts'
import { ask } from '../http_client.ts'
import { wire } from './mail/wire.ts'

/** Passwords that may be stored only as a hash. They are posted, mistyped, mailed and rotated. */
const CANARIES = ['canary one & its cage', 'canary two % its song', 'canary three + its egg']
const [FIRST, SECOND, THIRD] = CANARIES as [string, string, string]
const FORM = 'application/x-www-form-urlencoded'
const base64 = (text: string) => Buffer.from(text).toString('base64')

t.test('a password and a token are posted, mistyped, mailed and rotated, and never kept', async t => {
  const directory = directoryFor(t)
  mkdirSync(join(directory, 'sent'))
  const config = join(directory, 'helpdeskd.toml')
  writeFileSync(config, configText(directory))
  const told: string[] = []
  const run = commandLines(t)
  const shell = async (words: string[], input?: string) => {
    const { out, err } = await run(['--config', config, ...words], input)
    told.push(out, err)
    return out.trim()
  }
  await shell(['add_queue', 'title=Support', 'slug=support', `email_address=${SUPPORT}`])
  await shell(['add_user', 'username=susan', 'email=susan@example.org', `new_password=${FIRST}`, 'admin=y'])
  await shell(['add_user', 'username=fred', 'email=fred@example.org', `new_password=${SECOND}`])
  const log: string[] = []
  const daemon = await startFor(t, readConfig(config), eventsTo(log))
  t.teardown(() => daemon.stop())
  const call = async (
    method: string,
    body: string,
    headers: Record<string, string> = { 'Content-Type': FORM },
  ) => {
    const {
      status,
      body: answer,
      headers: given,
    } = await ask(daemon.httpPort, 'POST', `/api/${method}/`, body, headers)
    return { status, answer, all: JSON.stringify([answer, given]) }
  }
  const post = async (...args: Parameters<typeof call>) => {
    const { status, all } = await call(...args)
    told.push(all)
    return status
  }
  const form = (params: Record<string, string>) => new URLSearchParams(params).toString()
  const susan = { user: 'susan', password: FIRST }

  // Posted.
  t.equal(
    await post(
      'create_ticket',
      form({ ...susan, queue: '1', title: 'x', submitter_email: 'ann@example.net' }),
    ),
    200,
  )
  const { answer: token } = await call('issue_token', form({ ...susan, username: 'susan', label: 'program' }))
  const { answer: other } = await call('issue_token', form({ ...susan, username: 'susan', label: 'other' }), {
    'Content-Type': FORM,
    'Idempotency-Key': 'k',
  })
  t.equal(
    await post('issue_token', form({ ...susan, username: 'susan', label: 'other' }), {
      'Content-Type': FORM,
      'Idempotency-Key': 'k',
    }),
    409,
  )
  const bearer = (text: string) => ({ 'Content-Type': FORM, Authorization: `Bearer ${text}` })
  const basic = (login: string) => ({ 'Content-Type': FORM, Authorization: `Basic ${base64(login)}` })
  t.equal(await post('hold_ticket', form({ ticket: '1' }), bearer(token)), 200)
  t.equal(await post('hold_ticket', form({ ticket: '1' }), basic(`susan:${FIRST}`)), 200)
  t.equal(await post('hold_ticket', form({ user: 'susan', password: token, ticket: '1' })), 200)
  const json = { 'Content-Type': 'application/json' }
  t.equal(await post('hold_ticket', JSON.stringify({ ...susan, ticket: 1 }), json), 200)

  // Mistyped.
  for (const [at, secret] of mistyped(token).entries()) {
    const from = { user: 'susan', password: `${secret}!` }
    t.equal(await post('hold_ticket', form({ ...from, ticket: '1' })), 403, `${at}`)
    t.equal(await post('hold_ticket', form({ user: secret, password: 'susan', ticket: '1' })), 403)
    t.equal(await post('hold_ticket', form({ ticket: '1' }), basic(`${secret}:`)), 403)
    t.equal(await post('hold_ticket', form({ ticket: '1' }), bearer(`${secret}x`)), 403)
    t.equal(await post('hold_ticket', `user=susan&password=${secret}%zz`), 400)
    t.equal(await post('hold_ticket', `{"user": "susan", "password": "${secret}"`, json), 400)
    t.equal(await post('hold_ticket', `{"user": "susan", "password": ["${secret}"]}`, json), 400)
    t.equal(
      await post('hold_ticket', `--x\r\n${secret}`, { 'Content-Type': 'multipart/form-data; boundary=x' }),
      400,
    )
    t.equal(await post('hold_ticket', secret, { 'Content-Type': 'text/plain' }), 415)
    t.equal(
      await post('set_password', form({ ...susan, username: 'fred', new_password: secret.repeat(4) })),
      400,
    )
    t.equal(await post('hold_ticket', form({ ...susan, ticket: '1', passwort: secret })), 200)
    told.push(
      JSON.stringify(
        await ask(
          daemon.httpPort,
          'GET',
          `/api/hold_ticket/?user=susan&password=${encodeURIComponent(secret)}`,
        ),
      ),
    )
    told.push(
      await garbage(
        daemon.httpPort,
        `POST /api/hold_ticket/ HTTP/1.1\r\nAuthorization: Bearer ${secret}\r\nnonsense\r\n\r\n`,
      ),
    )
    await shell(['list_tokens', `password=${secret}`])
    await shell(['set_password', 'username=fred', `new_password=${'x'.repeat(50)}${secret}`])
    const client = await wire(daemon.smtpPort)
    told.push(
      await client.say('EHLO client.example'),
      await client.say(`AUTH PLAIN ${base64(`\0${secret}\0susan`)}`),
    )
    client.close()
  }

  for (const secret of [token, other]) {
    t.equal(await post('revoke_token', form({ ...susan, token: secret })), 400)
    t.equal(await post('find_user', form({ ...susan, username: secret })), 404)
    t.equal(await post('create_ticket', form({ ...susan, title: 'x', queue: secret })), 404)
    t.equal(
      await post(
        'create_ticket',
        form({ ...susan, title: 'x', queue: '1', submitter_email: `to ${secret}` }),
      ),
      400,
    )
    t.equal(
      await post('set_password', form({ ...susan, username: secret, new_password: 'x'.repeat(9) })),
      404,
    )
    t.equal(await post(secret, form(susan)), 404)
    t.equal(await post('hold_ticket', form({ ...susan, ticket: '1', [secret]: 'x' })), 200)
    await shell(['revoke_token', `token=${secret}`])
    await shell(['revoke_token', secret])
  }

  // Mailed, with and without a login.
  const mails: { username: string; password: string }[] = [
    { username: 'susan', password: FIRST },
    { username: 'susan', password: token },
  ]
  for (const login of [...mails, undefined]) {
    for (const subject of [
      `set_password username=fred new_password="${THIRD}"`,
      `set_password username=fred new_password=${THIRD}`,
      `hold 1 password=${FIRST}`,
      `revoke_token token=${other}`,
      `my token is ${other}, why does it not work?`,
    ])
      told.push(await sendMail(daemon.smtpPort, { subject, to: HELPDESK, ...(login ? { login } : {}) }))
  }

  // Rotated.
  t.equal(await post('set_password', form({ ...susan, username: 'fred', new_password: THIRD })), 200)
  t.equal(
    await post('set_password', form({ ...susan, username: 'susan', new_password: SECOND }), {
      'Content-Type': FORM,
      'Idempotency-Key': 'p',
    }),
    200,
  )
  await shell(['set_password', 'username=susan', 'new_password=-'], `${THIRD}\n`)
  t.equal(await post('list_tokens', form({ user: 'susan', password: THIRD })), 200)
  t.equal(await post('revoke_token', form({ token: '1' }), bearer(token)), 200)
  t.equal(await post('list_queues', form({}), bearer(token)), 403)
  told.push(JSON.stringify(await ask(daemon.httpPort, 'GET', '/metrics')))

  await until('the letters', () => log.some(line => line.includes('"event":"letter_sent"')))
  await daemon.stop()
  told.push(...log)
  const secrets = [...CANARIES, token, other].flatMap(secret => [
    secret,
    base64(secret),
    encodeURIComponent(secret),
  ])
  t.same(secretsIn(directory, told, secrets), [])
  t.same(secretsIn(directory, ['x'], ['susan@example.org']).length > 0, true, 'the search itself works')
})

/** A password and the token; with HELPDESKD_TORTURE=1 all passwords and the token. */
function mistyped(token: string): string[] {
  return process.env.HELPDESKD_TORTURE ? [...CANARIES, token] : [FIRST, token]
}

/** Sends bytes that are not a request; gives the reply. */
function garbage(port: number, bytes: string): Promise<string> {
  return new Promise(resolve => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('data', chunk => {
      received += chunk
    })
    socket.on('close', () => resolve(received)).on('error', () => {})
  })
}
