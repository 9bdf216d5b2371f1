import fc from 'fast-check'
import stringWidth from 'string-width'
import t from 'tap'
import { resultText } from '../../../daemon/shell/output.ts'
import { tableOf } from '../../../daemon/shell/table.ts'
import { anyCharacter } from '../../any_character.ts'
import { runs } from '../../runs.ts'

const users = [
  { id: 1, username: 'susan', full_name: '', addresses: ['susan@example.org', 's@example.org'], admin: true },
  { id: 20, username: 'fred', full_name: '', addresses: ['fred@example.org'], admin: false },
]

t.test('a list of records is a table that fits the terminal', async t => {
  t.equal(
    tableOf(users, 80),
    [
      'ID  USERNAME  ADDRESSES                        ADMIN',
      '1   susan     susan@example.org,s@example.org  yes',
      '20  fred      fred@example.org',
    ].join('\n'),
  )
  t.equal(
    tableOf(users, 40),
    [
      'ID  USERNAME  ADDRESSES            ADMIN',
      '1   susan     susan@example.org,…  yes',
      '20  fred      fred@example.org',
    ].join('\n'),
    'the widest column is cut',
  )
  const page = {
    tickets: [{ ticket: 5, title: '打印机着火了', owner: null, due_date: '2026-12-01' }],
    next: null,
  }
  t.equal(
    tableOf(page, 32),
    'TICKET  TITLE         DUE DATE\n5       打印机着火了  2026-12-01',
    'wide characters',
  )
  t.equal(tableOf(page, 26), 'TICKET  TITLE     DUE DATE\n5       打印机…   2026-12…')
})

t.test('anything else is no table', async t => {
  for (const gives of [5, 'x', [], ['a', 'b'], [[1]], [null], { id: 1, followups: [{ a: 1 }] }])
    t.equal(tableOf(gives, 80), undefined, JSON.stringify(gives))
})

t.test('no cell can break the table or change the terminal', async t => {
  const table = tableOf([{ title: 'a\u001b[2J\u0007b\nc\u202ed', at: '2026-03-01T12:00:59.000Z' }], 80)!
  t.match(table, /^TITLE +AT\na \[2J b c d +2026-0[23]-[0-9]{2} [0-9]{2}:[0-9]{2}$/)
  const text = fc.string({ unit: anyCharacter, maxLength: 60 })
  const row = fc.record({ a: text, b: text, c: fc.array(text, { maxLength: 2 }), d: fc.boolean() })
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 40, max: 100 }),
      (rows, columns) => {
        const lines = (tableOf(rows, columns) ?? '').split('\n')
        return lines.length <= rows.length + 1 && lines.every(line => stringWidth(line) <= columns)
      },
    ),
    runs(500),
  )
})

t.test('only a terminal gets a table, and colours only if it has them', async t => {
  const done = { exit: 0, says: '1 susan', gives: users }
  const table = tableOf(users, 80)!
  t.equal(await resultText(done, {}), '1 susan', 'a pipe gets the whole sentence')
  t.equal(await resultText(done, { columns: 80 }), table)
  t.equal(await resultText(done, { columns: 0 }), table, 'a terminal without a width')
  t.equal(await resultText(done, { columns: 80, hasColors: () => false }), table)
  const coloured = await resultText(done, { columns: 80, hasColors: () => true })
  t.equal(coloured.replaceAll('\u001b[1m', '').replaceAll('\u001b[22m', ''), table)
  t.ok(coloured.startsWith('\u001b[1mID '))
  t.equal(await resultText({ exit: 0, says: 'Done.', gives: 'Done.' }, { columns: 80 }), 'Done.')
})
