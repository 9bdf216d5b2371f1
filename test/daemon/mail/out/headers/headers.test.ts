import t from 'tap'
import { threadIndex } from '../../../../../daemon/mail/out/headers/thread_index.ts'
import { FRED, type House, house, SUPPORT, SUSAN, until } from '../../../../house.ts'
import { kept } from '../../kept.ts'

const ERIN = 'erin@example.net'
const EVE = 'eve@example.net'
const DESK = 'desk@example.org'
const ALL = 'DR, RN, NRN, AutoReply, OOF'
const NOT_AWAY = 'DR, RN, NRN, AutoReply'
const AUTO = 'auto-generated'

type Expected = readonly [letter: string, from: string, auto: string | undefined, suppressed: string]
const agent = (fields: Record<string, string>) => (built: House) =>
  built.susan('add_followup', { ticket: '1', public: 'y', ...fields })
const erins = { from: `Erin Ø <${ERIN}>`, envelopeFrom: ERIN, to: SUPPORT }
const again = { ...erins, subject: 'Re: [support-1] Lamp' }

/** An automatic answer to the newest letter to the submitter. */
const away =
  (headers: Record<string, string>) =>
  async ({ letters, mail }: House) => {
    const last = (await letters(1)).findLast(raw => field(raw, 'To') === ERIN)!
    const to = /<(.*)>/.exec(field(last, 'Reply-To')!)![1]!
    const subject = `Automatic reply: ${field(last, 'Subject')}`
    return mail({ from: ERIN, envelopeFrom: '', to, subject, text: 'I am away.', headers })
  }

/** What happens, and the header of each letter about it. */
const table: readonly [string, (built: House) => Promise<unknown>, readonly Expected[]][] = [
  [
    'a submitter opens a ticket',
    ({ mail }) => mail({ ...erins, subject: 'Lamp', text: 'It is dark.' }),
    [
      [`opened ${ERIN}`, 'Support', AUTO, ALL],
      [`opened ${DESK}`, 'Erin Ø (Support)', undefined, ALL],
    ],
  ],
  [
    'an agent answers',
    agent({ message: 'We come.' }),
    [
      [`followed_up ${ERIN}`, 'Susan Calvin (Support)', undefined, NOT_AWAY],
      [`followed_up ${EVE}`, 'Susan Calvin (Support)', undefined, NOT_AWAY],
      [`followed_up ${DESK}`, 'Susan Calvin (Support)', undefined, ALL],
    ],
  ],
  // Programs that answer for somebody who is away reply to letters without Auto-Submitted.
  [
    'a program answers that the submitter is away',
    away({ 'Auto-Submitted': 'auto-replied' }),
    [[`followed_up ${DESK}`, 'Support', AUTO, ALL]],
  ],
  [
    'Exchange does',
    away({ 'X-Auto-Response-Suppress': 'All' }),
    [[`followed_up ${DESK}`, 'Support', AUTO, ALL]],
  ],
  [
    'an agent writes a private note',
    agent({ message: 'Bring a lamp.', public: 'n' }),
    [[`followed_up ${DESK}`, 'Susan Calvin (Support)', undefined, ALL]],
  ],
  [
    'the submitter answers',
    ({ mail }) => mail({ ...again, text: 'When?' }),
    [
      [`followed_up ${EVE}`, 'Support', undefined, NOT_AWAY],
      [`followed_up ${DESK}`, 'Erin Ø (Support)', undefined, ALL],
    ],
  ],
  [
    'somebody writes under a name that looks like an address',
    ({ mail }) => mail({ ...again, from: `"susan＠example.org" <${ERIN}>`, text: 'Now?' }),
    [
      [`followed_up ${EVE}`, 'Support', undefined, NOT_AWAY],
      [`followed_up ${DESK}`, 'Support', undefined, ALL],
    ],
  ],
  [
    'somebody writes in the name of an agent',
    ({ mail }) =>
      mail({
        from: `Fred <${FRED.address}>`,
        envelopeFrom: FRED.address,
        to: SUPPORT,
        subject: again.subject,
        text: 'Off.',
      }),
    [
      [`claimed ${FRED.address}`, 'Support', AUTO, ALL],
      [`followed_up ${DESK}`, 'Support', undefined, ALL],
    ],
  ],
  [
    'an agent assigns it',
    ({ susan }) => susan('assign', { ticket: '1', assigned_to: 'fred' }),
    [[`assigned ${FRED.address}`, 'Support', AUTO, ALL]],
  ],
  [
    'an agent closes it without words',
    ({ susan }) => susan('close', { ticket: '1' }),
    [
      [`closed ${DESK}`, 'Support', AUTO, ALL],
      [`closed ${FRED.address}`, 'Support', AUTO, ALL],
    ],
  ],
]

t.test('From, Auto-Submitted and X-Auto-Response-Suppress say whether a person wrote', async t => {
  const built = await house(t)
  await built.susan('change_queue', { queue: '1', new_ticket_cc: DESK, updated_ticket_cc: DESK })
  await built.susan('change_user', { username: 'susan', full_name: 'Susan Calvin' })
  const own = [SUSAN.address]
  let seen = 0
  for (const [name, happens, expected] of table) {
    await happens(built)
    const all = await until(name, async () => {
      const letters = await kept(built.config.state_dir, 'letters')
      return letters.every(({ state }) => state === 'sent') ? letters.length : undefined
    })
    const letters = (await built.letters(all)).slice(seen)
    seen = all
    const found = letters
      .map(raw => [`${field(raw, 'X-Helpdesk-Event')} ${field(raw, 'To')}`, ...headerOf(raw)])
      .filter(([letter]) => !own.some(address => letter?.endsWith(address)))
    t.strictSame(found.sort(), [...expected].sort(), name)
    for (const raw of letters) {
      t.equal(field(raw, 'X-Helpdesk-Ticket'), '1')
      t.equal(field(raw, 'X-Helpdesk-Queue'), 'support')
      const stop = field(raw, 'List-Unsubscribe')
      if (field(raw, 'To') === EVE) t.match(stop, /^<mailto:helpdesk\+s\.1\.[a-z2-7]{16}@helpdesk\.example>$/)
      else t.equal(stop, undefined)
    }
    if (name === 'a submitter opens a ticket') await built.susan('watch', { ticket: '1', email: EVE })
  }
})

t.test('Thread-Index has the time and a GUID of the ticket', t => {
  const index = Buffer.from(threadIndex('<ticket.7@helpdesk.example>', '2030-01-01T10:00:00.000Z'), 'base64')
  t.equal(index.length, 22)
  t.equal(index[0], 1)
  const time = BigInt(`0x${index.subarray(1, 6).toString('hex')}000000`)
  const milliseconds = Number(time / 10_000n - 11_644_473_600_000n)
  t.ok(Math.abs(milliseconds - Date.parse('2030-01-01T10:00:00.000Z')) < 2000)
  t.not(threadIndex('<ticket.8@helpdesk.example>', '2030-01-01T10:00:00.000Z'), index.toString('base64'))
  t.end()
})

function headerOf(raw: string): (string | undefined)[] {
  const from = field(raw, 'From')!
    .replace(/ <support@helpdesk\.example>$/, '')
    .replaceAll('"', '')
  const name = from.replace(/=\?UTF-8\?Q\?(.*?)\?=/g, (_, word: string) =>
    decodeURIComponent(word.replaceAll('_', ' ').replaceAll('=', '%')),
  )
  return [name, field(raw, 'Auto-Submitted'), field(raw, 'X-Auto-Response-Suppress')]
}

function field(raw: string, name: string): string | undefined {
  const lines = raw
    .slice(0, raw.indexOf('\r\n\r\n'))
    .replace(/\r\n[ \t]/g, ' ')
    .split('\r\n')
  return lines.find(line => line.startsWith(`${name}: `))?.slice(name.length + 2)
}
