import t from 'tap'
import { furnishUsually, house, until } from '../../../house.ts'
import { kept } from '../kept.ts'
import { type Script, type Stage, smtpServer } from '../smtp_script.ts'
import { quickLetters } from './quick_letters.ts'

/** How a smarthost says that it does not let the helpdesk send, and what the log says of it. */
const REFUSALS: readonly (readonly [Stage, string, RegExp])[] = [
  [
    'dot',
    '554 5.2.252 SendAsDenied; helpdesk@helpdesk.example not allowed to send as support',
    /its address/,
  ],
  ['dot', '550 5.7.30 Basic authentication is not supported for Client Submission', /login/],
  ['dot', '550 5.7.515 Access denied, the sending domain does not meet the level', /SPF, DKIM and DMARC/],
  ['dot', '432 4.3.2 Concurrent connections limit exceeded', /more than the smarthost takes/],
  ['dot', '550 5.7.60 Client does not have permissions to send as this sender', /its address/],
  ['RCPT', '554 5.7.1 <maria@partner.example>: Relay access denied', /other domains/],
]
const LETTERS = 3

for (const between of [false, true])
  t.test(
    `a smarthost that refuses the helpdesk${between ? ', but takes letters to its own domain in between' : ''}: nothing is lost, and the log says so once`,
    async t => {
      const script: Script = {}
      const isRefused = (received: string) => /^(?:RCPT TO:|To: ).*@partner\.example/m.test(received)
      const server = await smtpServer(t, (stage, received) =>
        between && !isRefused(received) ? undefined : script[stage],
      )
      const url = `smarthost.url = "smtp://127.0.0.1:${server.port}"`
      const { shell, config, log } = await house(t, url, furnishUsually, {}, quickLetters)
      const logged = (event: string) =>
        log.filter(line => line.includes(`"${event}"`)).map(line => JSON.parse(line))
      // At the shell no password takes a tenth of a second.
      const open = (to: string) => shell('create_ticket', 'queue=1', 'title=Lift', `submitter_email=${to}`)
      let tickets = 0
      for (const [at, [stage, reply, sentence]] of REFUSALS.entries()) {
        script[stage] = reply
        const before = logged('letter_deferred').length
        for (let count = 0; count < LETTERS; count++) {
          await open(`maria${tickets++}@partner.example`)
          if (between) await open(`erin${tickets++}@example.org`)
        }
        await until('some attempts', () => logged('letter_deferred').length > before + 2 * LETTERS)
        delete script[stage]
        const { length } = await kept(config.state_dir, 'letters')
        await until('all letters', () => logged('letter_sent').length === length)
        const alerts = logged('smarthost_down')
        t.equal(alerts.length, at + 1, `one alert: ${reply}`)
        t.match(alerts.at(-1), { level: 'error', reply, sentence })
        await until('its end', () => logged('smarthost_up').length === at + 1)
      }
      t.same(await kept(config.state_dir, 'failing'), [], 'no address is marked')
      t.same(logged('letter_failed'), [])
      const followups = await kept(config.state_dir, 'followups')
      t.equal(followups.length, tickets, 'no ticket says that a letter failed')
    },
  )
