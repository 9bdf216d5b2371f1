import t, { type Test } from 'tap'
import type { Author, Ticket } from '../../../data/tables.ts'
import type { Options } from '../../../handlers/call.ts'
import { FRED } from '../../house.ts'
import { desk, fred, machine, operator, QUEUE, susan, TICKET } from '../fixture.ts'

const ANN = 'ann@example.net'
const EVE = 'eve@example.net'
const TEAM = 'team@example.org'
const ann = { kind: 'submitter', address: ANN, automatic: false } as const
const eve = { ...ann, address: EVE }

/** Whether a ticket of ann that eve watches is no longer on hold after a follow-up. */
async function wakes(
  t: Test,
  actor: Author,
  { until = 'answer', isPublic = 'y', ticket = {}, ...options }: Partial<Options> & Asked = {},
): Promise<boolean> {
  const { call, put, ticket: read } = await desk(t)
  await put('queues', { ...QUEUE, updated_ticket_cc: [TEAM] })
  await put('tickets', { ...TICKET, submitter_email: ANN, watchers: [EVE], assigned_to: 1, ...ticket })
  await call('hold_ticket', { ticket: '31794', until })
  const params = { ticket: '31794', public: isPublic, message: 'It is the one on the second floor.' }
  const { heard } = await call('add_followup', params, { actor, ...options })
  const { on_hold, hold_until } = (await read())!
  t.equal(hold_until, on_hold && until !== '' ? until : undefined)
  if (!on_hold) t.ok(heard.length > 0, 'somebody is told')
  return !on_hold
}
interface Asked {
  readonly until?: string
  readonly isPublic?: 'y' | 'n'
  readonly ticket?: Partial<Ticket>
}

t.test('the answer for which a ticket is on hold ends that', async t => {
  t.ok(await wakes(t, ann), 'of the submitter')
  t.ok(await wakes(t, eve, { isPublic: 'n' }), 'of a watcher')
  const submitter = { submitter_email: FRED.address }
  t.ok(await wakes(t, fred, { ticket: submitter }), 'of an agent who is the submitter, by POST')
  const byMail = { ...ann, address: FRED.address, proven: true } as const
  t.ok(await wakes(t, byMail, { ticket: submitter }), 'and by mail')
})

t.test('any other follow-up leaves it on hold', async t => {
  t.notOk(await wakes(t, machine), 'an automatic reply')
  t.notOk(await wakes(t, ann, { isNothingNew: true }), 'a quote and nothing else')
  t.notOk(await wakes(t, ann, { keepsStatus: true }), 'thanks')
  t.notOk(await wakes(t, { ...ann, proven: false }), 'a From without proof')
  t.notOk(await wakes(t, { ...ann, address: TEAM }, { isPublic: 'n' }), 'a CC address')
  t.notOk(await wakes(t, { ...ann, address: FRED.address, proven: true }), 'an agent by mail')
  t.notOk(await wakes(t, { ...ann, address: null }), 'nobody')
  for (const actor of [susan, fred, operator]) t.notOk(await wakes(t, actor), 'staff')
  const submitter = { submitter_email: FRED.address }
  t.notOk(await wakes(t, fred, { ticket: submitter, isPublic: 'n' }), 'a private note of the submitter')
  t.notOk(await wakes(t, ann, { until: '2026-03-09' }), 'a hold until a day')
  t.notOk(await wakes(t, ann, { until: '' }), 'a hold without an end')
})
