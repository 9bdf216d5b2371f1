import t, { type Test } from 'tap'
import type { Ticket, User } from '../../../data/tables.ts'
import { GatheredLetters } from '../../../handlers/letters/gathered.ts'
import { FRED, SUSAN } from '../../house.ts'
import { agent, type Desk, desk, fred, NOW, QUEUE, TICKET } from '../fixture.ts'

const TEAM = 'team@example.org'
const ERIN = 'erin@example.net'
const RISES: Partial<Ticket> = { priority: 3 }
const REMINDED: Partial<Ticket> = { priority: 1 }
const DUE: Partial<Ticket> = { due_date: '2026-03-11' }
const WAKES: Partial<Ticket> = { on_hold: true, hold_until: '2026-03-02' }

/** Who gets a letter when the step of fred's ticket is taken, while letters to some addresses do not arrive. */
async function heardOf(
  t: Test,
  fields: Partial<Ticket>,
  unreached: readonly string[],
  queue: Partial<typeof QUEUE> = {},
  {
    owner,
    before,
  }: { readonly owner?: Partial<User>; readonly before?: (desk: Desk) => Promise<unknown> } = {},
): Promise<readonly string[]> {
  const house = await desk(t)
  const { put, call, all, store } = house
  await put('queues', { ...QUEUE, escalate_days: 1, ...queue })
  await put('tickets', { ...TICKET, assigned_to: 2, submitter_email: ERIN, ...fields })
  await put('users', { ...agent(2, FRED.username, [FRED.address]), ...owner })
  await before?.(house)
  const written = (await all('letters')).length
  for (const address of unreached) {
    const record = { address, count: 3, reply: '550 5.1.1 no such mailbox', last: NOW, since: NOW }
    await store.transact(tx => tx.add('failing', record))
  }
  const { heard } = await call(
    'escalate',
    { ticket: '31794' },
    {
      actor: { kind: 'daemon' },
      door: 'daemon',
      now: '2026-03-10T12:00:00.000Z',
      hours: { at: '09:00', time_zone: 'UTC' },
      gathered: new GatheredLetters(),
    },
  )
  const told = (await all('letters')).slice(written).map(({ to }) => to)
  t.strictSame(told, heard, 'whoever counts as told has a letter')
  return told
}

t.test('the administrators hear of a step if letters do not reach the owner', async t => {
  for (const fields of [RISES, REMINDED, WAKES]) {
    t.strictSame(await heardOf(t, fields, []), [FRED.address])
    t.strictSame(await heardOf(t, fields, [FRED.address]), [SUSAN.address])
  }
})

t.test('a CC address hears of a step, unless letters do not reach it either', async t => {
  const queue = { updated_ticket_cc: [TEAM] }
  for (const fields of [RISES, WAKES]) {
    t.strictSame(await heardOf(t, fields, [FRED.address], queue), [TEAM])
    t.strictSame(await heardOf(t, fields, [FRED.address, TEAM], queue), [SUSAN.address])
  }
})

t.test('the owner hears of a due date, else the administrators, and no CC address', async t => {
  const queue = { escalate_days: null, updated_ticket_cc: [TEAM] }
  t.strictSame(await heardOf(t, DUE, [], queue), [FRED.address])
  t.strictSame(await heardOf(t, DUE, [FRED.address], queue), [SUSAN.address])
  t.strictSame(await heardOf(t, { ...DUE, assigned_to: null }, [], queue), [SUSAN.address])
  t.strictSame(await heardOf(t, { ...DUE, ...RISES }, [], { updated_ticket_cc: [TEAM] }), [
    FRED.address,
    TEAM,
  ])
})

t.test('a submitter who is told that the ticket rises is not enough', async t => {
  const queue = { tells_escalation: true } as const
  t.strictSame(await heardOf(t, RISES, [FRED.address], queue), [SUSAN.address, ERIN])
  t.strictSame(await heardOf(t, RISES, [ERIN], queue), [FRED.address])
})

t.test(
  'an owner who cannot act is replaced by the agent who answered last, else by the administrators',
  async t => {
    const answer = (actor: typeof fred) => (house: Desk) =>
      house.call('add_followup', { ticket: '31794', public: 'y', message: 'We are at it.' }, { actor })
    const third = { kind: 'user', user: 3 } as const
    const helped = async (house: Desk) => {
      await house.put('users', agent(3, 'tom', ['tom@example.org']))
      return answer(third)(house)
    }
    for (const fields of [RISES, REMINDED, WAKES])
      for (const owner of [{ active: false }, { queues: [2] }]) {
        t.strictSame(await heardOf(t, fields, [], {}, { owner }), [SUSAN.address])
        t.strictSame(await heardOf(t, fields, [], {}, { owner, before: helped }), ['tom@example.org'])
        t.strictSame(await heardOf(t, fields, ['tom@example.org'], {}, { owner, before: helped }), [
          SUSAN.address,
        ])
      }
    t.strictSame(await heardOf(t, { ...RISES, assigned_to: null }, [], {}, { before: answer(fred) }), [
      FRED.address,
    ])
  },
)

t.test('an owner who is the submitter, too, hears of a step', async t => {
  const own = { submitter_email: FRED.address }
  for (const fields of [RISES, REMINDED, WAKES]) {
    t.strictSame(await heardOf(t, { ...fields, ...own }, []), [FRED.address])
    t.strictSame(await heardOf(t, { ...fields, ...own }, [], { tells_escalation: true }), [FRED.address])
  }
  const before = (house: Desk) =>
    house.call('add_followup', { ticket: '31794', public: 'y', message: 'Still so.' }, { actor: fred })
  t.strictSame(await heardOf(t, { ...RISES, ...own, assigned_to: null }, [], {}, { before }), [FRED.address])
})
