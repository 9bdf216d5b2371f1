import t from 'tap'
import { batchIn, batchOf } from '../../../handlers/command/batch.ts'

function commands(text: string, kind: 'real' | 'dry' = 'real') {
  return batchOf(text, kind).map(({ command: { label, method, params } }) => [label, method, { ...params }])
}

t.test('which subjects announce a batch', async t => {
  for (const line of ['batch', ' Batch. ', 'BATCH!']) t.equal(batchIn(line), 'real', line)
  for (const line of ['test batch', 'Test  batch']) t.equal(batchIn(line), 'dry', line)
  for (const line of ['batch 5', 'a batch', 'batches', 'test', 'Re: batch'])
    t.equal(batchIn(line), undefined, line)
})

t.test('a batch has one command on each line', async t => {
  t.strictSame(commands('hold 5\n\n  resolve 6: done \nassign 7 8 tom'), [
    ['Line 1', 'hold_ticket', { ticket: '5' }],
    ['Line 3', 'resolve', { ticket: '6', resolution: 'done' }],
    ['Line 4', 'assign', { ticket: '7,8', assigned_to: 'tom' }],
  ])
  t.strictSame(commands('hold 5\nqueues', 'dry'), [
    ['Line 1', 'hold_ticket', { ticket: '5', dry_run: 'y' }],
    ['Line 2', 'list_queues', {}],
  ])
})

t.test('a batch ends at a signature or a quote', async t => {
  for (const end of ['--', '-- ', '> hold 7', '>hold 7'])
    t.strictSame(commands(`hold 5\n${end}\nSusan`), [['Line 1', 'hold_ticket', { ticket: '5' }]], end)
})

t.test('any other line refuses the whole batch', async t => {
  const table: [string, string][] = [
    ['', 'The batch has no commands. Write one command on each line.'],
    ['-- \nSusan', 'The batch has no commands. Write one command on each line.'],
    ['hold 5\nThank you', 'Nothing was done. Line 2: "Thank you" is not a command.'],
    ['hold 5\nhld 6', 'Nothing was done. Line 2: "hld 6" is not understood. Write: hold 6'],
    [
      'test hold 5',
      'Nothing was done. Line 1: A test is about the whole batch. Write "test batch" as the subject.',
    ],
    ['hold 9-5', 'Nothing was done. Line 1: ticket: "9-5" is not a range; give the smaller number first.'],
    [
      `hold 5: ${'x'.repeat(1000)}`,
      'Nothing was done. Line 1: It is longer than 1000 characters; make it shorter.',
    ],
    [
      'hold 5\n'.repeat(51),
      'Nothing was done. The batch has more than 50 commands; send at most 50 at a time.',
    ],
    [
      'hold 1-30\nhold 40-61',
      'Nothing was done. The batch has more than 50 tickets; send at most 50 at a time.',
    ],
    [
      'hold ticket=5 ticket=6',
      'Nothing was done. Line 1: Beside ticket=, each parameter needs its name. Write: hold_ticket ticket=…',
    ],
  ]
  for (const [text, message] of table) t.throws(() => batchOf(text, 'real'), { code: 'invalid', message })
  t.equal(batchOf('hold 5\n'.repeat(50), 'real').length, 50)
})
