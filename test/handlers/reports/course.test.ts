import fc from 'fast-check'
import t from 'tap'
import type { Author, Followup } from '../../../data/tables.ts'
import { courseOf, type Moment, momentOf } from '../../../handlers/reports/course.ts'
import { followup } from '../../data/records.ts'
import { ann, fred, machine, operator, susan, TICKET } from '../fixture.ts'

const OPENED = TICKET.created
const LATER = '2026-02-28T10:00:00.000Z'
const ANNS = { ...TICKET, submitter_email: 'Ann@example.net' }
/** A user who is the submitter. */
const SUBMITTERS = [2]

function isAnswer(author: Author, more: Partial<Followup> = {}): boolean {
  const one = { id: 1, ...followup({ author, date: LATER, comment: 'Hello.', public: true, ...more }) }
  return momentOf(one, ANNS, SUBMITTERS).isAnswer
}

t.test('the first answer is public and of an agent', async t => {
  const agent = { kind: 'submitter', address: 'susan@example.org', automatic: false, proven: true } as const
  t.ok(isAnswer(susan))
  t.ok(isAnswer(operator))
  t.ok(isAnswer(agent), 'an agent, by mail with proof')
  const file = { file: 'x', filename: 'a.txt', mime_type: 'text/plain', size: 1 }
  t.ok(isAnswer(susan, { comment: '', attachments: [file] }))

  t.notOk(isAnswer(susan, { public: false }))
  t.notOk(isAnswer(susan, { comment: '' }), 'no words')
  t.notOk(isAnswer(susan, { date: OPENED }), 'the words that opened the ticket')
  t.notOk(isAnswer(fred), 'an agent who is the submitter')
  t.notOk(isAnswer(ann))
  t.notOk(isAnswer(machine))
  t.notOk(isAnswer({ kind: 'daemon' }))
  t.notOk(isAnswer({ ...agent, proven: false }))
  t.notOk(isAnswer({ ...agent, automatic: true }), 'an automatic reply of an agent')
  t.notOk(isAnswer({ ...agent, address: 'ann@example.net' }), 'the submitter, who is an agent')
})

/** All time counts. */
const always = (at: number) => at

t.test('a resolution counts if it still holds at the end', async t => {
  const moment = (at: number, more: Partial<Moment>): Moment => ({ at, isAnswer: false, ...more })
  const table: [string, Moment[], number | null][] = [
    ['none', [], null],
    ['resolved', [moment(5, { status: 3 })], 5],
    ['closed', [moment(5, { status: 4 })], 5],
    ['resolved, then closed', [moment(5, { status: 3 }), moment(9, { status: 4 })], 5],
    ['reopened', [moment(5, { status: 3 }), moment(6, { status: 2 })], null],
    ['resolved again', [moment(5, { status: 3 }), moment(6, { status: 2 }), moment(9, { status: 3 })], 9],
    [
      'on hold before',
      [
        moment(2, { hold: { at: 2, on_hold: true } }),
        moment(4, { hold: { at: 4, on_hold: false } }),
        moment(5, { status: 3 }),
      ],
      3,
    ],
    [
      'on hold until then',
      [
        moment(2, { hold: { at: 2, on_hold: true } }),
        moment(5, { status: 3, hold: { at: 5, on_hold: false } }),
      ],
      2,
    ],
    [
      'on hold from the beginning',
      [moment(2, { hold: { at: 2, on_hold: false } }), moment(5, { status: 3 })],
      3,
    ],
    [
      'a clock that was put back',
      [
        moment(4, { hold: { at: 4, on_hold: true } }),
        moment(2, { hold: { at: 2, on_hold: false } }),
        moment(5, { status: 3 }),
      ],
      3,
    ],
    ['resolved before it was opened', [moment(-5, { status: 3 })], 0],
  ]
  for (const [what, moments, resolved] of table)
    t.equal(courseOf(0, moments, always).resolved, resolved, what)
})

t.test('a hold never makes the time to an answer longer', async () => {
  const hold = fc.tuple(fc.nat({ max: 100 }), fc.nat({ max: 100 }))
  fc.assert(
    fc.property(fc.nat({ max: 100 }), fc.array(hold, { maxLength: 5 }), hold, (at, holds, another) => {
      const answer: Moment = { at, isAnswer: true }
      const times = [holds, [...holds, another]].map(some => {
        const moments = some.flatMap(([from, length]): Moment[] => [
          { at: from, isAnswer: false, hold: { at: from, on_hold: true } },
          { at: from + length, isAnswer: false, hold: { at: from + length, on_hold: false } },
        ])
        return courseOf(0, [answer, ...moments], always).answered!
      })
      return times[1]! <= times[0]!
    }),
  )
})
