import type { SiteStatus } from '../../../daemon/status/site_status.ts'

/** A status as a busy daemon with two queues has it; `more` replaces parts of it. */
export function sampleStatus(more: Partial<SiteStatus> = {}): SiteStatus {
  return {
    version: '1.2.3',
    started: '2026-03-01T12:00:00.000Z',
    now: '2026-03-04T13:00:00.000Z',
    doors: [
      {
        door: 'mail',
        listens: ['0.0.0.0:25', '[::]:25'],
        connections: 1,
        done: 1234,
        refused: 56,
        failed: 0,
      },
      { door: 'http', listens: ['127.0.0.1:8090'], connections: 3, done: 1, refused: 0, failed: 2 },
    ],
    queues: [
      { slug: 'sales', title: 'Sales & more', ...counts(3, 0, 1, 20, 4000, 0) },
      { slug: 'support', title: 'Support', ...counts(12, 2, 5, 300, 51_234, 7) },
    ],
    letters: { waiting: 0, sent: 2500, failed: 3, oldest: null, reply: null },
    smarthost_down: null,
    failing: 0,
    store: {
      directory: '/var/lib/helpdeskd',
      snapshot_bytes: 48_000_000,
      checkpoint: '2026-03-04T07:00:00.000Z',
      journal_bytes: 1_234_567,
      journals: 1,
      torn: [],
      damaged: [],
    },
    disk: { free_bytes: 45_200_000_000, free_files: 2_000_000, min_free_bytes: 67_108_864, trend: null },
    files: {
      bytes: 1_200_000_000,
      limit_bytes: 10_000_000_000,
      unproven_bytes: 340_000_000,
      unproven_limit_bytes: 5_000_000_000,
    },
    certificates: [{ door: 'http', expires: '2026-05-30T09:00:00.000Z' }],
    warnings: [],
    last_day: { mails: 210, spam: 12, loops: 1, held_back: 2, whole: true },
    ...more,
  }
}

function counts(
  open: number,
  reopened: number,
  on_hold: number,
  resolved: number,
  closed: number,
  duplicate: number,
) {
  return { open, reopened, on_hold, resolved, closed, duplicate }
}
