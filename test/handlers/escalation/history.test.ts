import t from 'tap'
import { historyOf, type Read } from '../../../handlers/escalation/history.ts'
import { followup } from '../../data/records.ts'
import { ann, fred, TICKET } from '../fixture.ts'

const NOW = Date.parse('2026-03-20T12:00Z')
const at = (date: string) => Date.parse(`${date}T12:00Z`)
const read = (since: string, ...fields: Parameters<typeof followup>[0][]): Read => ({
  since: at(since),
  followups: fields.map((one, index) => ({ id: 9 - index, ...followup(one) })),
})
const dated = (date: string) => ({ date: new Date(at(date)).toISOString() })
const answer = (date: string) => ({ ...dated(date), author: fred, public: true, comment: 'We are at it.' })
const hold = (date: string, to: boolean) => ({
  ...dated(date),
  changes: [{ field: 'on_hold', from: !to, to }] as const,
})

t.test('the last progress', async t => {
  const progress = (history: Read, last_escalation?: string) => {
    const step = last_escalation === undefined ? {} : { last_escalation: dated(last_escalation).date }
    const found = historyOf({ ...TICKET, ...step }, history, NOW)
    return [
      Number.isFinite(found.progress) ? new Date(found.progress).toISOString().slice(0, 10) : 'ahead',
      found.isStep,
    ]
  }
  t.strictSame(progress(read('2026-03-01')), ['2026-03-01', false])
  t.strictSame(progress(read('2026-03-01', answer('2026-03-05'), answer('2026-03-04'))), [
    '2026-03-05',
    false,
  ])
  const submitters = { ...answer('2026-03-05'), author: ann }
  t.strictSame(progress(read('2026-03-01', submitters, { ...answer('2026-03-04'), public: false })), [
    '2026-03-01',
    false,
  ])
  t.strictSame(progress(read('2026-03-01', answer('2026-03-05')), '2026-03-06'), ['2026-03-06', true])
  t.strictSame(progress(read('2026-03-21')), ['2026-03-20', false], 'within a day ahead')
  t.strictSame(progress(read('2027-03-01')), ['ahead', false])
  t.strictSame(progress(read('2026-03-01', answer('2027-03-01'))), ['ahead', false])
  t.strictSame(progress(read('2026-03-01'), '2027-03-01'), ['ahead', true])
  t.strictSame(
    progress(read('2027-03-01', answer('2027-03-02')), '2026-03-19'),
    ['2026-03-19', true],
    'counted since',
  )
})

t.test('the holds', async t => {
  const holds = (...fields: Parameters<typeof followup>[0][]) =>
    historyOf(TICKET, read('2026-03-01', ...fields), NOW).holds
  const [from, to] = [at('2026-03-05'), at('2026-03-08')]
  t.strictSame(holds(hold('2026-03-08', false), {}, hold('2026-03-05', true)), [{ from, to }])
  t.strictSame(holds(hold('2026-03-08', false)), [{ from: Number.NEGATIVE_INFINITY, to }])
  t.strictSame(
    holds(hold('2026-03-05', false), hold('2026-03-08', true)),
    [{ from, to }],
    'the clock was put back',
  )
  t.strictSame(
    holds(hold('2027-03-08', false), hold('2026-03-05', true)),
    [{ from, to: from }],
    'its end is not known',
  )
  t.strictSame(
    holds(hold('2026-03-08', false), hold('2027-03-05', true)),
    [{ from: to, to }],
    'nor its beginning',
  )
  t.strictSame(holds(hold('2027-03-08', false)), [], 'neither')
  const held = historyOf(
    { ...TICKET, on_hold: true },
    read('2026-03-01', hold('2026-03-05', true)),
    NOW,
  ).holds
  t.strictSame(held, [{ from, to: Number.POSITIVE_INFINITY }])
})
