import t from 'tap'
import { warningsOf } from '../../../daemon/status/warnings.ts'
import { sampleStatus } from './sample.ts'

const store = sampleStatus().store
const disk = sampleStatus().disk
const letters = (oldest: string) => ({
  waiting: 12,
  sent: 0,
  failed: 0,
  oldest,
  reply: '454 4.7.1 Relay access denied',
})

t.test('nothing needs attention in a healthy daemon', async t => {
  t.same(warningsOf(sampleStatus()), [])
  t.same(warningsOf(sampleStatus({ letters: letters('2026-03-04T12:30:00.000Z') })), [], 'a young letter')
})

for (const [what, more, sentence] of [
  [
    'letters that wait',
    { letters: letters('2026-03-04T10:00:00.000Z') },
    '12 letters wait, the oldest for 3 hours. The last reply about it: "454 4.7.1 Relay access denied". Check the smarthost, and smarthost.url.',
  ],
  [
    'a certificate that expires',
    { certificates: [{ door: 'mail', expires: '2026-03-09T13:00:00.000Z' }] },
    'The certificate of the mail door expires in 5 days; renew it, then reload (systemctl reload helpdeskd).',
  ],
  [
    'a certificate that has expired',
    { certificates: [{ door: 'http', expires: '2026-03-04T12:00:00.000Z' }] },
    'The certificate of the http door expired on 2026-03-04; renew it, then reload (systemctl reload helpdeskd).',
  ],
  [
    'a disk that fills',
    { disk: { ...disk, trend: { days_left: 9, days_measured: 4 } } },
    '45.2 GB are free on the disk; if it goes on like the last 4 days, nothing new is accepted in 9 days. Make room on it.',
  ],
  [
    'a journal that grows',
    { store: { ...store, journal_bytes: 200_000_000 } },
    'The journal has 200 MB and is not folded into the snapshot; look for checkpoint_failed in the log.',
  ],
  [
    'damage',
    { store: { ...store, damaged: [{ path: '/x/helpdesk.1.journal.damaged', bytes: 5 }] } },
    'A damaged journal is kept for 30 days: /x/helpdesk.1.journal.damaged (5 bytes). The commits that "helpdeskd repair" named are lost.',
  ],
] as const)
  t.test(`a warning says what to do about ${what}`, async t => {
    t.same(warningsOf(sampleStatus(more)), [sentence])
  })
