import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mock } from 'node:test'
import { simpleParser } from 'mailparser'
import t, { type Test } from 'tap'
import { startDaemon } from '../../daemon/daemon.ts'
import type { Clock } from '../../daemon/hourly.ts'
import {
  configFor,
  directoryFor,
  eventsTo,
  furnishUsually,
  HELPDESK,
  inStore,
  LETTERS_AT_ONCE,
  mailer,
  SUPPORT,
  SUSAN,
} from '../house.ts'
import { lastingParser } from '../lasting_parser.ts'
import { lastingPasswords } from '../lasting_passwords.ts'

const MARIA = 'maria@example.net'
/** UPDATE_LETTERS=1 rewrites this file; read it before you commit it. */
const FIXTURE = 'test/daemon/escalation_letters.txt'
const DUE_FIXTURE = 'test/daemon/due_letters.txt'

/** A running daemon in a world whose time the test sets. */
interface World {
  readonly post: (method: string, params: Record<string, string>, login?: typeof SUSAN) => Promise<string>
  readonly mail: (subject: string, text: string, headers?: Record<string, string>) => Promise<string>
  /** Mails a command, with the login of susan. */
  readonly command: (subject: string) => Promise<string>
  /** Lets the hours of all queues come until a moment; resolves when the runs are over. */
  readonly pass: (to: string) => Promise<void>
  /** Sets the time when nothing runs. */
  readonly at: (moment: string) => void
  readonly letters: (count: number) => Promise<string[]>
}

async function world(t: Test, begin: string): Promise<World> {
  mock.timers.enable({ apis: ['Date'], now: Date.parse(begin) })
  t.teardown(() => mock.timers.reset())
  let waiting: { milliseconds: number; go: () => void } | undefined
  let arrived = () => {}
  const clock: Clock = {
    now: Date.now,
    wait: (milliseconds, ended) =>
      new Promise((resolve, reject) => {
        waiting = { milliseconds, go: () => resolve(undefined) }
        ended.addEventListener('abort', () => reject(new Error('it ends')))
        arrived()
      }),
  }
  const directory = directoryFor(t)
  mkdirSync(join(directory, 'sent'))
  const config = configFor(directory, 'escalation.time_zone = "UTC"')
  await inStore(config, store => store.transact(furnishUsually))
  const first = new Promise<void>(resolve => {
    arrived = resolve
  })
  const daemon = await startDaemon(config, eventsTo([]), {
    parserFor: () => lastingParser(t),
    clock,
    letterWaits: LETTERS_AT_ONCE,
    passwords: lastingPasswords(t),
  })
  await first
  const mailbox = mailer(daemon.smtpPort)
  t.teardown(async () => {
    mailbox.close()
    await daemon.stop()
  })
  return {
    post: async (method, params, { username, password } = SUSAN) => {
      const body = new URLSearchParams({ user: username, password, ...params })
      return (
        await fetch(`http://127.0.0.1:${daemon.httpPort}/api/${method}/`, { method: 'POST', body })
      ).text()
    },
    mail: (subject, text, headers = {}) =>
      mailbox.send({ from: `Maria <${MARIA}>`, envelopeFrom: MARIA, to: SUPPORT, subject, text, headers }),
    command: subject => mailbox.send({ from: SUSAN.address, to: HELPDESK, subject, login: SUSAN }),
    pass: async to => {
      while (Date.now() < Date.parse(to)) {
        const { milliseconds, go } = waiting!
        mock.timers.setTime(Math.min(Date.parse(to), Date.now() + milliseconds))
        const again = new Promise<void>(resolve => {
          arrived = resolve
        })
        go()
        await again
      }
    },
    at: moment => mock.timers.setTime(Date.parse(moment)),
    letters: count => lettersIn(join(directory, 'sent'), count),
  }
}

/** Waits for this many letters; gives them, oldest first. Here, no clock tells when it is in vain. */
async function lettersIn(directory: string, count: number): Promise<string[]> {
  const names = () => readdirSync(directory).filter(name => name.endsWith('.eml'))
  for (let tries = 0; names().length < count && tries < 2000; tries++)
    await new Promise(resolve => setTimeout(resolve, 10))
  const sorted = names().sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
  return sorted.map(name => readFileSync(join(directory, name), 'utf8'))
}

async function readable(letter: string): Promise<string> {
  const { from, to, subject, text } = await simpleParser(letter)
  return `From: ${from?.text}\nTo: ${[to]
    .flat()
    .map(one => one?.text)
    .join(', ')}\nSubject: ${subject}\n\n${text?.replace(/\+([a-z])[.0-9a-z]+@/g, '+$1.…@')}`
}

t.test('a ticket on hold until an answer wakes with it, and rises after the remaining days', async t => {
  // A Monday.
  const { post, mail, pass, letters } = await world(t, '2026-11-02T10:00Z')
  let text = ''
  let before = 0
  const written = async (what: string, count: number) => {
    for (const letter of (await letters(before + count)).slice(before))
      text += `==== ${what}\n${await readable(letter)}\n`
    before += count
  }
  t.match(
    await post('change_queue', { queue: 'support', escalate_days: '3', tells_escalation: 'y' }),
    /^Queue Support is changed\./,
  )
  const create = { queue: '1', assigned_to: 'fred', submitter_email: MARIA, priority: '2' }
  t.equal(await post('create_ticket', { ...create, title: 'The printer is on fire' }), '1')
  await written('a ticket is opened', 2)
  await pass('2026-11-04T10:00Z')
  t.equal(
    await post('hold_ticket', { ticket: '1', until: 'answer', reason: 'Which printer is it?' }),
    'Ticket 1 is on hold until the submitter answers; it would have escalated on 6 November.',
  )
  await written('it is put on hold', 1)
  t.match(await post('escalation', { queue: 'support' }), /"why": ?"awaits_answer"/)
  await pass('2026-11-20T10:00Z')
  t.equal((await letters(before)).length, before, 'nothing rises')
  // A Friday.
  await mail('Re: [support-1] The printer is on fire', 'The one on the second floor.')
  await written('the submitter answers', 1)
  t.match(await post('get_ticket', { ticket: '1' }), /"on_hold": ?false/)
  // Tuesday before the hold, Saturday and Sunday after it.
  t.match(await post('escalation', { ticket: '1' }), /"step": ?"rise",\s*"day": ?"2026-11-23"/)
  await pass('2026-11-23T08:59Z')
  t.equal((await letters(before)).length, before)
  await pass('2026-11-23T09:00Z')
  await written('it rises', 2)

  await post('create_ticket', { ...create, title: 'No paper' })
  // A letter is rendered as it is sent, and says how many tickets there are then.
  await letters(before + 2)
  await post('create_ticket', { ...create, title: 'No light', priority: '3' })
  await written('more tickets are opened', 4)
  t.equal(
    await post('hold_ticket', { ticket: '2', until: '27 nov' }),
    'Ticket 2 is on hold until Friday, 27 November; it would have escalated on 27 November.',
  )
  await written('another one is put on hold', 1)
  await pass('2026-11-27T09:00Z')
  await written('a hold ends, another ticket rises, and there is a reminder of the first one, in one run', 2)
  await pass('2026-12-01T09:00Z')
  await written('in the next run', 2)
  await pass('2026-12-05T09:00Z')
  await written('the third reminder of the first ticket', 2)
  if (process.env.UPDATE_LETTERS) writeFileSync(FIXTURE, text)
  t.equal(text, readFileSync(FIXTURE, 'utf8'))
})

t.test('what ends a hold, and what is refused', async t => {
  const { post, pass } = await world(t, '2026-11-27T10:00Z')
  await post('create_ticket', { queue: '1', title: 'The printer is on fire' })
  const hold = (until: string) => post('hold_ticket', { ticket: '1', until })
  const HELP = 'give a day like 2026-12-24, tomorrow, friday or 24 dec, or answer to wait for the submitter.'
  const past = (words: string, date: string) =>
    `until: "${words}" is ${date}; the hold would end at 09:00 on that day, which is past. Give a later day, or answer to wait for the submitter.`
  for (const [until, sentence] of [
    ['31 feb', `until: "31 feb" is no day of this year or the next; ${HELP}`],
    ['yesterday', `until: "yesterday" is not understood as a day; ${HELP}`],
    ['2026-11-26', past('2026-11-26', '2026-11-26')],
    ['today', past('today', '2026-11-27')],
    ['', 'Ticket 1 is on hold.'],
    ['saturday', 'Ticket 1 is on hold until Saturday, 28 November.'],
    ['', 'Ticket 1 is on hold until Saturday, 28 November.'],
    ['2027-12-24', 'Ticket 1 is on hold until Friday, 24 December 2027.'],
    ['Answer', 'Ticket 1 is on hold until the submitter answers.'],
    ['tomorrow', 'Ticket 1 is on hold until Saturday, 28 November.'],
  ] as const)
    t.equal(await hold(until), sentence, until)
  t.equal(await post('unhold_ticket', { ticket: '1' }), 'Ticket 1 is not on hold.')
  t.equal(await hold(''), 'Ticket 1 is on hold.', 'the former end is forgotten')
  await hold('tomorrow')
  t.equal(await post('resolve', { ticket: '1', resolution: 'It is out.' }), 'Ticket 1 is resolved.')
  t.match(await post('history', { ticket: '1' }), /"field": ?"on_hold",\s*"from": ?true,\s*"to": ?false/)
  t.match(await post('get_ticket', { ticket: '1' }), /"on_hold": ?false/)
  await post('change_queue', { queue: 'support', escalate_days: '2' })
  await post('reopen', { ticket: '1' })
  t.equal(await hold(''), 'Ticket 1 is on hold; it would have escalated on 30 November.')
  t.equal(
    await post('unhold_ticket', { ticket: '1' }),
    'Ticket 1 is not on hold. It escalates on 30 November.',
  )
  await pass('2026-11-30T09:00Z')
  t.match(await post('get_ticket', { ticket: '1' }), /"priority": ?2/)
})

t.test('a machine, thanks and a quote leave a ticket on hold until the answer', async t => {
  const { post, mail } = await world(t, '2026-11-27T10:00Z')
  await post('create_ticket', { queue: '1', title: 'The printer is on fire', submitter_email: MARIA })
  await post('hold_ticket', { ticket: '1', until: 'answer' })
  const answered = async (text: string, headers?: Record<string, string>) => {
    await mail('Re: [support-1] The printer is on fire', text, headers)
    return post('get_ticket', { ticket: '1' })
  }
  const held = /"status":"open","on_hold":true,"hold_until":"answer"/
  t.match(await answered('I am away.', { 'Auto-Submitted': 'auto-replied' }), held)
  t.match(await answered('The job is done.', { 'Auto-Submitted': 'auto-generated' }), held)
  t.match(await answered('Thank you!'), held)
  t.match(await answered('> Which printer is it?\n'), held)
  t.match(await answered('The one on the second floor.'), /"status":"open","on_hold":false,"hold_until":null/)
})

t.test('a due date by mail, its reminders, and a date that is past', async t => {
  // A Tuesday.
  const { post, command, pass, letters } = await world(t, '2026-12-01T10:00Z')
  const create = { queue: '1', assigned_to: 'fred' }
  await post('create_ticket', { ...create, title: 'The printer is on fire' })
  await post('create_ticket', { ...create, title: 'No paper' })
  await post('change_queue', { queue: 'support', escalate_days: '2' })
  let before = 2
  await letters(before)
  let text = ''
  const written = async (what: string, count: number) => {
    for (const letter of (await letters(before + count)).slice(before))
      text += `==== ${what}\n${await readable(letter)}\n`
    before += count
  }
  t.match(await command('due 1 friday: the fair begins'), /^250 /)
  await written('due 1 friday', 2)
  await command('due 1 yesterday')
  await written('due 1 yesterday', 1)
  await command('due 1, 2 none')
  await written('due 1, 2 none', 2)
  t.equal(await post('set_due', { ticket: '1', due_date: '4 dec' }), 'Ticket 1 is due on Friday, 4 December.')
  t.equal(
    await post('set_due', { ticket: '2', due_date: 'Thursday' }),
    'Ticket 2 is due on Thursday, 3 December.',
  )
  await written('two due dates', 2)
  await command('escalation support')
  await written('escalation support', 1)
  await pass('2026-12-02T09:00Z')
  await written('the day before, at the hour', 1)
  await pass('2026-12-03T09:00Z')
  await written('two in one run', 1)
  t.equal(
    await post('hold_ticket', { ticket: '1', until: '5 dec' }),
    'Ticket 1 is on hold until Saturday, 5 December; it would have escalated on 4 December. While it is on hold, nobody is reminded of its due date, 4 December.',
  )
  await written('one is put on hold', 1)
  await pass('2026-12-04T09:00Z')
  await written('one is on hold, the other rises', 1)
  await pass('2026-12-05T09:00Z')
  await written('the hold has ended', 1)
  await command('hold 2')
  await written('hold 2', 2)
  await command('list overdue')
  await written('list overdue', 1)
  await command('show 2')
  await written('show 2', 1)
  if (process.env.UPDATE_LETTERS) writeFileSync(DUE_FIXTURE, text)
  t.equal(text, readFileSync(DUE_FIXTURE, 'utf8'))
})
