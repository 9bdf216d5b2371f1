import t, { type Test } from 'tap'
import type { Letter } from '../../../data/tables.ts'
import { FRED, SUSAN } from '../../house.ts'
import { agent, desk, fred, LATER, QUEUE, TICKET } from '../fixture.ts'

const ANN = 'ann@customer.example'
const DAEMON = { actor: { kind: 'daemon' }, door: 'daemon', now: LATER } as const

/** A desk that reports letters as failed, and gives the letters that this causes. */
async function failing(t: Test) {
  const built = await desk(t)
  await built.put('users', agent(3, 'tom', ['tom@example.org', 'tom@home.example']))
  await built.put('users', { ...agent(4, 'ada', ['ada@example.org']), admin: true, queues: [7] })
  await built.put('users', { ...agent(5, 'ben', ['ben@example.org']), admin: true, active: false })
  await built.put('tickets', { ...TICKET, submitter_email: ANN, assigned_to: 3 })
  const letters = () => built.all('letters')
  return {
    ...built,
    fail: async (to: string) => {
      const { length } = await letters()
      const failed = (await letters()).findLast(letter => letter.to === to && letter.state === 'waiting')!
      await built.call('report_letter', { letter: String(failed.id), reply: '550 5.1.1 gone' }, DAEMON)
      return (await letters()).slice(length).map(({ event, to }) => `${event} ${to}`)
    },
  }
}

t.test('the author of what a letter says hears that it failed', async t => {
  const { call, fail } = await failing(t)
  await call('add_followup', { ticket: '31794', message: 'x', public: 'y' }, { actor: fred })
  t.strictSame(await fail(ANN), [`letter_failed ${FRED.address}`])
})

t.test('else the owner, else the administrators who see the queue', async t => {
  const { call, fail, put } = await failing(t)
  const write = () =>
    call('add_followup', { ticket: '31794', message: 'x', public: 'y' }, { actor: { kind: 'operator' } })
  await write()
  t.strictSame(await fail(ANN), ['letter_failed tom@example.org'])
  t.strictSame(await fail('tom@example.org'), [], 'the failure of that letter is told to nobody')
  await put('tickets', { ...TICKET, submitter_email: ANN })
  await write()
  t.strictSame(await fail(ANN), [`letter_failed ${SUSAN.address}`])

  await put('users', { ...agent(2, FRED.username, [FRED.address]), active: false })
  await call('add_followup', { ticket: '31794', message: 'x', public: 'y' })
  t.strictSame(await fail(ANN), [`letter_failed ${SUSAN.address}`])
})

t.test('an unproven report about the letter of the only one who hears goes to another', async t => {
  const { call, put, all } = await failing(t)
  await put('tickets', { ...TICKET, assigned_to: 3 })
  await call('add_followup', { ticket: '31794', message: 'x' })
  const before = (await all('letters')).length
  const [letter] = await all('letters')
  t.match(letter, { to: 'tom@example.org' })
  const report = { letter: String(letter!.id), reply: '550 5.1.1 gone', by: 'message_id' }
  await call('report_letter', report, DAEMON)
  t.match((await all('letters')).slice(before), [{ event: 'followed_up', to: SUSAN.address }])
})

t.test('never the address that failed', async t => {
  const { call, fail, put } = await failing(t)
  await call('add_followup', { ticket: '31794', message: 'x' }, { actor: { kind: 'operator' } })
  t.strictSame(await fail('tom@example.org'), ['letter_failed tom@home.example'], 'but another one')

  await put('tickets', { ...TICKET, submitter_email: null, assigned_to: null })
  await put('queues', { ...QUEUE, updated_ticket_cc: [SUSAN.address] })
  await call('add_followup', { ticket: '31794', message: 'x' }, { actor: { kind: 'operator' } })
  t.strictSame(await fail(SUSAN.address), [])
})

t.test('an answer to a command that failed is noted on the ticket alone', async t => {
  const { put, all, call } = await failing(t)
  const answer = { subject: 'hold 5', message_id: null, sentences: ['Done.'] }
  const letter: Letter = {
    id: 50,
    event: 'answered',
    to: FRED.address,
    ticket: TICKET.id,
    followup: null,
    answer,
    state: 'waiting',
    created: LATER,
    due: LATER,
    attempts: [],
  }
  await put('letters', letter)
  await call('report_letter', { letter: '50', reply: '550 5.1.1 gone' }, DAEMON)
  t.equal((await all('letters')).length, 1)
  t.match(await all('followups'), [
    { comment: 'The letter to fred@example.org did not arrive: 550 5.1.1 gone' },
  ])
})
