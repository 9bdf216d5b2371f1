import t from 'tap'
import { LetterCaps } from '../../../handlers/letters/letter_caps.ts'
import { ann, desk, machine, TICKET } from '../fixture.ts'

const ANN = 'ann@example.net'
const RESOLVED = { ...TICKET, submitter_email: ANN, status: 3 } as const

t.test('letters to the submitter stop only with a letter that says so', async t => {
  const { call, put, ticket, all } = await desk(t)
  const stop = (more: object = {}) =>
    call('stop_watching', { ticket: '31794', email: ANN }, { actor: ann, door: 'daemon', ...more })
  await put('tickets', RESOLVED)
  t.match(await stop({ actor: machine }), { heard: [] })
  t.match(await stop({ letters: new LetterCaps({ addressHour: 0, addressDay: 9, hour: 9 }) }), { heard: [] })
  await put('failing', {
    id: 1,
    address: ANN,
    count: 3,
    reply: '550',
    last: TICKET.created,
    since: TICKET.created,
  })
  t.match(await stop({ actor: { kind: 'submitter', address: 'eve@example.net', automatic: false } }), {
    heard: [],
  })
  t.notOk((await ticket())!.submitter_stopped, 'a machine, a cap, an address that fails')
  t.same(
    (await all('letters')).filter(({ event }) => event === 'stopped'),
    [],
  )
})

t.test('what a stopped submitter does not hear, and what ends that', async t => {
  const { call, put, ticket } = await desk(t)
  const stopped = { ...RESOLVED, submitter_stopped: true }
  await put('tickets', stopped)
  t.match(await call('reopen', { ticket: '31794', reason: 'x', public: 'y' }), {
    heard: [],
    says: /\nNo letter to ann@example\.net about ticket 31794: its submitter has asked for no more\.$/,
  })
  t.notMatch(await call('add_followup', { ticket: '31794', message: 'x' }), { says: /No letter/ })
  const ends = async (method: string, params: object, actor?: object) => {
    await put('tickets', stopped)
    await call(method, { ticket: '31794', ...params }, actor as never)
    return !(await ticket())!.submitter_stopped
  }
  const byMail = { actor: ann, door: 'mail' }
  t.equal(await ends('add_followup', { message: 'x', public: 'y' }, byMail), true)
  t.equal(await ends('add_followup', { message: 'x' }, { actor: machine, door: 'mail' }), false)
  t.equal(await ends('answer_resolution', { choice: 'works' }, { actor: ann, door: 'daemon' }), false)
  t.equal(await ends('answer_resolution', { choice: 'not_yet' }, { actor: ann, door: 'daemon' }), true)
  t.equal(await ends('set_submitter', { email: ANN }), true)
  t.equal(await ends('set_submitter', { email: 'bob@example.net' }), true)
  t.equal(await ends('set_title', { title: 'Another' }), false)
  await put('tickets', stopped)
  await put('tickets', { ...TICKET, id: 5, submitter_email: null })
  await call('mark_duplicate', { ticket: '31794', of: '5' })
  t.notMatch(await ticket(5), { watchers: [ANN] }, 'does not watch the other ticket')
})
