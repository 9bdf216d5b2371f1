import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import t, { type Test } from 'tap'
import { readConfig } from '../../../daemon/config/config.ts'
import { SELF_TEST_ERRAND } from '../../../daemon/self_test/self_test.ts'
import { connect } from '../../../daemon/shell/client.ts'
import type { Done } from '../../../daemon/shell/run.ts'
import { commandLines } from '../../command_lines.ts'
import {
  configText,
  directoryFor,
  furnishUsually,
  HELPDESK,
  type House,
  house,
  LETTERS_AT_ONCE,
  quietEvents,
  startFor,
} from '../../house.ts'
import { freePort } from '../../program.ts'
import { kept } from '../mail/kept.ts'
import { smtpServer } from '../mail/smtp_script.ts'

interface Relayed {
  readonly from: string
  readonly to: string
  readonly raw: string
}
/** What a relay makes of a letter; undefined to keep it. */
type Relaying = (letter: Relayed) => Relayed | undefined

/** A smarthost that hands each letter over to a helpdesk. */
async function relay(t: Test, port: () => number, relaying: Relaying = letter => letter): Promise<string> {
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    closeTimeout: 0,
    logger: false,
    onData: (stream, { envelope: { mailFrom, rcptTo } }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', chunk => chunks.push(chunk))
      stream.on('end', async () => {
        done()
        const from = mailFrom ? mailFrom.address : ''
        const raw = Buffer.concat(chunks).toString()
        const mail = relaying({ from, to: rcptTo[0]!.address, raw })
        const out = createTransport({ host: '127.0.0.1', port: port() })
        // Letters to others are refused there, as they should be.
        if (mail)
          await out.sendMail({ envelope: { from: mail.from, to: mail.to }, raw: mail.raw }).catch(() => {})
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise<void>(resolve => server.close(() => resolve())))
  return `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`
}

async function opened(t: Test, url: string, more = '', selfTest = 60_000): Promise<House> {
  const settings = `smarthost.url = "${url}"\n${more}`
  return house(t, settings, furnishUsually, {}, { ...LETTERS_AT_ONCE, selfTest })
}

/** A house whose smarthost relays to it. */
async function circle(t: Test, relaying?: Relaying, more = ''): Promise<House> {
  let port = 0
  const desk = await opened(t, await relay(t, () => port, relaying), more)
  port = desk.daemon.smtpPort
  return desk
}

async function tested({ config }: House): Promise<Done> {
  const client = await connect(config.state_dir, quietEvents())
  try {
    return await client.run({ method: SELF_TEST_ERRAND, params: {} })
  } finally {
    await client.close()
  }
}

const RESULTS =
  'Authentication-Results: mx.acme.io; spf=pass smtp.mailfrom=x;\r\n dkim=none; dmarc=odd; x-y=pass\r\n'

t.test('letters go out and come back', async t => {
  const desk = await circle(t, letter => ({ ...letter, raw: RESULTS + letter.raw }))
  const took = String.raw`: the smarthost smtp://127\.0\.0\.1:\d+ took the letter in \d+\.\d s, and it came back after \d+\.\d s from 127\.0\.0\.1, with spf=pass, dkim=none\.`
  const { exit, says } = await tested(desk)
  t.equal(exit, 0)
  t.match(
    says,
    new RegExp(
      String.raw`^Mail goes out and comes in\.\nTo helpdesk@helpdesk\.example${took}\nTo helpdesk\+r\S+@helpdesk\.example${took}$`,
    ),
  )
  t.match(await tested(desk), { exit: 0 }, 'and again')
  const mails = await kept(desk.config.state_dir, 'mails')
  t.equal(mails.length, 4)
  for (const { verdict, tickets } of mails) t.same({ verdict, tickets }, { verdict: 'loop', tickets: [] })
  t.same(await kept(desk.config.state_dir, 'letters'), [], 'it leaves no letter')
  t.same(await kept(desk.config.state_dir, 'tickets'), [])
})

t.test('without extensions there is one letter', async t => {
  const { says } = await tested(await circle(t, undefined, 'mail.plus = false'))
  t.match(says, /^Mail goes out and comes in\.\nTo helpdesk@helpdesk\.example: [^\n]+ from 127\.0\.0\.1\.$/)
})

t.test('a server that changes the letter is told of', async t => {
  const desk = await circle(t, letter => ({
    ...letter,
    raw: letter.raw
      .replace(/^X-Helpdesk-Loop: .+\r\n/im, '')
      .replace(/^Message-ID: .+$/im, m => `Message-ID: <${m.length}.${Math.random()}@smarthost.example>`),
  }))
  const { exit, says } = await tested(desk)
  t.equal(exit, 0)
  t.match(says, /came back after \d+\.\d s from 127\.0\.0\.1\. A server on the way has changed it, so/)
})

t.test('an extension that bounces fails the test, and says what to do', async t => {
  const desk = await circle(t, letter => {
    if (!letter.to.includes('+')) return letter
    const lines = [
      'From: MAILER-DAEMON@mx.example',
      `To: ${letter.from}`,
      'Subject: Undelivered',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=x',
      '',
      '--x',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example',
      '',
      `Final-Recipient: rfc822; ${letter.to}`,
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 5.1.1 no such user',
      '',
      '--x--',
      '',
    ]
    return { from: '', to: letter.from, raw: lines.join('\r\n') }
  })
  const { exit, says } = await tested(desk)
  t.equal(exit, 75)
  t.match(says, /^The self-test has failed\.\nTo helpdesk@\S+: .+ and it came back after/)
  t.match(says, /\nTo helpdesk\+r\S+: .+ and a report came back after \d+\.\d s: .*550 5\.1\.1 no such user/)
  t.match(
    says,
    /"helpdeskd why \d" shows it\.\nMail to the address itself comes in, and mail to an extension/,
  )
  t.match(await tested(desk), { exit: 75, says: /a report came back/ }, 'a second report is not a repeat')
  t.same(await kept(desk.config.state_dir, 'tickets'), [])
})

t.test('a smarthost that swallows the letters', async t => {
  const { port } = await smtpServer(t, {})
  const { exit, says } = await tested(await opened(t, `smtp://127.0.0.1:${port}`, '', 500))
  t.equal(exit, 75)
  t.match(
    says,
    /took the letter in \d+\.\d s \(250 kept\), and it did not come back within 0\.5 seconds\. Check in this order: the log and the queue of the smarthost; the MX record of helpdesk\.example,/,
  )
})

t.test('a smarthost that does not take them', async t => {
  const script = async (one: Parameters<typeof smtpServer>[1]) => (await smtpServer(t, one)).port
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      `127.0.0.1:${await script({ RCPT: '550 5.1.1 no such user' })}`,
      /did not take the letter \(after \d+\.\d s\): .*550 5\.1\.1 no such user\. It refuses the recipient: make/,
    ],
    [
      `127.0.0.1:${await script({ RCPT: '452 4.2.2 mailbox full' })}`,
      /4\.2\.2 mailbox full\. It asks to try later: /,
    ],
    [`127.0.0.1:${await freePort()}`, /: .*ECONNREFUSED.* Check smarthost\.url \(host, port/],
    [
      `user:secret@127.0.0.1:${await script({ AUTH: '535 5.7.8 no' })}`,
      /535 5\.7\.8 no\. Check smarthost\.url/,
    ],
    [
      `127.0.0.1:${await script({ greeting: 'hang' })}`,
      /: it has not answered in time\. Check smarthost\.url/,
    ],
  ]
  for (const [where, sentence] of cases) {
    const { exit, says } = await tested(await opened(t, `smtp://${where}`, '', 1000))
    t.equal(exit, 75)
    t.match(says, sentence)
    t.notMatch(says, 'secret')
  }
})

t.test('without a smarthost there is nothing to test', async t => {
  t.match(await tested(await house(t)), {
    exit: 0,
    says: /^Letters are not sent, but written to \S+ \(smarthost\.url\), so a self-test has nothing to test\.$/,
  })
})

t.test('the stop of the daemon ends a self-test, and there is one at a time', async t => {
  const { port, mails } = await smtpServer(t, {})
  const desk = await opened(t, `smtp://127.0.0.1:${port}`)
  const running = tested(desk)
  t.match(await tested(desk), { exit: 75, says: 'A self-test is running; wait until it ends.' })
  await desk.daemon.stop()
  t.match(await running, { exit: 75, says: /^The daemon stops; start it, then run the self-test again/ })
  t.ok(mails.length <= 2)
})

t.test('the program sets the site up, then tests it', async t => {
  const directory = directoryFor(t)
  let port = 0
  const url = await relay(t, () => port)
  const config = join(directory, 'helpdeskd.toml')
  writeFileSync(config, configText(directory, `smarthost.url = "${url}"`))
  const daemon = await startFor(t, readConfig(config), quietEvents())
  t.teardown(() => daemon.stop())
  port = daemon.smtpPort
  const runHere = commandLines(t)
  const words = ['--config', config, 'init', '--selftest', 'it@example.org']
  const { exit, out, err } = await runHere(words)
  t.match(
    out,
    /^Added the queue Support[\s\S]+Added the user admin, it@example\.org[\s\S]+\nMail goes out and comes in\.\n/,
  )
  t.match({ exit, err }, { exit: 0, err: /^Sends letters to the helpdesk itself, and waits/ })
  t.match(await runHere(words), {
    exit: 0,
    out: /^There is nothing to do: [\s\S]+\nMail goes out and comes in\./,
  })
  t.ok(out.includes(HELPDESK))
})
