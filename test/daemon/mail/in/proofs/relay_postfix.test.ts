import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { ticket } from '../../../../data/records.ts'
import { directoryFor, FRED, furnishUsually, HELPDESK, house, SUSAN, until } from '../../../../house.ts'
import { POSTFIX, startPostfix } from '../../../../postfix.ts'
import { needs } from '../../../../tools.ts'
import { kept, keptAll } from '../../kept.ts'
import { sendRaw } from '../../wire.ts'

const execute = promisify(execFile)

/** The settings of Postfix and the configuration of helpdeskd, as the README shows them. */
function fromReadme(): { readonly main: string; readonly toml: string } {
  const readme = readFileSync('daemon/mail/README.md', 'utf8')
  const [, part = ''] = /\nA Postfix that says so itself(.*?)\n## /s.exec(readme) ?? []
  const [, main = '', toml = ''] = /```\n(.*?)```.*```toml\n(.*?)```/s.exec(part) ?? []
  return { main, toml }
}

/** Answers as the authentication server of Dovecot does: the password of a user is the name twice. */
async function dovecot(t: Test, path: string): Promise<void> {
  const server: Server = createServer(socket => {
    socket.on('error', () => {})
    socket.write(
      'VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t0123456789abcdef0123456789abcdef\nDONE\n',
    )
    socket.on('data', lines => {
      for (const line of lines.toString().split('\n')) {
        const [word, id, ...rest] = line.split('\t')
        if (word !== 'AUTH') continue
        const given = rest.find(one => one.startsWith('resp='))?.slice(5) ?? ''
        const [, name, password] = Buffer.from(given, 'base64').toString().split('\0')
        socket.write(`${password === `${name}${name}` ? 'OK' : 'FAIL'}\t${id}\tuser=${name}\n`)
      }
    })
  })
  await new Promise<void>(resolve => server.listen(path, resolve))
  chmodSync(path, 0o666)
  t.teardown(() => server.close())
}

t.test(
  'a Postfix in front, set up as the README shows, tells honest mails from spoofed ones',
  {
    skip: needs(...POSTFIX),
  },
  async t => {
    const { main, toml } = fromReadme()
    const built = await house(t, toml, async tx => {
      await furnishUsually(tx)
      await tx.add('tickets', ticket({ title: 'The printer', submitter_email: 'erin@example.net' }))
    })
    const directory = directoryFor(t)
    chmodSync(directory, 0o755)
    mkdirSync(join(directory, 'spool', 'private'), { recursive: true })
    await execute('chown', ['postfix', join(directory, 'spool', 'private')])
    await dovecot(t, join(directory, 'spool', 'private', 'auth'))
    const settings = main.replace('2525', `${built.daemon.smtpPort}`).trimEnd().split('\n')
    const postfix = await startPostfix(directory, [...settings, 'mydestination =', 'mynetworks ='])
    t.teardown(() => postfix.end())
    let sent = 0
    const send = async (
      from: string,
      fields: { envelope?: string; login?: string; more?: string; subject?: string },
    ) => {
      const { envelope = from, login, more = '', subject = 'hold 1' } = fields
      const raw = `${more}From: ${from}\r\nTo: ${HELPDESK}\r\nSubject: ${subject}\r\nDate: ${new Date().toUTCString()}\r\nMessage-ID: <${++sent}@example.org>\r\n\r\nLater.\r\n`
      const credentials = login === undefined ? {} : { login: { username: login, password: login + login } }
      return sendRaw(postfix.port, { raw, from: envelope, ...credentials })
    }
    const arrived = async (count: number) => {
      await until(
        `mail ${count}`,
        async () => (await kept(built.config.state_dir, 'mails')).length >= count || undefined,
      )
      return (await kept(built.config.state_dir, 'mails'))[count - 1]!
    }
    const forged = 'Authentication-Results: mx.example.org; auth=pass smtp.auth=fred\r\n'
    const outside = 'eve@evil.example'
    // Postfix takes these from nobody but fred.
    t.match(await send(FRED.address, {}), /^553 5\.7\.1 .*not logged in/)
    t.match(await send(FRED.address, { login: 'susan' }), /^553 5\.7\.1 .*not owned by user susan/)
    t.match(await send(FRED.address, { login: 'eve' }), /^553|^535/)
    const spoofs = [
      { envelope: outside },
      { envelope: '' },
      { envelope: outside, more: forged },
      { envelope: SUSAN.address, login: 'susan' },
      { envelope: SUSAN.address, login: 'susan', more: forged },
    ]
    for (const [at, spoof] of spoofs.entries()) {
      t.match(await send(FRED.address, spoof), /^250/)
      t.match(
        await arrived(at + 1),
        { verdict: /^(?:ticket|automatic)$/, proven: false },
        JSON.stringify(spoof),
      )
    }
    t.notOk((await (await keptAll(built.config.state_dir)).get('tickets', 1))!.on_hold)
    t.match(await send(FRED.address, { login: 'fred' }), /^250/)
    t.match(await arrived(spoofs.length + 1), { verdict: 'command', proof: 'relay', user: 2, proven: true })
    t.ok((await (await keptAll(built.config.state_dir)).get('tickets', 1))!.on_hold)
    t.match(
      await send('Fred <fred@example.org>', { envelope: '', login: 'fred', subject: 'unhold 1' }),
      /^250/,
    )
    const byLogin = await arrived(spoofs.length + 2)
    t.match(byLogin, { proven: true, proof: 'relay' }, 'by the login alone')
  },
)
