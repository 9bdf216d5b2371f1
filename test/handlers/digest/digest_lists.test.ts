import t from 'tap'
import { DAY } from '../../../data/durations.ts'
import type { Ticket } from '../../../data/tables.ts'
import { type Digestible, digestLists } from '../../../handlers/digest/digest_lists.ts'
import { dayOf } from '../../../handlers/escalation/day.ts'
import { susan, TICKET } from '../fixture.ts'

const TODAY = dayOf('2026-03-10')!
type Said = Digestible['followups'][number]
const said: Said = { public: true, author: susan, changes: [], date: '2026-03-09T09:00:00.000Z' }
const asked: Said = { ...said, author: { kind: 'submitter', address: 'ann@example.net', automatic: false } }
const byMachine: Said = {
  ...said,
  author: { kind: 'submitter', address: 'ann@example.net', automatic: true },
}
const held = (date: string): Said => ({
  ...said,
  public: false,
  changes: [{ field: 'on_hold', from: false, to: true }],
  date: `${date}T09:00:00.000Z`,
})

function listOf(fields: Partial<Ticket>, ...followups: readonly Said[]): string | undefined {
  const ticket = { ...TICKET, assigned_to: 1, ...fields }
  const one = { ticket, followups, today: TODAY, dayAt: (moment: number) => Math.floor(moment / DAY) }
  return digestLists([one])[0]?.list
}

t.test('the list of a ticket is the first that fits', async t => {
  const HOLD = { on_hold: true }
  const cases: readonly (readonly [string | undefined, Partial<Ticket>, ...Said[]])[] = [
    ['mine', {}, said],
    ['mine', {}],
    ['mine', { due_date: '2026-03-10' }, said],
    ['overdue', { due_date: '2026-03-09' }, asked],
    ['overdue', { due_date: '2026-03-09', ...HOLD }],
    ['waiting', {}, asked, said],
    ['waiting', {}, { ...said, public: false }, asked],
    ['waiting', {}, { ...said, nothing_new: true }, asked],
    ['waiting', HOLD, asked],
    ['mine', {}, byMachine],
    ['mine', {}, said, asked],
    ['waking', { ...HOLD, hold_until: '2026-03-10' }, held('2026-02-01')],
    [undefined, { ...HOLD, hold_until: '2026-03-11' }, held('2026-02-01')],
    [undefined, HOLD, held('2026-03-04')],
    ['held', HOLD, held('2026-03-03')],
    ['held', { ...HOLD, hold_until: 'answer' }, said, held('2026-03-03')],
    ['held', HOLD, { ...said, date: '2026-03-01T09:00:00.000Z' }],
    ['nobody', { assigned_to: null, due_date: '2026-03-09' }, asked],
    [undefined, { assigned_to: null, ...HOLD }],
  ]
  for (const [list, fields, ...followups] of cases)
    t.equal(listOf(fields, ...followups), list, JSON.stringify([fields, followups]))
})

t.test('a list names twenty tickets, and says how many more there are', async t => {
  const all = Array.from({ length: 23 }, (_, n) => ({
    ticket: { ...TICKET, id: n + 1, assigned_to: n === 0 ? 1 : null },
    followups: [],
    today: TODAY,
    dayAt: () => TODAY,
  }))
  t.match(digestLists(all), [
    { list: 'mine', tickets: [1], more: 0 },
    { list: 'nobody', tickets: all.slice(1, 21).map(({ ticket }) => ticket.id), more: 2 },
  ])
  t.same(digestLists([]), [])
})
