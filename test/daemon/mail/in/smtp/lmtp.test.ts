import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { createTransport } from 'nodemailer'
import t, { type Test } from 'tap'
import { queue } from '../../../../data/records.ts'
import { directoryFor, FRED, furnishUsually, HELPDESK, house, SUPPORT, SUSAN } from '../../../../house.ts'
import { runs } from '../../../../runs.ts'
import { needs, pathOf } from '../../../../tools.ts'
import { kept } from '../../kept.ts'
import { plain, stuffed, wire } from '../../wire.ts'

const SALES = 'sales@helpdesk.example'
const MAIL = 'From: Erin <erin@example.net>\r\nSubject: Hello\r\n\r\nText.\r\n'

/** A house with two queues that takes mail by LMTP at a port and at a unix socket. */
async function lmtpHouse(t: Test, more = '') {
  const path = join(directoryFor(t), 'lmtp.sock')
  const options = `lmtp.listen = ["127.0.0.1:0", "unix:${path}"]\nlmtp.mode = "0600"\n${more}`
  const built = await house(t, options, async tx => {
    await furnishUsually(tx)
    await tx.add('queues', queue({ title: 'Sales', slug: 'sales', email_address: SALES }))
  })
  const port = Number(built.daemon.listens.lmtp[0]?.split(':').at(-1))
  return { built, path, port }
}

t.test('LMTP has one reply for each recipient, and no login', async t => {
  const { built, path, port } = await lmtpHouse(t)
  t.equal(statSync(path).mode & 0o777, 0o600)
  const client = await wire({ path })
  t.match(await client.say('EHLO client.example'), /^500 /)
  const offered = await client.say('LHLO client.example')
  t.match(offered, /^250[- ]PIPELINING$/m)
  t.notMatch(offered, /AUTH|STARTTLS/)
  t.match(await client.say(`AUTH PLAIN ${plain(SUSAN.username, SUSAN.password)}`), /^500 /)
  t.match(await client.say('STARTTLS'), /^500 /)

  // A nested MAIL is refused, and the accepted recipients stay; one of them is named twice.
  for (const line of ['MAIL FROM:<erin@example.net>', `RCPT TO:<${SUPPORT}>`, `RCPT TO:<${SALES}>`])
    t.match(await client.say(line), /^250 /)
  t.match(await client.say('RCPT TO:<nobody@helpdesk.example>'), /^550 5\.1\.1 /)
  t.match(await client.say('MAIL FROM:<eve@evil.example>'), /^503 /)
  t.match(await client.say(`RCPT TO:<${SUPPORT.toUpperCase()}>`), /^250 /)
  t.match(await client.say('DATA'), /^354 /)
  client.write(stuffed(MAIL))
  for (let replies = 0; replies < 3; replies++) t.equal(await client.reply(), '250 2.0.0 Mail accepted.')
  t.match(await client.say('NOOP'), /^250 OK/, 'and there are no more')
  t.match(await kept(built.config.state_dir, 'tickets'), [{ queue: 1 }, { queue: 2 }])
  t.match(await kept(built.config.state_dir, 'mails'), [{ peer: 'lmtp', login: null }])

  t.match(await client.say('MAIL FROM:<erin@example.net>'), /^250 /)
  t.match(await client.say('DATA'), /^503 /, 'no recipient was accepted')
  await client.say('RSET')
  // Each mail that is refused for all its recipients is one command without effect, not a hundred.
  for (let mails = 0; mails < 3; mails++) {
    await client.say('MAIL FROM:<erin@example.net>')
    for (let count = 0; count < 9; count++) await client.say(`RCPT TO:<support+${count}@helpdesk.example>`)
    await client.say('DATA')
    client.write(
      stuffed(`${'Received: by mx.example; Mon, 2 Mar 2026 08:00:00 +0000\r\n'.repeat(60)}${MAIL}`),
    )
    for (let count = 0; count < 9; count++) t.match(await client.reply(), /^554 5\.4\.6 Too many hops/)
  }
  t.match(await client.say('NOOP'), /^250 /)
  client.close()
  const other = await wire(port)
  t.match(await other.say('EHLO x'), /^500 /, 'the same at the port')
  other.close()
})

/** What a client sends, beside the words for it: whether it may succeed is a matter of what came before. */
const STEPS = {
  hello: 'LHLO client.example',
  mail: 'MAIL FROM:<erin@example.net>',
  support: `RCPT TO:<${SUPPORT}>`,
  capitals: `RCPT TO:<${SUPPORT.toUpperCase()}>`,
  sales: `RCPT TO:<${SALES}>`,
  stranger: 'RCPT TO:<erin@example.net>',
  reset: 'RSET',
  data: 'DATA',
}

t.test('after the final dot, there are as many replies as RCPT was accepted', async t => {
  const { port } = await lmtpHouse(t)
  const looping = stuffed(
    `${'Received: by mx.example; Mon, 2 Mar 2026 08:00:00 +0000\r\n'.repeat(60)}${MAIL}`,
  )
  const steps = fc.array(fc.constantFrom(...Object.values(STEPS)), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(steps, async lines => {
      const client = await wire(port)
      await client.say(STEPS.hello)
      let accepted = 0
      for (const line of [STEPS.mail, STEPS.support, ...lines, STEPS.data]) {
        const reply = await client.say(line)
        const isDone = reply.startsWith('2')
        if (isDone && line.startsWith('RCPT')) accepted++
        if (isDone && !line.startsWith('RCPT')) accepted = 0
        if (!reply.startsWith('354')) continue
        client.write(looping)
        for (; accepted > 0; accepted--) t.match(await client.reply(), /^554 5\.4\.6 /)
      }
      t.match(await client.say('QUIT'), /^221 /)
      client.close()
    }),
    runs(200, 20),
  )
})

t.test('the reply for a recipient is true, whatever happens to another one', async t => {
  const { built, port } = await lmtpHouse(t)
  const client = await wire(port)
  await client.say('LHLO client.example')
  const begin = async (...to: string[]) => {
    await client.say('MAIL FROM:<erin@example.net>')
    for (const address of to) await client.say(`RCPT TO:<${address}>`)
    t.match(await client.say('DATA'), /^354 /)
  }
  await begin(SALES, SUPPORT)
  // It is no longer ours when the mail is complete.
  t.equal((await built.susan('change_queue', { queue: 'sales', email_address: '' })).status, 200)
  client.write(stuffed(MAIL))
  t.match(await client.reply(), /^550 5\.1\.1 This recipient address no longer exists\./)
  t.match(await client.reply(), /^250 /)
  t.match(await kept(built.config.state_dir, 'tickets'), [{ queue: 1 }])

  await begin(SUPPORT)
  client.write(stuffed(MAIL))
  t.match(await client.reply(), /^250 /, 'a repeat is accepted')
  t.equal((await kept(built.config.state_dir, 'tickets')).length, 1)
  client.close()
})

t.test('the peer is no proof, even where its address is that of a relay', async t => {
  const trusting =
    '[commands]\nproofs = ["relay"]\nrelays = ["127.0.0.1"]\nrelay_authserv_id = "mx.example.org"\nrelay_hops = 0\nrelay_vouches_for = ["example.org"]'
  const { built, port } = await lmtpHouse(t, trusting)
  await built.susan('create_ticket', { queue: '1', title: 'The door' })
  const raw = `Authentication-Results: mx.example.org; auth=pass smtp.auth=fred\r\nFrom: ${FRED.address}\r\nTo: ${HELPDESK}\r\nDate: ${new Date().toUTCString()}\r\nMessage-ID: <1@example.org>\r\nSubject: hold 1\r\n\r\n`
  const client = await wire(port)
  for (const line of ['LHLO x', `MAIL FROM:<${FRED.address}>`, `RCPT TO:<${HELPDESK}>`, 'DATA'])
    await client.say(line)
  client.write(stuffed(raw))
  t.match(await client.reply(), /^250 /)
  client.close()
  t.match(await kept(built.config.state_dir, 'mails'), [{ proven: false }])
  t.match(await kept(built.config.state_dir, 'tickets'), [{ on_hold: false }])
})

t.test('real programs deliver by LMTP', { skip: needs('swaks', 'smtp-source') }, async t => {
  const { built, path, port } = await lmtpHouse(t)
  const transport = createTransport({ host: '127.0.0.1', port, lmtp: true })
  const sent = await transport.sendMail({
    envelope: { from: 'erin@example.net', to: [SUPPORT, SALES, 'nobody@helpdesk.example'] },
    from: 'erin@example.net',
    to: SUPPORT,
    subject: 'By nodemailer',
  })
  transport.close()
  t.match(sent, { accepted: [SUPPORT, SALES], rejected: ['nobody@helpdesk.example'] })
  const run = promisify(execFile)
  const swaks = ['--protocol', 'LMTP', '--socket', path, '--from', 'erin@example.net']
  await run('swaks', [...swaks, '--to', `${SUPPORT},${SALES}`, '--header', 'Subject: By swaks'])
  // 20 mails over 4 connections.
  const source = [
    '-L',
    '-m',
    '20',
    '-s',
    '4',
    '-f',
    'erin@example.net',
    '-t',
    SUPPORT,
    `inet:127.0.0.1:${port}`,
  ]
  await run(pathOf('smtp-source')!, source)
  t.equal((await kept(built.config.state_dir, 'tickets')).length, 2 + 2 + 20)
})
