import fc from 'fast-check'
import t from 'tap'
import { MONTHS } from '../../../data/months.ts'
import { parseCommand } from '../../../handlers/command/command.ts'
import { month } from '../../../handlers/params/months.ts'
import { BAD_WORDS, parsed } from './parsed.ts'

const kind = month('The month.')
const HELP = 'give one like november, nov 2026, 2026-11 or last month.'

t.test('a month in the words of a person', async t => {
  const table: [string, object][] = [
    ['november', { month: 11 }],
    ['Nov', { month: 11 }],
    ['sept.', { month: 9 }],
    ['MAY', { month: 5 }],
    ['november 2026', { year: 2026, month: 11 }],
    ['nov.\t 2026', { year: 2026, month: 11 }],
    ['2026-02', { year: 2026, month: 2 }],
    ['this month', { ago: 0 }],
    ['Last  Month', { ago: 1 }],
  ]
  for (const [words, expected] of table) t.same(parsed(kind, words), expected, words)
})

t.test('what is no month is refused with a sentence', async t => {
  const table: [string, string][] = [
    ['smarch', `"smarch" is not a month; ${HELP}`],
    ['novembers', `"novembers" is not a month; ${HELP}`],
    ['no', `"no" is not a month; ${HELP}`],
    ['2026-13', `"2026-13" is not a month; ${HELP}`],
    ['2026-00', `"2026-00" is not a month; ${HELP}`],
    ['2026-1', `"2026-1" is not a month; ${HELP}`],
    ['11', `"11" is not a month; ${HELP}`],
    ['next month', `"next month" is not a month; ${HELP}`],
    ['24 november 2026', `"24 november 2026" is not a month; ${HELP}`],
    ['november 26', '"26" is not a year of this calendar; give one like 2026.'],
    ['november 20266', '"20266" is not a year of this calendar; give one like 2026.'],
    ['1969-12', '"1969" is not a year of this calendar; give one like 2026.'],
  ]
  for (const [words, sentence] of table) t.same(parsed(kind, words), { sentence }, words)
  for (const words of BAD_WORDS) t.match(parsed(kind, words), { sentence: /^".*" is not a month; / }, words)
})

t.test('any words are a month or refused, and each month is itself', async () => {
  const spelled = (name: string, length: number, year: number) => `${name.slice(0, length)} ${year}`
  fc.assert(
    fc.property(
      fc.string(),
      fc.nat({ max: 11 }),
      fc.integer({ min: 3, max: 9 }),
      fc.integer({ min: 1970, max: 9999 }),
      (words, at, length, year) => {
        const found = parsed(kind, words) as object
        const named = parsed(kind, spelled(MONTHS[at]!, length, year)) as { year: number; month: number }
        return typeof found === 'object' && named.year === year && named.month === at + 1
      },
    ),
  )
})

t.test('in a command, a month looks like one', async t => {
  const read = (line: string) => {
    const said = parseCommand(line)
    return said && { ...said.command.params }
  }
  t.same(read('report support november'), { queue: 'support', month: 'november' })
  t.same(read('Report Support Nov. 2026'), { queue: 'Support', month: 'Nov. 2026' })
  t.same(read('report november 2026'), { month: 'november 2026' })
  t.same(read('report 2026-11'), { month: '2026-11' })
  t.same(read('report last month'), { month: 'last month' })
  t.same(read('report support this month'), { queue: 'support', month: 'this month' })
  t.same(read('report support 2026-13'), { queue: 'support', month: '2026-13' })
  t.same(read('report support november 26'), { queue: 'support', month: 'november 26' })
  for (const line of ['Report missing files', 'report support', 'report on the november', 'reports november'])
    t.equal(read(line), undefined, line)
})
