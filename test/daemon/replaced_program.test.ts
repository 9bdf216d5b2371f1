import { cpSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { configText, directoryFor, until } from '../house.ts'
import { ROOT, run, serve } from '../program.ts'
import { sendRaw } from './mail/wire.ts'

const MAIL =
  'From: sue@example.org\r\nTo: helpdesk@helpdesk.example\r\nSubject: Help\r\n\r\nThe printer burns.\r\n'

t.test('a daemon whose program is replaced by another version', async t => {
  const directory = directoryFor(t)
  const [dist, manifest] = [join(directory, 'dist'), join(directory, 'package.json')]
  for (const folder of ['data', 'handlers', 'daemon'])
    cpSync(`${ROOT}dist/${folder}`, join(dist, folder), { recursive: true })
  symlinkSync(`${ROOT}node_modules`, join(directory, 'node_modules'))
  writeFileSync(manifest, readFileSync(`${ROOT}package.json`))
  const config = join(directory, 'helpdeskd.toml')
  writeFileSync(config, configText(directory))
  const { out } = await run(t, ['--config', config, 'init', 'admin@example.org'])
  const password = /only once: (\S+)/.exec(out)![1]!
  const { http, smtp, err, child, ended } = await serve(t, config, join(dist, 'daemon/main.js'))

  writeFileSync(manifest, JSON.stringify({ type: 'module', version: '999.0.0' }))
  t.match(await sendRaw(smtp, { raw: MAIL }), /^451 4\.3\.0 Mail cannot be parsed at the moment/)
  const death =
    '"parser_died","reason":"an upgrade has replaced the program of the running daemon; restart it"'
  await until('the log to say why', () => err().includes(death))

  for (const name of ['dist', 'node_modules', 'package.json'])
    renameSync(join(directory, name), join(directory, `${name}.old`))
  const post = async (method: string, params: Record<string, string>) => {
    const body = new URLSearchParams({ user: 'admin', password, ...params })
    const reply = await fetch(`http://127.0.0.1:${http}/api/${method}/`, { method: 'POST', body })
    return { status: reply.status, text: await reply.text() }
  }
  const ticket = { queue: '1', title: 'Help', submitter_email: 'sue@example.org' }
  t.match(await post('create_ticket', ticket), { status: 200, text: '1' }, 'the password is checked')
  const message = '<p>Use <b>water</b>.</p>'
  t.match(await post('add_followup', { ticket: '1', message, public: 'y' }), { status: 200 })
  const sent = () =>
    readdirSync(join(directory, 'sent')).map(name => readFileSync(join(directory, 'sent', name), 'utf8'))
  await until('the letter', () => sent().some(letter => letter.includes('<b>water</b>')))
  t.notMatch(err(), '"level":"error"')
  child.kill('SIGTERM')
  t.match(await ended, { exit: 0 })
})
