import t from 'tap'
import { DAY, HOUR } from '../../../data/durations.ts'
import { ruleOf, stepOf } from '../../../handlers/escalation/looked_up.ts'
import { followup } from '../../data/records.ts'
import { ann, desk, QUEUE, TICKET } from '../fixture.ts'

const HOURS = { at: '09:00', time_zone: 'UTC' }
const CREATED = Date.parse(TICKET.created)

t.test('a ticket with very many follow-ups does not rise earlier because of them', async t => {
  const { store, call } = await desk(t)
  const queue = { ...QUEUE, escalate_days: 3 }
  const now = CREATED + 20 * DAY
  const from = () =>
    store.read(async tx => {
      const { step } = await stepOf(tx, TICKET, await ruleOf(tx, queue, HOURS), now)
      return 'from' in step ? step.from : undefined
    })
  const write = (count: number, at: number, fields: Parameters<typeof followup>[0] = {}) =>
    store.transact(async tx => {
      const date = new Date(at).toISOString()
      for (let index = 0; index < count; index++)
        await tx.add('followups', followup({ ticket: TICKET.id, date, author: ann, ...fields }))
    })
  t.equal(await from(), Date.parse('2026-03-04T09:00Z'), 'since it was opened on 28 February')
  await write(1, CREATED + DAY, { changes: [{ field: 'on_hold', from: false, to: true }] })
  await write(1, CREATED + 10 * DAY, { changes: [{ field: 'on_hold', from: true, to: false }] })
  const held = Date.parse('2026-03-14T09:00Z')
  t.equal(await from(), held, 'after a hold to 10 March')
  await write(900, CREATED + 10 * DAY + HOUR)
  t.equal(await from(), held)
  await write(200, CREATED + 11 * DAY)
  t.equal(await from(), held, 'the oldest that is read is from 10 March')
  await write(1000, CREATED + 15 * DAY)
  t.equal(await from(), Date.parse('2026-03-19T09:00Z'), 'since 15 March')
  await call(
    'add_followup',
    { ticket: '31794', public: 'y', message: 'We are at it.' },
    { now: new Date(CREATED + 16 * DAY).toISOString() },
  )
  t.equal(await from(), Date.parse('2026-03-20T09:00Z'), 'since the answer')
})
