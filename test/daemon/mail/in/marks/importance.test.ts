import t from 'tap'
import { readHeaders } from '../../../../../daemon/mail/in/headers.ts'
import { importanceOf } from '../../../../../daemon/mail/in/marks/importance.ts'
import { queue } from '../../../../data/records.ts'
import { furnishUsually, house, SUPPORT, SUSAN, type TestMail } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import { mailOf } from '../mail_of.ts'

const SALES = 'sales@helpdesk.example'
const ANN = 'ann@example.net'

t.test('the first field with a known word counts', async t => {
  const table: [string[], 2 | 4 | undefined, string?][] = [
    [['Importance: high'], 2, 'Importance: high'],
    [['importance: High '], 2, 'Importance: high'],
    [['IMPORTANCE: Low'], 4, 'Importance: low'],
    [['Importance: normal', 'X-Priority: 1'], undefined],
    [['Importance: very', 'X-Priority: 1 (Highest)'], 2, 'X-Priority: 1'],
    [['X-Priority: 2'], 2, 'X-Priority: 2'],
    [['X-Priority: 3 (Normal)', 'Priority: urgent'], undefined],
    [['X-Priority: 4\t(Low)'], 4, 'X-Priority: 4'],
    [['X-Priority: 5'], 4, 'X-Priority: 5'],
    [['X-Priority: 10'], undefined],
    [['X-Priority: 0', 'Priority: urgent'], 2, 'Priority: urgent'],
    [['Priority: Non-Urgent'], 4, 'Priority: non-urgent'],
    [['Priority: normal'], undefined],
    [['X-MSMail-Priority: High'], undefined],
    [['Subject: Importance: high'], undefined],
    [[`Importance: high${' '.repeat(1000)}x`], 2, 'Importance: high'],
    [[], undefined],
  ]
  for (const [lines, priority, field] of table)
    t.strictSame(
      importanceOf(readHeaders(mailOf('From: a@b.example', ...lines))),
      priority && { priority, field },
      lines.join('; '),
    )
})

t.test("a person's mail sets the priority of its ticket, where the queue says so", async t => {
  const built = await house(t, '', async tx => {
    await furnishUsually(tx)
    await tx.add('queues', queue({ title: 'Sales', slug: 'sales', email_address: SALES }))
  })
  t.match(await built.susan('change_queue', { queue: '1', importance: 'y' }), { status: 200 })
  const high = { Importance: 'high' }
  const WHY = 'it has Importance: high, so its priority is 2'
  const table: [string, Partial<TestMail>, number[], string[]][] = [
    ['high', { headers: high }, [2], [WHY]],
    ['low', { headers: { 'X-Priority': '5' } }, [4], ['it has X-Priority: 5, so its priority is 4']],
    ['none', {}, [3], []],
    ['another queue', { headers: high, to: SALES }, [3], []],
    ['two queues', { headers: high, to: [SUPPORT, SALES] }, [2, 3], [WHY]],
    [
      'a machine',
      { headers: { ...high, 'Auto-Submitted': 'auto-generated' } },
      [3],
      ['it has Auto-Submitted'],
    ],
    ['a list', { headers: { ...high, Precedence: 'list' } }, [3], ['it has Precedence']],
    ['a user', { headers: high, from: SUSAN.address, login: SUSAN }, [2], [WHY]],
  ]
  for (const [subject, more, priorities, reasons] of table) {
    t.match(await built.mail({ from: ANN, to: SUPPORT, subject, ...more }), /^250 /)
    const mail = (await kept(built.config.state_dir, 'mails')).at(-1)!
    t.same(mail.reasons, reasons, subject)
    const tickets = await kept(built.config.state_dir, 'tickets')
    const made = mail.tickets.map(id => tickets.find(ticket => ticket.id === id)!.priority)
    t.same(made, priorities, subject)
  }
  await built.mail({ from: ANN, to: SUPPORT, subject: 'Re: [support-2] low', text: 'More.', headers: high })
  t.match((await kept(built.config.state_dir, 'tickets'))[1], { priority: 4 }, 'an answer changes nothing')
  await built.susan('change_queue', { queue: '1', importance: 'n' })
  await built.mail({ from: ANN, to: SUPPORT, subject: 'Off', headers: high })
  t.match((await kept(built.config.state_dir, 'tickets')).at(-1), { priority: 3 })
})
