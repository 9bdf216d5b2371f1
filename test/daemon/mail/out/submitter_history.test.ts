import { simpleParser } from 'mailparser'
import t from 'tap'
import { house } from '../../../house.ts'

const ERIN = 'erin@example.net'
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
)

t.test('an opened letter tells staff, and nobody else, what the submitter has asked before', async t => {
  const built = await house(t)
  await built.susan('add_queue', { title: 'Sales', slug: 'sales', new_ticket_cc: 'cc@example.org' })
  await built.susan('add_user', { username: 'tom', email: 'tom@example.org', queues: 'sales' })
  const open = (queue: string, owner: string) =>
    built.susan('create_ticket', { queue, title: 'The printer', submitter_email: ERIN, assigned_to: owner })
  await open('support', 'fred')
  await built.susan('resolve', { ticket: '1', resolution: 'Mended.' })
  await built.letters(4)
  await open('sales', 'fred')
  await built.letters(7)
  await open('sales', 'tom')
  const letters = await Promise.all((await built.letters(10)).map(letter => simpleParser(letter)))
  const told = (to: string, ticket: number) => {
    const letter = letters.find(
      ({ to: heard, subject, headers }) =>
        [heard].flat()[0]?.text === to &&
        subject?.includes(`-${ticket}] `) &&
        headers.get('x-helpdesk-event') === 'opened',
    )
    return letter!
      .text!.split('\n')
      .filter(line => / has asked /.test(line))
      .join()
  }
  const today = new Date()
  const day = `${today.getUTCDate()} ${MONTHS[today.getUTCMonth()]} ${today.getUTCFullYear()}`
  t.equal(told('fred@example.org', 1), '', 'nothing at first')
  t.equal(told('fred@example.org', 2), `${ERIN} has asked 2 times; last: ticket 1 (resolved, ${day})`)
  t.equal(told('cc@example.org', 2), '', 'an address without a user learns of this queue alone')
  t.equal(told('cc@example.org', 3), `${ERIN} has asked 2 times; last: ticket 2 (open, ${day})`)
  t.equal(
    told('tom@example.org', 3),
    `${ERIN} has asked 2 times; last: ticket 2 (open, ${day})`,
    'a limited user',
  )
  for (const { to, text } of letters)
    if ([to].flat()[0]?.text === ERIN) t.notMatch(text, / has asked /, 'the submitter')
})
