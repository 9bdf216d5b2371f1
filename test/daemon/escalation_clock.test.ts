import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { startEscalations } from '../../daemon/escalation_clock.ts'
import { type RunSite, runEscalations } from '../../daemon/escalation_run.ts'
import type { Clock } from '../../daemon/hourly.ts'
import { DAY, HOUR, MINUTE } from '../../data/durations.ts'
import { openStore } from '../../data/json/open.ts'
import type { Store } from '../../data/store.ts'
import type { Author, Followup, Priority, Queue } from '../../data/tables.ts'
import { call } from '../../handlers/call.ts'
import type { Forecasts } from '../../handlers/escalation/forecast.ts'
import { Zone } from '../../handlers/escalation/zone.ts'
import { queue, ticket, user } from '../data/records.ts'
import { directoryFor, noCaps, quietEvents, quietStore } from '../house.ts'
import { runs } from '../runs.ts'

const HOURS = { at: '08:00', time_zone: 'UTC' }
const AGENT: Author = { kind: 'user', user: 1 }
const ANN: Author = { kind: 'submitter', address: 'ann@example.net', automatic: false }

/** What somebody does at a moment. */
interface Action {
  readonly at: string
  readonly actor: Author
  readonly method: string
  readonly params: Readonly<Record<string, string>>
}

async function storeFor(t: Test): Promise<Store> {
  const store = await openStore(join(directoryFor(t), 'state'), quietStore)
  t.teardown(() => store.close())
  await store.transact(async tx => {
    await tx.add('users', user({ username: 'susan', addresses: ['susan@example.org'], admin: true }))
  })
  return store
}

function siteOf(store: Store): RunSite {
  return {
    store,
    hours: HOURS,
    letters: noCaps(),
    failed: (_, error) => {
      throw error
    },
  }
}

async function addTicket(
  store: Store,
  queue: number,
  created: string,
  priority: Priority,
  due_date: string | null = null,
): Promise<number> {
  return (await store.transact(tx => tx.add('tickets', ticketOf(queue, created, priority, due_date)))).id
}

function ticketOf(queue: number, created: string, priority: Priority, due_date: string | null = null) {
  const at = new Date(created).toISOString()
  const submitter_email = 'ann@example.net'
  return ticket({ queue, priority, due_date, created: at, modified: at, submitter_email, assigned_to: 1 })
}

/** Lets the clock of the escalations run from one moment to another, while these actions happen. */
async function live(store: Store, from: string, to: string, actions: readonly Action[] = []): Promise<void> {
  const end = Date.parse(to)
  let now = Date.parse(from)
  const ahead = actions.filter(({ at }) => Date.parse(at) >= now && Date.parse(at) < end)
  let arrive = () => {}
  const arrived = new Promise<void>(resolve => {
    arrive = resolve
  })
  const clock: Clock = {
    now: () => now,
    wait: async (milliseconds, ended) => {
      const next = Math.min(now + milliseconds, end)
      while (ahead[0] && Date.parse(ahead[0].at) < next) {
        const { at, actor, method, params } = ahead.shift()!
        const options = { actor, door: 'http', now: new Date(at).toISOString(), hours: HOURS } as const
        await call(store, [{ method, params }], options)
        if (!ended.aborted) continue
        now = Date.parse(at)
        return
      }
      now = next
      if (now < end) return
      arrive()
      await new Promise(resolve => ended.addEventListener('abort', resolve))
    },
  }
  const stop = startEscalations(siteOf(store), quietEvents(), clock)
  await arrived
  await stop()
}

const RECOUNT = 'The clock was put back.'
const DUE = /due tomorrow|due today|was due/

function isRecount({ comment }: Followup): boolean {
  return comment.startsWith(RECOUNT)
}

/** What the helpdesk did by itself: when, to which ticket, and what. */
async function stepsIn(store: Store): Promise<string[]> {
  const followups = await store.read(tx => tx.find('followups', {}))
  const own = followups.filter(({ author }) => author.kind === 'daemon')
  return own
    .map(({ date, ticket, comment, changes }) => {
      const rise = changes.find(({ field }) => field === 'priority')
      const [reminder] = /reminder \d+/.exec(comment) ?? []
      const [due] = DUE.exec(comment) ?? []
      const what = [
        ...(rise ? [`${rise.from} to ${rise.to}`] : []),
        ...(reminder ? [reminder] : []),
        ...(changes.some(({ field }) => field === 'on_hold') ? ['wakes'] : []),
        ...(comment.startsWith(RECOUNT) ? ['recount'] : []),
        ...(due ? [due] : []),
      ]
      return `${date.slice(0, 16)} ${ticket}: ${what.join(', ')}`
    })
    .sort()
}

const VIENNA = 1
const SANTIAGO = 2
const AUCKLAND = 3
const IDLE = 4

const actions: readonly Action[] = [
  {
    at: '2026-02-23T11:00Z',
    actor: AGENT,
    method: 'add_followup',
    params: { ticket: '1', public: 'y', message: 'We are at it.' },
  },
  {
    at: '2026-03-04T11:00Z',
    actor: AGENT,
    method: 'resolve',
    params: { ticket: '1', resolution: 'A new fuse.' },
  },
  {
    at: '2026-03-26T11:00Z',
    actor: ANN,
    method: 'add_followup',
    params: { ticket: '1', public: 'y', message: 'It burns again.' },
  },
  {
    at: '2026-04-03T10:00Z',
    actor: AGENT,
    method: 'resolve',
    params: { ticket: '1', resolution: 'A new printer.' },
  },
  { at: '2026-04-07T14:00Z', actor: AGENT, method: 'hold_ticket', params: { ticket: '2', until: '6 sep' } },
  { at: '2026-04-20T12:00Z', actor: AGENT, method: 'set_due', params: { ticket: '13', due_date: 'today' } },
  {
    at: '2026-04-20T12:01Z',
    actor: AGENT,
    method: 'set_due',
    params: { ticket: '14', due_date: 'tomorrow' },
  },
  { at: '2026-05-11T12:00Z', actor: AGENT, method: 'hold_ticket', params: { ticket: '5', until: '15 june' } },
  {
    at: '2026-05-11T12:01Z',
    actor: AGENT,
    method: 'hold_ticket',
    params: { ticket: '11', until: '15 june' },
  },
  { at: '2026-06-10T12:00Z', actor: AGENT, method: 'close', params: { ticket: '10' } },
  { at: '2026-07-09T12:00Z', actor: AGENT, method: 'set_due', params: { ticket: '15', due_date: '20 july' } },
  { at: '2026-08-09T12:00Z', actor: AGENT, method: 'set_due', params: { ticket: '16', due_date: 'none' } },
  { at: '2026-09-06T12:00Z', actor: AGENT, method: 'close', params: { ticket: '12' } },
  { at: '2026-09-17T12:00Z', actor: AGENT, method: 'close', params: { ticket: '2' } },
  { at: '2026-09-30T12:00Z', actor: AGENT, method: 'close', params: { ticket: '9' } },
  { at: '2026-12-06T12:00Z', actor: AGENT, method: 'hold_ticket', params: { ticket: '3', until: 'answer' } },
]

/**
 * Worked out by hand. Vienna: five counted days, not on weekends and at Christmas, at 9:00 (8:00 UTC, from 29 March 7:00). Santiago: three
 * days, at midnight (4:00 UTC, from 6 September 3:00; on that day the clocks skip midnight, and it begins at 4:00 UTC). Auckland: seven
 * days, not on Sundays, at 17:30 (from 27 September 4:30 UTC). Nothing runs on 6 October and from 26 October to 25 November.
 */
const YEAR = [
  // Since Monday, 5 January.
  '2026-01-13T08:00 1: 4 to 3',
  '2026-01-21T08:00 1: 3 to 2',
  '2026-01-29T08:00 1: 2 to 1',
  '2026-02-06T08:00 1: reminder 1',
  '2026-02-14T08:00 1: reminder 2',
  '2026-02-21T08:00 1: reminder 3',
  // Since the answer on Monday, 23 February.
  '2026-03-03T08:00 1: reminder 1',
  '2026-03-19T08:00 6: due tomorrow',
  '2026-03-20T08:00 6: due today',
  // Since it was reopened on Thursday, 26 March.
  '2026-04-03T07:00 1: reminder 1',
  // Since Thursday, 2 April; the clocks go back at midnight after Saturday.
  '2026-04-06T04:00 2: 2 to 1',
  // Both dates were set after the hour of the day before.
  '2026-04-21T08:00 13: was due',
  '2026-04-21T08:00 14: due today',
  // Since Monday, 1 June: four days, then Monday.
  '2026-06-09T07:00 10: 4 to 3, due tomorrow',
  '2026-06-10T07:00 10: due today',
  // Due on 12 June, when it was on hold.
  '2026-06-15T08:00 11: wakes, was due',
  '2026-06-15T08:00 5: wakes',
  // Then it is due on 20 July.
  '2026-07-09T08:00 15: due tomorrow',
  '2026-07-19T08:00 15: due tomorrow',
  '2026-07-20T08:00 15: due today',
  // Then its date is taken away.
  '2026-08-09T08:00 16: due tomorrow',
  // At midnight, and at the one that clocks skip.
  '2026-09-05T04:00 12: due tomorrow',
  '2026-09-06T04:00 12: due today',
  '2026-09-06T04:00 2: wakes',
  // The whole of 6 September counts, then 7 and 8.
  '2026-09-09T03:00 2: reminder 1',
  '2026-09-13T03:00 2: reminder 2',
  '2026-09-17T03:00 2: reminder 3',
  // The clocks go forward in between.
  '2026-09-26T05:30 9: due tomorrow',
  // Since Friday, 18 September; seven days to Saturday, 26.
  '2026-09-27T04:30 3: 5 to 4',
  '2026-09-27T04:30 9: due today',
  '2026-10-05T08:00 7: due tomorrow',
  // Due on 6 October, when nothing ran.
  '2026-10-07T00:00 3: 4 to 3',
  '2026-10-07T00:00 7: was due',
  '2026-10-16T04:30 3: 3 to 2',
  '2026-10-25T04:30 3: 2 to 1',
  // Both were due long before; the reminder since 3 November.
  '2026-11-26T00:00 3: reminder 1',
  '2026-11-26T00:00 4: 3 to 2',
  // On 3 November.
  '2026-11-26T00:00 8: was due',
  '2026-12-04T08:00 4: 2 to 1',
  '2026-12-05T04:30 3: reminder 2',
  '2026-12-12T08:00 4: reminder 1',
  '2026-12-19T08:00 4: reminder 2',
  // Monday to Thursday, then Monday, 28 December.
  '2026-12-29T08:00 4: reminder 3',
]

t.test('a year in three zones', async t => {
  const store = await storeFor(t)
  await store.transact(async tx => {
    const queues: [string, Partial<Queue>][] = [
      ['vienna', { escalate_days: 5, time_zone: 'Europe/Vienna', escalate_at: '09:00' }],
      ['santiago', { escalate_days: 3, time_zone: 'America/Santiago', escalate_at: '00:00' }],
      ['auckland', { escalate_days: 7, time_zone: 'Pacific/Auckland', escalate_at: '17:30' }],
      ['idle', {}],
    ]
    for (const [slug, fields] of queues) await tx.add('queues', queue({ slug, ...fields }))
    await tx.add('exclusions', { name: 'Saturdays', queues: [VIENNA], weekday: 6 })
    await tx.add('exclusions', { name: 'Sundays', queues: [VIENNA, AUCKLAND], weekday: 0 })
    await tx.add('exclusions', { name: 'Christmas', queues: [VIENNA], yearly: '12-25' })
  })
  const opened = async (
    id: number,
    queue: number,
    created: string,
    priority: Priority,
    due_date: string | null = null,
  ) => store.transact(tx => tx.put('tickets', { id, ...ticketOf(queue, created, priority, due_date) }))
  await opened(1, VIENNA, '2026-01-05T09:00Z', 4)
  for (const [id, due] of [
    [6, '2026-03-20'],
    [7, '2026-10-06'],
    [8, '2026-11-03'],
    [11, '2026-06-12'],
    [13, null],
    [14, null],
    [15, '2026-07-10'],
    [16, '2026-08-10'],
  ] as const)
    await opened(id, IDLE, '2026-01-05T09:00Z', 3, due)
  await live(store, '2026-01-05T12:00Z', '2026-04-02T18:00Z', actions)
  await opened(2, SANTIAGO, '2026-04-02T18:00Z', 2)
  await live(store, '2026-04-02T18:00Z', '2026-05-11T08:00Z', actions)
  await opened(5, IDLE, '2026-05-11T08:00Z', 3)
  await live(store, '2026-05-11T08:00Z', '2026-06-01T09:00Z', actions)
  await opened(10, VIENNA, '2026-06-01T09:00Z', 4, '2026-06-10')
  await live(store, '2026-06-01T09:00Z', '2026-09-03T15:00Z', actions)
  await opened(12, SANTIAGO, '2026-09-03T15:00Z', 3, '2026-09-06')
  await live(store, '2026-09-03T15:00Z', '2026-09-17T22:00Z', actions)
  await opened(3, AUCKLAND, '2026-09-17T22:00Z', 5)
  await live(store, '2026-09-17T22:00Z', '2026-09-24T22:00Z', actions)
  await opened(9, AUCKLAND, '2026-09-24T22:00Z', 3, '2026-09-27')
  await live(store, '2026-09-24T22:00Z', '2026-10-06T00:00Z', actions)
  await live(store, '2026-10-07T00:00Z', '2026-10-22T08:00Z', actions)
  await opened(4, VIENNA, '2026-10-22T08:00Z', 3)
  await live(store, '2026-10-22T08:00Z', '2026-10-26T00:00Z', actions)
  await live(store, '2026-11-26T00:00Z', '2027-01-01T00:00Z', actions)
  t.strictSame(await stepsIn(store), [...YEAR].sort())
})

t.test('a clock that jumps by a day or a year causes no burst, and nothing twice', async t => {
  const store = await storeFor(t)
  await store.transact(tx => tx.add('queues', queue({ escalate_days: 2 })))
  await addTicket(store, 1, '2026-06-01T12:00Z', 5)
  await live(store, '2026-06-01T13:00Z', '2026-06-02T10:00Z')
  await live(store, '2027-06-02T10:00Z', '2027-06-02T12:00Z')
  await live(store, '2026-06-02T12:00Z', '2026-06-06T07:00Z')
  await live(store, '2026-06-07T07:00Z', '2026-06-07T20:00Z')
  await live(store, '2026-06-06T08:00Z', '2026-06-11T00:00Z')
  t.strictSame(await stepsIn(store), [
    // When the clock was right again, two days had to pass, and a day ahead the ticket was due once.
    '2026-06-02T12:00 1: recount',
    '2026-06-05T08:00 1: 4 to 3',
    '2026-06-08T08:00 1: 3 to 2',
    '2027-06-02T10:00 1: 5 to 4',
  ])
})

t.test('nothing that a clock a year ahead has left keeps a ticket waiting for that year', async t => {
  const store = await storeFor(t)
  await store.transact(tx => tx.add('queues', queue({ escalate_days: 2 })))
  const agents = { actor: AGENT, door: 'http', hours: HOURS } as const
  const wrong = '2027-06-01T12:00Z'
  await addTicket(store, 1, wrong, 5)
  for (const ticket of [
    await addTicket(store, 1, '2026-05-31T12:00Z', 5),
    await addTicket(store, 1, '2026-05-31T12:00Z', 5),
  ])
    await call(store, [{ method: 'hold_ticket', params: { ticket } }], {
      ...agents,
      now: '2026-06-01T11:00:00.000Z',
    })
  const answer = { method: 'add_followup', params: { ticket: 2, public: 'y', message: 'We are at it.' } }
  const unhold = [2, 3].map(ticket => ({ method: 'unhold_ticket', params: { ticket } }))
  await call(store, [...unhold, answer], { ...agents, now: new Date(wrong).toISOString() })
  await live(store, '2026-06-01T13:00Z', '2026-06-06T20:00Z')
  t.strictSame(await stepsIn(store), [
    '2026-06-01T13:00 1: recount',
    '2026-06-01T13:00 2: recount',
    '2026-06-04T08:00 1: 5 to 4',
    '2026-06-04T08:00 2: 5 to 4',
    '2026-06-04T08:00 3: 5 to 4',
  ])
})

t.test('nor does it with reminders of due dates', async t => {
  const store = await storeFor(t)
  await store.transact(tx => tx.add('queues', queue()))
  await addTicket(store, 1, '2026-06-01T12:00Z', 3, '2026-06-08')
  await live(store, '2026-06-01T13:00Z', '2026-06-02T10:00Z')
  await live(store, '2027-06-02T10:00Z', '2027-06-02T12:00Z')
  await live(store, '2026-06-02T12:00Z', '2026-06-06T07:00Z')
  await live(store, '2026-06-07T07:00Z', '2026-06-07T20:00Z')
  await live(store, '2026-06-06T08:00Z', '2026-06-08T07:00Z')
  await live(store, '2026-06-09T07:00Z', '2026-06-09T12:00Z')
  await live(store, '2026-06-08T07:00Z', '2026-06-12T00:00Z')
  await live(store, '2025-06-07T07:00Z', '2025-06-12T00:00Z')
  await live(store, '2026-06-12T00:00Z', '2026-06-20T00:00Z')
  t.strictSame(await stepsIn(store), [
    '2026-06-07T08:00 1: due tomorrow',
    '2026-06-09T07:00 1: was due',
    // A year ahead it was past; the date itself then had its own reminders.
    '2027-06-02T10:00 1: was due',
  ])
})

t.test('a queue whose hour or zone changes has no burst, and nothing twice', async t => {
  const store = await storeFor(t)
  await store.transact(tx => tx.add('queues', queue({ escalate_days: 1 })))
  await addTicket(store, 1, '2026-06-01T12:00Z', 5)
  const changes: [string, Record<string, string>][] = [
    ['2026-06-03T10:00Z', { escalate_at: '15:00' }],
    ['2026-06-05T15:30Z', { escalate_at: '16:00' }],
    ['2026-06-07T17:00Z', { time_zone: 'Pacific/Auckland' }],
    ['2026-06-10T05:00Z', { time_zone: 'America/Santiago' }],
    ['2026-06-12T13:00Z', { escalate_at: '09:30' }],
  ]
  const made = changes.map(([at, params]): Action => {
    return { at, actor: AGENT, method: 'change_queue', params: { queue: '1', ...params } }
  })
  await live(store, '2026-06-01T13:00Z', '2026-06-13T00:00Z', made)
  t.strictSame(await stepsIn(store), [
    '2026-06-03T08:00 1: 5 to 4',
    '2026-06-05T15:00 1: 4 to 3',
    // Not again at 16:00 on 5 June.
    '2026-06-07T16:00 1: 3 to 2',
    // On 8 June in Auckland; 9 June counts.
    '2026-06-10T04:00 1: 2 to 1',
    // On 10 June in Santiago; 11 June counts. The new hour holds at once.
    '2026-06-12T13:30 1: reminder 1',
  ])
})

t.test('an hour that is past when a queue gets it is that of the next day, as the preview says', async t => {
  const store = await storeFor(t)
  await store.transact(tx => tx.add('queues', queue({ escalate_days: 1, escalate_at: '23:00' })))
  await addTicket(store, 1, '2026-06-01T12:00Z', 5)
  const params = { queue: '1', escalate_at: '10:15' }
  await live(store, '2026-06-03T09:20Z', '2026-06-04T12:00Z', [
    { at: '2026-06-03T10:18Z', actor: AGENT, method: 'change_queue', params },
  ])
  t.strictSame(await stepsIn(store), ['2026-06-04T10:15 1: 5 to 4'])
})

t.test('whatever a clock does, no ticket takes two steps on one day', async t => {
  const store = await storeFor(t)
  const zone = new Zone('America/Santiago')
  const dueDates = fc.constantFrom('2026-08-20', '2026-09-02', '2026-09-06', '2026-09-12')
  const jumps = fc.array(fc.integer({ min: -3 * 24 * 60, max: 6 * 24 * 60 }), { minLength: 2, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(jumps, fc.integer({ min: 1, max: 3 }), dueDates, async (minutes, escalate_days, due) => {
      const { id } = await store.transact(tx =>
        tx.add('queues', queue({ slug: 'x', escalate_days, time_zone: 'America/Santiago' })),
      )
      const own = await addTicket(store, id, '2026-09-01T12:00Z', 5, due)
      const queues = await store.read(tx => tx.find('queues', { id }))
      let now = Date.parse('2026-09-01T12:00Z')
      for (const jump of minutes) {
        now += jump * MINUTE
        // Two runs at once do what one does.
        await Promise.all([
          runEscalations(siteOf(store), queues, () => now),
          runEscalations(siteOf(store), queues, () => now),
        ])
      }
      const all = await store.read(tx => tx.find('followups', { ticket: own }))
      const dayIn = ({ date }: Followup) => zone.dayAt(Date.parse(date))
      const reminded = all.filter(({ comment }) => DUE.test(comment)).map(dayIn)
      const followups = all.filter(({ comment }) => /^(?:No progress|The clock)/.test(comment))
      const days = followups.map(dayIn)
      // Only a clock that was put back by more than a day, as the ticket then says, makes a day come again.
      const isOnce = days.every(
        (day, index) =>
          isRecount(followups[index]!) || day !== days[index - 1] || isRecount(followups[index - 1]!),
      )
      return (
        isOnce &&
        reminded.every((day, index) => {
          const last = reminded[index - 1]
          return last === undefined || day > last || last > day + 1
        })
      )
    }),
    runs(30, 12),
  )
})

t.test('the preview names exactly what the next run does', async t => {
  const store = await storeFor(t)
  const NOON = Date.parse('2026-03-20T12:00Z')
  const daysAgo = fc
    .integer({ min: 0, max: 12 * 24 * 60 })
    .map(minutes => new Date(NOON - minutes * MINUTE).toISOString())
  const tickets = fc.record({
    created: daysAgo,
    priority: fc.constantFrom(1, 2, 3) as fc.Arbitrary<Priority>,
    holds: fc.array(daysAgo, { maxLength: 4 }),
    until: fc.constantFrom(undefined, 'answer', '21 march', '22 march'),
    due: fc.constantFrom(null, '2026-03-18', '2026-03-20', '2026-03-21', '2026-03-22', '2026-03-23'),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(tickets, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 6 }),
      fc.constantFrom('Europe/Vienna', 'America/Santiago', 'Pacific/Auckland'),
      fc.boolean(),
      async (some, escalate_days, weekday, time_zone, hasRun) => {
        const { id } = await store.transact(tx =>
          tx.add('queues', queue({ slug: 'x', escalate_days, time_zone, escalate_at: '09:00' })),
        )
        await store.transact(tx => tx.add('exclusions', { name: '', queues: [id], weekday }))
        for (const { created, priority, holds, until, due } of some) {
          const ticket = String(await addTicket(store, id, created, priority, due))
          for (const [index, now] of [...holds].sort().entries()) {
            const method = index % 2 === 0 ? 'hold_ticket' : 'unhold_ticket'
            await call(store, [{ method, params: { ticket } }], {
              actor: AGENT,
              door: 'http',
              now,
              hours: HOURS,
            })
          }
          if (until === undefined) continue
          const now = new Date(NOON).toISOString()
          await call(store, [{ method: 'hold_ticket', params: { ticket, until } }], {
            actor: AGENT,
            door: 'http',
            now,
            hours: HOURS,
          })
        }
        const queues = await store.read(tx => tx.find('queues', { id }))
        if (hasRun) await runEscalations(siteOf(store), queues, () => NOON)
        const now = new Date(NOON).toISOString()
        const [answer] = await call(store, [{ method: 'escalation', params: { queue: String(id) } }], {
          actor: AGENT,
          door: 'http',
          now,
          hours: HOURS,
        })
        const zone = new Zone(time_zone)
        const next = [0, 1]
          .map(more => zone.momentOf(zone.dayAt(NOON) + more, '09:00'))
          .find(hour => hour > NOON)!
        const date = new Date(zone.dayAt(next) * DAY).toISOString().slice(0, 10)
        const foreseen = (answer!.gives as Forecasts).tickets
          .map(({ ticket, step, to, day, due_reminder }) => {
            const taken = day === date ? `${step} ${to}` : ''
            return `${ticket}: ${taken} ${due_reminder === date ? 'due' : ''}`
          })
          .filter(line => /[a-z]/.test(line))
        const before = await store.read(tx => tx.find('followups', {}))
        await runEscalations(siteOf(store), queues, () => next)
        const after = (await store.read(tx => tx.find('followups', {}))).slice(before.length)
        const done = after.map(({ ticket, changes: [change], comment }) => {
          const step = change ? (change.field === 'priority' ? 'rise' : 'wake') : 'remind'
          const to = change?.field === 'priority' ? change.to : null
          const taken = change || comment.startsWith('No progress') ? `${step} ${to}` : ''
          return `${ticket}: ${taken} ${DUE.test(comment) ? 'due' : ''}`
        })
        if (JSON.stringify(foreseen) !== JSON.stringify(done)) t.strictSame(done, foreseen)
        return JSON.stringify(foreseen) === JSON.stringify(done)
      },
    ),
    runs(40, 15),
  )
})

t.test('the clock waits for the next hour of a queue, an hour at most, and stops at once', async t => {
  const store = await storeFor(t)
  await store.transact(tx => tx.add('queues', queue({ escalate_at: '09:30' })))
  const waits: number[] = []
  let now = Date.parse('2026-06-01T07:45Z')
  let stop = async () => {}
  await new Promise<void>(resolve => {
    stop = startEscalations(siteOf(store), quietEvents(), {
      now: () => now,
      wait: async (milliseconds, ended) => {
        waits.push(milliseconds)
        now += milliseconds
        if (waits.length < 4) return
        resolve()
        await new Promise(done => ended.addEventListener('abort', done))
      },
    })
  })
  await stop()
  t.strictSame(waits, [HOUR, 45 * MINUTE, HOUR, HOUR])
})
