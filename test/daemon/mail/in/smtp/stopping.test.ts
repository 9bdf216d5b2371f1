import t from 'tap'
import { HELPDESK, house, SUSAN } from '../../../../house.ts'
import { wire, wireFor } from '../../wire.ts'

const ENVELOPE = [`MAIL FROM:<${SUSAN.address}>`, `RCPT TO:<${HELPDESK}>`, 'DATA']
const mail = (subject: string) =>
  `From: ${SUSAN.address}\r\nTo: ${HELPDESK}\r\nSubject: ${subject}\r\n\r\nHello.\r\n.\r\n`

t.test('a door that closes takes the mails that have begun, and ends silent sessions', async t => {
  const { daemon, log } = await house(t)
  const port = daemon.smtpPort
  const [idle, begun, inData] = [await wireFor(port), await wireFor(port), await wireFor(port)]
  await begun.say(ENVELOPE[0]!)
  for (const line of ENVELOPE) await inData.say(line)
  const stopped = daemon.stop()
  await t.rejects(
    wire(port).then(client =>
      client.say('EHLO x').then(reply => (reply === 'closed' ? Promise.reject(reply) : reply)),
    ),
    'no new connection',
  )
  inData.write(mail('First'))
  t.match(await inData.reply(), /^250 /)
  t.match(await inData.say(ENVELOPE[0]!), '421 4.3.2 The server is stopping; try again in a minute.')
  for (const line of ENVELOPE.slice(1)) t.match(await begun.say(line), /^(?:250|354) /)
  begun.write(mail('Second'))
  t.match(await begun.reply(), /^250 /)
  t.match(await begun.say('QUIT'), /^221 /)
  t.match(await idle.reply(), /^421 4\.3\.2 The server is stopping/)
  await stopped
  const told = log.map(line => JSON.parse(line))
  t.equal(told.filter(({ event }) => event === 'mail_received').length, 2)
  t.equal(told.filter(({ reason }) => reason === 'stopping').length, 2)
})
