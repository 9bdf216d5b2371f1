import { Failure } from '../../data/failure.ts'
import { todayOf } from '../exclusions/asked_days.ts'
import { excludeDays } from '../exclusions/exclude_days.ts'
import { joinedCalendars } from '../exclusions/icalendar/calendar_file.ts'
import { IMPORTED, importedFacts, importedText } from '../exclusions/icalendar/imported.ts'
import { isNear } from '../exclusions/icalendar/near_days.ts'
import { noCountedDay } from '../exclusions/no_counted_day.ts'
import { method } from '../method.ts'
import { calendarFiles, calendarText } from '../params/calendars.ts'
import { optional } from '../params/kind.ts'
import { queues } from '../params/several_queues.ts'

export default method({
  name: 'import_exclusions',
  summary: 'Add the days of a calendar file as exclusions.',
  description:
    'An iCalendar file (RFC 5545), such as public holidays: its events of whole days. One that repeats every year or every week becomes an exclusion of every year or week; one that ends is added day by day. Other events are left out, and the answer says why. Days that are excluded already are not added again, so a newer file of the same holidays adds only what is new. The file has at most 1 MiB, 2000 events and 2000 days; with dry_run=y the answer says what would be added. A program gets the numbers of the new exclusions, how many days were excluded already (known), how many are more than a year past or ten years ahead and so left out (far), and the events that were left out, by reason, with the first titles.',
  may: 'admin',
  params: {
    calendar: optional(calendarText('The text of the file.')),
    queues: optional(queues('The queues in which the days do not count; without them, all queues.')),
    attachments: optional(calendarFiles('The file, instead of its text.')),
  },
  body: 'calendar',
  example: {
    command: 'import_exclusions queues=support',
    body: 'BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260501\nRRULE:FREQ=YEARLY\nSUMMARY:Labour Day\nEND:VEVENT\nEND:VCALENDAR',
    says: '1 exclusion is added in queue Support:\n3 1 May of every year: Labour Day',
    gives: { exclusions: [3], known: 0, far: 0, left_out: [] },
  },
  run: async ({ calendar, queues, attachments = [] }, call) => {
    const files = [...(calendar ? [calendar] : []), ...attachments]
    if (files.length === 0)
      throw new Failure(
        'invalid',
        'There is no calendar in this: give an iCalendar file, which begins with BEGIN:VCALENDAR, as the text or as an attachment.',
        { parameter: 'calendar' },
      )
    const today = todayOf({ queues }, call)
    const { days, leftOut } = joinedCalendars(files)
    const near = days.filter(({ day }) => isNear(day, today))
    const { added, known } = await excludeDays(call.tx, near, queues)
    return {
      added,
      known: known.length,
      far: days.length - near.length,
      leftOut,
      warning: await noCountedDay(call),
    }
  },
  says: (imported, { queues = [] }) => importedText(imported, queues),
  gives: importedFacts,
  givesSchema: IMPORTED,
})
