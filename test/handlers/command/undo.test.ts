import t from 'tap'
import type { Reader } from '../../../data/store.ts'
import type { Change, Followup } from '../../../data/tables.ts'
import { parseCommand } from '../../../handlers/command/command.ts'
import { undoOf } from '../../../handlers/command/undo.ts'
import { followup } from '../../data/records.ts'

const RECORDS: Record<string, unknown> = {
  'users 2': { active: true, username: 'fred' },
  'users 3': { active: false, username: 'gone' },
  'queues 1': { slug: 'support' },
}
const reader = { get: async (table: string, id: number) => RECORDS[`${table} ${id}`] } as unknown as Reader

function changed(ticket: number, ...changes: Change[]): Followup {
  return { id: ticket, ...followup({ ticket, changes }) }
}

t.test('each change is taken back by a command', async t => {
  const cases: [string, Change[], string[]][] = [
    ['hold', [{ field: 'on_hold', from: false, to: true }], ['unhold 7']],
    ['unhold', [{ field: 'on_hold', from: true, to: false }], ['hold 7']],
    [
      'unhold with an end',
      [
        { field: 'on_hold', from: true, to: false },
        { field: 'hold_until', from: '2030-01-02', to: null },
      ],
      ['hold 7 until 2030-01-02'],
    ],
    [
      'resolve, which ends a hold',
      [
        { field: 'status', from: 1, to: 3 },
        { field: 'on_hold', from: true, to: false },
        { field: 'resolution', from: null, to: 'Done.' },
      ],
      ['reopen 7'],
    ],
    ['reopen a resolved ticket', [{ field: 'status', from: 3, to: 2 }], ['resolve 7']],
    ['reopen a closed ticket', [{ field: 'status', from: 4, to: 2 }], ['close 7']],
    [
      'reopen a duplicate',
      [
        { field: 'status', from: 5, to: 2 },
        { field: 'duplicate_of', from: 3, to: null },
      ],
      ['duplicate 7 of 3'],
    ],
    ['duplicate', [{ field: 'status', from: 1, to: 5 }], ['reopen 7']],
    ['assign', [{ field: 'assigned_to', from: 2, to: 1 }], ['assign 7 fred']],
    ['assign from a user who is gone', [{ field: 'assigned_to', from: 3, to: 1 }], []],
    ['take', [{ field: 'assigned_to', from: null, to: 1 }], []],
    ['move', [{ field: 'queue', from: 1, to: 2 }], ['move 7 support']],
    ['priority', [{ field: 'priority', from: 3, to: 1 }], ['priority 7 3']],
    ['title', [{ field: 'title', from: 'A door', to: 'B' }], ['title 7: A door']],
    ['due', [{ field: 'due_date', from: '2030-01-02', to: null }], ['due 7 2030-01-02']],
    ['a first due date', [{ field: 'due_date', from: null, to: '2030-01-02' }], ['due 7 none']],
    [
      'submitter',
      [{ field: 'submitter_email', from: 'a@example.net', to: 'b@example.net' }],
      ['submitter 7 a@example.net'],
    ],
    ['watch', [{ field: 'watchers', from: null, to: 'a@example.net' }], ['unwatch 7 a@example.net']],
    ['unwatch', [{ field: 'watchers', from: 'a@example.net', to: null }], ['watch 7 a@example.net']],
    ['a redaction', [{ field: 'followup', from: 1, to: 'redacted' }], []],
  ]
  for (const [what, changes, lines] of cases) {
    t.strictSame(await undoOf(reader, [changed(7, ...changes)]), lines, what)
    for (const line of lines) t.ok(parseCommand(line), line)
  }
})

t.test(
  'one command is for all tickets to which it is the same, and many different ones are none',
  async t => {
    const held = (id: number) => changed(id, { field: 'on_hold', from: false, to: true })
    t.strictSame(await undoOf(reader, [held(7), held(9)]), ['unhold 7 9'])
    const titles = [1, 2, 3, 4].map(id => changed(id, { field: 'title', from: `No. ${id}`, to: 'x' }))
    t.strictSame(await undoOf(reader, titles), [])
    t.equal((await undoOf(reader, titles.slice(1))).length, 3)
  },
)
