import t from 'tap'
import type { AttemptOutcome } from '../../../../daemon/mail/out/refused_letters.ts'
import { SmarthostAlert } from '../../../../daemon/mail/out/smarthost_alert.ts'
import { DAY, HOUR } from '../../../../data/durations.ts'
import { letter } from '../../../data/records.ts'

const GREYLISTED = '450 4.7.1 greylisted'
const SENT: AttemptOutcome = { state: 'sent', reply: '250 kept' }

/** A letter that was refused so often. */
function refused(times: number) {
  const attempts = Array(times).fill({ at: '2026-11-27T10:00:00.000Z', reply: GREYLISTED })
  return { id: 1, ...letter({ attempts }) }
}

/** Whether the next refusal of such a letter is told, although others are sent. */
function isTold(alert: SmarthostAlert, before: number, now: number): boolean {
  return alert.begins(
    refused(before),
    { state: 'refused', reply: GREYLISTED },
    { state: 'deferred', reply: GREYLISTED },
    now,
  )
}

t.test(
  'the third refusal of the helpdesk for one letter is told, and again a day after the last',
  async t => {
    const alert = new SmarthostAlert()
    t.same(
      [0, 1, 2, 3].map(before => isTold(alert, before, HOUR)),
      [false, false, true, false],
    )
    t.equal(alert.end(refused(0), SENT, HOUR), undefined, 'another letter ends nothing')
    t.notOk(isTold(alert, 2, HOUR + DAY))
    t.ok(isTold(alert, 2, HOUR + 2 * DAY + 1))
    t.equal(alert.end(refused(3), SENT, 2 * HOUR + 2 * DAY + 1), HOUR)
    t.equal(alert.end(refused(3), SENT, 3 * DAY), undefined)
  },
)

t.test('an outage ends with any reply to a letter', async t => {
  const alert = new SmarthostAlert()
  const down = { state: 'down', reply: 'ECONNREFUSED' } as const
  t.ok(alert.begins(refused(0), down, down, 0))
  t.notOk(alert.begins(refused(0), down, down, DAY * 2))
  t.equal(alert.end(refused(0), down, HOUR), undefined)
  t.equal(alert.end(refused(0), { state: 'deferred', reply: '450 busy' }, HOUR), HOUR)
})
