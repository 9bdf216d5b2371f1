import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readCalendar } from '../../handlers/exclusions/icalendar/calendar_file.ts'
import { ROOT } from '../program.ts'

const FOLDER = join(ROOT, 'test/cases/calendars')

for (const file of readdirSync(FOLDER).filter(name => name.endsWith('.ics')))
  t.test(file, async t => {
    const { days, leftOut } = readCalendar(readFileSync(join(FOLDER, file), 'utf8'))
    const lines = [
      ...days.map(({ day, name }) => `${Object.values(day)[0]} ${name}`.trim().replace(/^(?=\d (?!\d))/, 'weekday ')),
      ...[...leftOut].map(([why, titles]) => `left out, ${why}: ${titles.join(', ')}`),
    ]
    t.strictSame(lines, readFileSync(join(FOLDER, file.replace('.ics', '.txt')), 'utf8').trim().split('\n'))
  })
