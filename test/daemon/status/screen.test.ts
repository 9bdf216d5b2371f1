import t from 'tap'
import { screenOf } from '../../../daemon/status/screen.ts'
import { sampleStatus } from './sample.ts'

t.test('the status is one screen, with warnings first', async t => {
  const warnings = [
    'The certificate of the http door expires in 3 days; renew it, then reload (systemctl reload helpdeskd).',
    '12 letters wait.',
  ]
  t.equal(
    screenOf(sampleStatus({ warnings })),
    `helpdeskd 1.2.3 has been running for 3 days.
! The certificate of the http door expires in 3 days; renew it, then reload
  (systemctl reload helpdeskd).
! 12 letters wait.

Tickets                      open reopened  on hold resolved   closed    dupl.
support                        12        2        5      300    51234        7
sales                           3        0        1       20     4000        0

Mail      0.0.0.0:25 [::]:25: 1,234 calls, 56 refused, 1 connection
HTTP      127.0.0.1:8090: 1 call, 0 refused, 2 failed by a bug (see the log), 3
          connections
Letters   0 waiting; 2,500 sent, 3 failed (as far as they are kept)
Addresses letters reach all addresses, as far as is known
Last day  210 mails, 12 spam, 1 loop; 2 letters held back (list_held_back)
Store     snapshot of 48.0 MB, written 6 hours ago; 1 journal of 1.2 MB since
          then
Disk      45.2 GB and 2,000,000 inodes free; below 67.1 MB nothing new is
          accepted
Files     1.2 GB of 10.0 GB, 340 MB of 5.0 GB by unproven mail
TLS       the certificate of the http door is valid until 2026-05-30 09:00 UTC`,
  )
})

t.test('many queues, warnings and long words still fit a screen', async t => {
  const queues = Array.from({ length: 40 }, (_, at) => ({
    ...sampleStatus().queues[0]!,
    slug: `${'long-'.repeat(10)}${at}`,
    open: at,
  }))
  const warnings = Array.from(
    { length: 9 },
    () => 'This is a sentence of a common length, and it says what to do.',
  )
  const screen = screenOf(
    sampleStatus({
      queues,
      warnings,
      failing: 3,
      letters: { waiting: 2, sent: 1, failed: 0, oldest: '2026-03-04T10:00:00.000Z', reply: null },
      last_day: { mails: 10_000, spam: 0, loops: 0, held_back: 0, whole: false },
      disk: {
        free_bytes: 1e9,
        free_files: null,
        min_free_bytes: 1e8,
        trend: { days_left: 12, days_measured: 6 },
      },
    }),
  )
  const lines = screen.split('\n')
  t.ok(lines.length <= 36, `${lines.length} lines`)
  for (const line of lines) t.ok(line.length <= 80, line)
  for (const said of [
    'and 4 more; "helpdeskd --json status" has all of them',
    'and 32 more queues',
    '2 waiting, the oldest for 3 hours; 1 sent',
    '3 addresses get no letters, since these do not arrive (list_failing)',
    'more than 10,000 mails',
    'as in the last 6 days, enough for 12 days',
  ])
    t.match(screen.replace(/\n +/g, ' '), said)
})
