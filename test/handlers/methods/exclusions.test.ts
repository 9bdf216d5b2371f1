import t from 'tap'
import { MIB } from '../../../data/sizes.ts'
import { agent, desk, fred, QUEUE, refusal, TICKET } from '../fixture.ts'

/** A Sunday. */
const HOURS = { at: '09:00', time_zone: 'Europe/Vienna' }
const at = { hours: HOURS }
const SALES = { ...QUEUE, id: 2, title: 'Sales', slug: 'sales', email_address: null }

function calendar(...events: readonly string[]): string {
  const lines = events.flatMap(event => ['BEGIN:VEVENT', ...event.split('|'), 'END:VEVENT'])
  return ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR'].join('\n')
}

t.test('exclusions come and go, in words and by parameters', async t => {
  const { say, call, all, put } = await desk(t)
  await put('queues', SALES)
  t.match(await say('exclusions', at), { says: 'Every day counts.', gives: [] })
  const table: [string, string, number[]][] = [
    [
      'exclude saturday',
      'Saturday no longer counts in any queue; this is exclusion 1. It is Saturday of every week: for a single one, give its date.',
      [1],
    ],
    [
      'Exclude every 24 dec in support: Christmas Eve',
      '24 December of every year no longer counts in queue Support; this is exclusion 2.',
      [2],
    ],
    ['exclude tomorrow', 'Monday, 2 March 2026, no longer counts in any queue; this is exclusion 3.', [3]],
    [
      'exclude 24 december 2026 to 2 jan in sales,support: Closed: all of us',
      '10 days, from Thursday, 24 December 2026 to Saturday, 2 January 2027, no longer count in the queues Sales, Support; these are exclusions 4 to 13.',
      [4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
    ],
    ['exclude 12-25', '25 December of every year no longer counts in any queue; this is exclusion 14.', [14]],
    [
      'add_exclusion date=friday queues=sales name="A day out"',
      'Friday, 6 March 2026, no longer counts in queue Sales; this is exclusion 15.',
      [15],
    ],
    [
      'exclude 29 feb every year',
      '29 February of every year no longer counts in any queue; this is exclusion 16.',
      [16],
    ],
    ['exclude 2 march in support', '', []],
  ]
  for (const [line, says, gives] of table)
    if (says !== '')
      t.strictSame((({ says, gives }) => ({ says, gives }))(await say(line, at)), { says, gives }, line)
  t.strictSame((await all('exclusions')).slice(0, 4), [
    { id: 1, name: '', weekday: 6 },
    { id: 2, name: 'Christmas Eve', queues: [1], yearly: '12-24' },
    { id: 3, name: '', date: '2026-03-02' },
    { id: 4, name: 'Closed: all of us', queues: [2, 1], date: '2026-12-24' },
  ])
  t.equal(
    (await say('exclusions support', at)).says,
    [
      '1 every Saturday in all queues',
      '16 29 February of every year in all queues',
      '2 24 December of every year in queue Support: Christmas Eve',
      '14 25 December of every year in all queues',
      '3 Monday, 2 March 2026 in all queues',
      ...[24, 25, 26, 27, 28, 29, 30, 31].map((day, index) => {
        const name = [
          'Thursday',
          'Friday',
          'Saturday',
          'Sunday',
          'Monday',
          'Tuesday',
          'Wednesday',
          'Thursday',
        ][index]
        return `${4 + index} ${name}, ${day} December 2026 in the queues Sales, Support: Closed: all of us`
      }),
      '12 Friday, 1 January 2027 in the queues Sales, Support: Closed: all of us',
      '13 Saturday, 2 January 2027 in the queues Sales, Support: Closed: all of us',
    ].join('\n'),
  )
  t.match(await call('list_exclusions', { limit: 2 }, at), {
    says: /\nThere are 14 more; give limit=1000 to see all\.$/,
  })
  const later = { ...at, now: '2026-12-31T12:00:00.000Z' }
  t.match(await say('exclusions sales', later), { says: /\n9 days are past; give past=y to see them\.$/ })
  t.match(await say('exclusions sales past', later), { says: /^10 Wednesday, 30 December.*\n9 Tuesday, 29/ })
  t.equal((await say('unexclude 2 mar', at)).says, 'Removed: 3 Monday, 2 March 2026 in all queues')
  t.match(await say('unexclude closed: all of us', at), { gives: [4, 5, 6, 7, 8, 9, 10, 11, 12, 13] })
  t.match(await say('unexclude every 25 dec', at), { gives: [14] })
  t.match(await call('remove_exclusion', { exclusion: 15 }, at), {
    says: /^Removed: 15 Friday, 6 March 2026 in queue/,
  })
  t.match(await say('unexclude 1, 2 to 40', at), {
    says: /^Removed:\n1 every Saturday in all queues\n2 24 December/,
  })
  t.strictSame(await all('exclusions'), [])
})

t.test('several days of the week, and several queues', async t => {
  const { say, put, all } = await desk(t)
  await put('queues', SALES)
  await put('queues', { ...SALES, id: 3, title: 'All', slug: 'all' })
  t.equal(
    (await say('exclude saturday and sunday', at)).says,
    'Saturday and Sunday of every week no longer count in any queue; these are exclusions 1 to 2.',
  )
  t.match(await say('exclude monday to friday in queues sales and all', at), {
    says: /^Monday, Tuesday, Wednesday, Thursday and Friday of every week no longer count in the queues Sales, All;/,
  })
  t.equal(
    (await say('exclude fridays, saturdays in queue support', at)).says,
    'Friday no longer counts in queue Support; this is exclusion 8. It is Friday of every week: for a single one, give its date. 1 day was excluded already.',
  )
  t.match(await say('exclude 9 nov in sales, support: Both', at), { says: /in the queues Sales, Support;/ })
  t.match(await say('exclude 10 nov in all queues', at), { says: /in any queue;/ })
  t.match(await say('exclude 11 nov in all', at), { says: /in queue All;/ })
  t.match(await say('exclude Friday, 13 November', at), { says: /^Friday, 13 November 2026, no longer/ })
  t.match(await say('unexclude weekends', at), { gives: [1, 2] })
  t.equal((await all('exclusions')).length, 10)
})

t.test('the same days twice are a conflict that names the exclusion', async t => {
  const { say, put, all } = await desk(t)
  await put('queues', SALES)
  await say('exclude 24 dec to 26 dec in support: Shut', at)
  t.match(await refusal(say('exclude 25 dec in support', at)), {
    code: 'conflict',
    message:
      'That is excluded already: exclusion 2, Friday, 25 December 2026 in queue Support (Shut). To change it, remove it first with remove_exclusion.',
  })
  t.match(await say('exclude 26 dec to 28 dec in support', at), {
    says: /^2 days, .* 1 day was excluded already\.$/,
  })
  t.match(await say('exclude 25 dec', at), { gives: [6] }, 'in other queues it is not the same')
  t.match(await refusal(say('exclude 25 dec in sales', at)), {
    message: /^That is excluded already: exclusion 6, Friday, 25 December 2026 in all queues\./,
  })
  t.equal((await all('exclusions')).length, 6)
})

t.test('what is wrong is refused with a sentence', async t => {
  const { call, say } = await desk(t)
  const table: [Record<string, string>, RegExp][] = [
    [{}, /^It is not said which days do not count; give one of date, weekday and yearly\.$/],
    [{ weekday: 'friday', date: 'friday' }, /^Only one kind of day can be added at a time; give/],
    [{ weekday: 'someday' }, /^weekday: "someday" is not a day of the week; give one like saturday\.$/],
    [{ weekday: 'friday', to: 'sunday' }, /^to: it needs a date, the first day\.$/],
    [{ date: '31 feb' }, /^date: "31 feb" is no day of this year or the next; give/],
    [
      { date: '2026-03-04', to: '2026-03-03' },
      /^to: "2026-03-03" is before 2026-03-04; give the last day\.$/,
    ],
    [
      { date: '2026-03-04', to: '2027-03-05' },
      /^to: from 2026-03-04 to 2027-03-05 are more than 366 days; give fewer\.$/,
    ],
    ...['13-01', '02-30', '24 dec 2026', 'friday', 'today', 'day', '2026-12-24'].map(
      (yearly): [Record<string, string>, RegExp] => [
        { yearly },
        /^yearly: ".*" is not a day of every year; give a month and a day without a year, like 12-24 or 24 dec\.$/,
      ],
    ),
    [{ weekday: 'friday', name: 'x'.repeat(101) }, /^name: .* has 101 characters/],
  ]
  for (const [params, message] of table)
    t.match(
      await refusal(call('add_exclusion', params, at)),
      { code: 'invalid', message },
      JSON.stringify(params),
    )
  t.match(await refusal(say('exclude friday in nowhere', at)), {
    code: 'not_found',
    message: 'There is no queue nowhere.',
  })
  for (const none of ['7', '1 to 9', 'Easter', 'saturday', '12-24'])
    t.match(await refusal(say(`unexclude ${none}`, at)), {
      code: 'not_found',
      message: /^There is no exclusion "?.*list_excl/,
    })
})

t.test('administrators change them, agents see those of their queues', async t => {
  const { say, put } = await desk(t)
  await put('queues', SALES)
  await put('users', { ...agent(2, 'fred', ['fred@example.org']), queues: [1] })
  const freds = { ...at, actor: fred }
  for (const line of ['exclude friday', 'unexclude 1', 'import_exclusions calendar=x'])
    t.match(await refusal(say(line, freds)), { code: 'forbidden', message: /Only administrators/ }, line)
  await say('exclude sunday', at)
  await say('exclude monday in sales', at)
  await say('exclude tuesday in sales,support', at)
  t.equal(
    (await say('exclusions', freds)).says,
    '3 every Tuesday in queue Support\n1 every Sunday in all queues',
  )
  t.match(await refusal(say('exclusions sales', freds)), { code: 'not_found' })
})

t.test('where no day is left, the answer warns', async t => {
  const { call, put, say } = await desk(t)
  await put('queues', { ...QUEUE, escalate_days: 2 })
  await put('queues', SALES)
  for (const weekday of ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'])
    t.notMatch((await call('add_exclusion', { weekday, queues: 'support' }, at)).says, /Now no day/)
  t.match(await say('exclude sunday', at), {
    says: / Now no day counts in queue Support: tickets there never rise\.$/,
  })
  t.match(
    (await say('escalation support', at)).says,
    /^31794 .*\nnever rises: within a year no day counts in queue support$/,
  )
  t.equal(
    (await call('add_exclusion', { date: 'tomorrow', dry_run: 'y' }, at)).says.match(/no day/g)?.length,
    1,
  )
})

t.test('a ticket rises later at once', async t => {
  const { put, say } = await desk(t)
  await put('queues', { ...QUEUE, escalate_days: 2 })
  await put('tickets', { ...TICKET, created: '2026-02-28T09:00:00.000Z' })
  t.match(await say('escalation support', at), { gives: { tickets: [{ day: '2026-03-03' }] } })
  await say('exclude 2 march', at)
  t.match(await say('escalation support', at), { gives: { tickets: [{ day: '2026-03-04' }] } })
  await say('unexclude 2 march', at)
  t.match(await say('escalation support', at), { gives: { tickets: [{ day: '2026-03-03' }] } })
})

t.test('there are at most a thousand', async t => {
  const { call, store, all, say } = await desk(t)
  await store.transact(async tx => {
    for (let n = 1; n <= 998; n++) await tx.put('exclusions', { id: n, name: '', date: `${2000 + n}-01-01` })
  })
  t.match(await refusal(say('exclude 2 march to 4 march', at)), {
    code: 'invalid',
    message:
      'The list of exclusions has 998 of at most 1000, and 3 more do not fit; remove some with remove_exclusion.',
  })
  await say('exclude 2 march to 3 march', at)
  t.match(await refusal(say('exclude monday', at)), {
    message: /has 1000 of at most 1000, and it can have no more; remove/,
  })
  const file = calendar('DTSTART:20260501', 'DTSTART:20260502')
  t.match(await refusal(call('import_exclusions', { calendar: file }, at)), {
    message: /and 2 more do not fit/,
  })
  t.equal((await all('exclusions')).length, 1000)
})

t.test('a calendar is imported, and the second time adds nothing', async t => {
  const { call, all, put } = await desk(t)
  await put('queues', SALES)
  const file = calendar(
    'DTSTART:20260406|SUMMARY:Easter Monday',
    'DTSTART:20260406|SUMMARY:Another name',
    'DTSTART:20260501|RRULE:FREQ=YEARLY|SUMMARY:Labour Day',
    'DTSTART:20260104|RRULE:FREQ=WEEKLY',
    'DTSTART:20200101|SUMMARY:Long ago',
    'DTSTART:20260302T090000|SUMMARY:Stand-up',
    'DTSTART:20260303T090000',
    'DTSTART:20260303|RRULE:FREQ=MONTHLY|SUMMARY:Cleaning',
  )
  const says = [
    '3 exclusions are added in queue Sales:',
    '1 Monday, 6 April 2026: Easter Monday',
    '2 1 May of every year: Labour Day',
    '3 every Sunday',
    '1 day was left out, more than a year past or ten years ahead.',
    '2 events with a time of day were left out: Stand-up and 1 more.',
    '1 event with a rule of repetition that no exclusion can have was left out: Cleaning.',
  ]
  const dry = await call('import_exclusions', { calendar: file, queues: 'sales', dry_run: 'y' }, at)
  t.ok(dry.says.includes(says.join('\n')), 'a dry run says the same')
  t.strictSame(await all('exclusions'), [])
  const first = await call('import_exclusions', { calendar: file, queues: 'sales' }, at)
  t.equal(first.says, says.join('\n'))
  t.strictSame(first.gives, {
    exclusions: [1, 2, 3],
    known: 0,
    far: 1,
    left_out: [
      { why: 'timed', events: 2, titles: ['Stand-up'] },
      { why: 'repeats', events: 1, titles: ['Cleaning'] },
    ],
  })
  const kept = await all('exclusions')
  t.match(kept, [{ queues: [2], date: '2026-04-06' }, { yearly: '05-01' }, { weekday: 0 }])
  const again = await call('import_exclusions', { calendar: file, queues: 'sales' }, at)
  t.match(
    again.says,
    /^No exclusion is added in queue Sales\.\n3 days were excluded already\.\n1 day was left out/,
  )
  t.strictSame(await all('exclusions'), kept)
  t.match(
    await call('import_exclusions', { calendar: file }, at),
    { gives: { exclusions: [4, 5, 6] } },
    'in all queues',
  )
})

t.test('what is no calendar, or too large, is refused', async t => {
  const { call, store } = await desk(t)
  const none = {
    code: 'invalid',
    message: /^There is no calendar in this: give an iCalendar file, which begins with/,
  }
  for (const params of [{}, { calendar: 'Hello' }, { calendar: 'x'.repeat(MIB) }])
    t.match(await refusal(call('import_exclusions', params, at)), none)
  const cut = 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260501'
  t.match(await refusal(call('import_exclusions', { calendar: cut }, at)), {
    message: /^calendar: This calendar ends too early/,
  })
  const bytes = Buffer.from(`BEGIN:VCALENDAR\n${'X:x\n'.repeat(MIB / 4)}END:VCALENDAR\n`)
  const large = { code: 'too_large', message: /is larger than 1048576 bytes; import a part of it\.$/ }
  t.match(await refusal(call('import_exclusions', { calendar: bytes }, at)), large)
  const file = async (content: Buffer) => {
    return {
      file: await store.files.put(content),
      filename: 'x.ics',
      mime_type: 'text/calendar',
      size: content.length,
    }
  }
  t.match(await refusal(call('import_exclusions', { attachments: [await file(bytes)] }, at)), large)
  t.match(
    await refusal(call('import_exclusions', { attachments: [await file(Buffer.alloc(2 * MIB))] }, at)),
    none,
  )
  const good = calendar('DTSTART:20260501|SUMMARY:Fête')
  const files = [await file(Buffer.alloc(2 * MIB)), await file(Buffer.from(good, 'latin1'))]
  t.match(await call('import_exclusions', { calendar: 'See below.', attachments: files }, at), {
    says: '1 exclusion is added in all queues:\n1 Friday, 1 May 2026: Fête',
  })
  const text = { beginning: good.slice(0, 40), file: (await file(Buffer.from(good))).file }
  t.match(
    await call('import_exclusions', { calendar: text }, at),
    { gives: { known: 1 } },
    'a long text of a mail',
  )
  const long = `${good.replace('Fête', `Fête\nDESCRIPTION:${'x'.repeat(100_000)}`)}`
  t.match(await call('import_exclusions', { calendar: long }, at), { gives: { known: 1 } })
})

t.test('the hour and the zone of a queue', async t => {
  const { call, all } = await desk(t)
  const change = (params: Record<string, string>) => call('change_queue', { queue: 'support', ...params }, at)
  t.match(
    await call('add_queue', { title: 'X', slug: 'x', escalate_at: '7:30', time_zone: 'asia/kolkata' }, at),
    {
      says: /\. Its tickets rise and wake at 07:30 \(Asia\/(?:Kolkata|Calcutta|kolkata)\)\. Mail to/i,
    },
  )
  t.match(await change({ escalate_at: '17:05' }), {
    says: / Its tickets rise and wake at 17:05 \(Europe\/Vienna\)\.$/,
  })
  t.match(await change({ time_zone: 'europe/london' }), { says: /at 17:05 \(Europe\/London\)\.$/ })
  t.match(await all('queues'), [
    { escalate_at: '17:05', time_zone: 'Europe/London' },
    { escalate_at: '07:30' },
  ])
  t.match(await call('list_queues', {}, at), {
    says: /^1 support Support \(17:05 Europe\/London\)\n/,
    gives: [{ id: 1, title: 'Support', escalate_at: '17:05', time_zone: 'Europe/London' }],
  })
  t.match(await change({ locale: 'en' }), { says: /CC addresses\.$/ }, 'nothing else changes them')
  await change({ escalate_at: '', time_zone: '' })
  t.strictSame((await all('queues'))[0], QUEUE)
  const table: [Record<string, string>, RegExp][] = [
    [{ escalate_at: '24:00' }, /^escalate_at: "24:00" is not an hour of the day; give one like 09:00\.$/],
    [{ time_zone: 'Vienna' }, /^time_zone: "Vienna" is not a time zone; give Europe\/Vienna\.$/],
    [{ time_zone: 'America/Vienna' }, /; give Europe\/Vienna\.$/],
    [{ time_zone: 'New York' }, /; give America\/New_York\.$/],
    [{ time_zone: 'Atlantis/Capital' }, /is not a time zone; give one like Europe\/Vienna\.$/],
    [{ time_zone: '+01:00' }, /is not a time zone/],
    [{ time_zone: 'x'.repeat(10_000) }, /is not a time zone/],
  ]
  for (const [params, message] of table)
    t.match(await refusal(change(params)), { code: 'invalid', message }, JSON.stringify(params).slice(0, 60))
})
