import t from 'tap'
import { KnownAddresses } from '../../../../../daemon/auth/known_addresses.ts'
import { Places } from '../../../../../daemon/mail/in/smtp/connection_limits.ts'
import { SESSION_WAITS, Session } from '../../../../../daemon/mail/in/smtp/session.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

function begun() {
  const places = new Places(() => false, new KnownAddresses())
  const place = places.take('192.0.2.1')
  if (typeof place === 'string') throw new Error(place)
  const session = new Session({ id: 'x', peer: '192.0.2.1', place, waits: SESSION_WAITS })
  return { session, after: (milliseconds: number) => session.overdue(performance.now() + milliseconds) }
}
function greeted() {
  const { session, after } = begun()
  session.replied(220)
  session.commandCame('EHLO')
  session.replied(250)
  return { session, after }
}

t.test('EHLO must come within 30 seconds, even if other commands come', async t => {
  const { session, after } = begun()
  t.equal(after(29 * SECOND), undefined)
  t.equal(after(31 * SECOND), 'Timeout waiting for EHLO.')
  session.commandCame('NOOP')
  session.replied(250)
  t.equal(after(31 * SECOND), 'Timeout waiting for EHLO.')
})

t.test('a command has 60 seconds, TLS 30, a session 30 minutes, and our own work has no limit', async t => {
  const { session, after } = greeted()
  t.equal(after(59 * SECOND), undefined)
  t.equal(after(61 * SECOND), 'Timeout waiting for a command.')
  session.commandCame('MAIL')
  t.equal(after(40 * MINUTE), undefined)
  session.replied(250)
  t.match(after(31 * MINUTE), /^The session took too long/)
  session.commandCame('STARTTLS')
  session.replied(220)
  t.equal(session.isCutOff, 'tls')
  t.equal(after(31 * SECOND), 'Timeout during the TLS handshake.')
  session.secured()
  t.equal(after(31 * SECOND), undefined)
})

t.test('a mail has 10 minutes, and after 10 seconds 500 bytes a second', async t => {
  const { session, after } = greeted()
  const data = () => {
    session.commandCame('DATA')
    session.mailBegins()
    session.replied(354)
    session.awaitsBytes()
  }
  data()
  t.equal(session.isCutOff, 'broken_off')
  t.equal(after(9 * SECOND), undefined)
  t.match(after(11 * SECOND), /^The mail arrives too slowly/)
  session.bytesCame(10_000)
  t.equal(after(11 * SECOND), undefined, 'time in which we do not read does not count')
  session.awaitsBytes()
  t.equal(after(19 * SECOND), undefined)
  t.match(after(21 * SECOND), /^The mail arrives too slowly/)
  session.bytesCame(10_000_000)
  session.awaitsBytes()
  t.equal(after(9 * MINUTE), undefined)
  t.equal(after(11 * MINUTE), 'Timeout waiting for the end of the mail.')
  session.mailEnded()
  t.equal(after(40 * MINUTE), undefined)
})

t.test('twenty commands without effect are the limit, and an accepted mail resets the count', async t => {
  for (const [verb, code] of [
    ['NOOP', 250],
    ['RSET', 250],
    ['VRFY', 252],
    ['HELP', 214],
    ['EXPN', 500],
    ['RCPT', 550],
    ['EHLO', 250],
    ['BDAT', 500],
  ] as const) {
    const { session } = begun()
    const say = (times: number) => {
      for (let time = 0; time < times; time++) {
        session.commandCame(verb)
        session.replied(code)
      }
      return session.isSpent
    }
    t.notOk(say(19), verb)
    session.mailKept()
    t.notOk(say(19), verb)
    t.ok(say(1), verb)
  }
})

t.test('the number of commands is limited', async t => {
  const { session } = greeted()
  const say = (times: number, code: number) => {
    for (let time = 0; time < times; time++) {
      session.commandCame('RCPT')
      session.replied(code)
    }
  }
  say(100, 250)
  say(500, 452)
  t.notOk(session.isSpent, 'each recipient beyond the limit gets its reply')
  say(500, 250)
  t.ok(session.isSpent)
})

t.test('a place is freed when the peer has disconnected and the work has ended', async t => {
  const places = new Places(() => false, new KnownAddresses())
  const isFull = () => typeof places.take('192.0.2.1') === 'string'
  const sessions = Array.from({ length: 20 }, () => {
    const place = places.take('192.0.2.1')
    if (typeof place === 'string') throw new Error(place)
    return new Session({ id: 'x', peer: '192.0.2.1', place, waits: SESSION_WAITS })
  })
  t.ok(isFull())
  let end = () => {}
  const work = sessions[0]!.busy(() => new Promise<void>(resolve => (end = resolve)))
  sessions[0]!.closed()
  t.ok(isFull(), 'its mail is still being processed')
  end()
  await work
  t.notOk(isFull())
  t.ok(isFull(), 'only one place was freed')
})

t.test('a session is silent two seconds after a reply, and never in a mail or while we work', async t => {
  const { session } = greeted()
  const isSilentAfter = (milliseconds: number) => session.isSilent(performance.now() + milliseconds)
  t.notOk(isSilentAfter(1900))
  t.ok(isSilentAfter(2100))
  session.commandCame('DATA')
  t.notOk(isSilentAfter(MINUTE))
  session.replied(354)
  t.notOk(isSilentAfter(MINUTE))
})
