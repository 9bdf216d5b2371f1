import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { FRED, type House, house, SUPPORT, until } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import {
  appleMail,
  gmail,
  mutt,
  outlook,
  outlookByTopic,
  type Seen,
  type Threading,
  thunderbird,
} from './conversations.ts'

const ERIN = 'erin@example.net'
const EVE = 'eve@example.net'
const DESK = 'desk@example.org'
const rules: Readonly<Record<string, Threading>> = {
  gmail,
  outlook,
  outlookByTopic,
  thunderbird,
  appleMail,
  mutt,
}

interface Read extends Seen {
  readonly to: string
  readonly event: string
  readonly ticket: string
  readonly replyTo: string
}
/** Gives whether it was done. */
type Step = (house: House) => Promise<boolean>

const fred: (method: string, params: Record<string, string>) => Step =
  (method, params) =>
  async ({ post }) =>
    (await post(method, { user: FRED.username, password: FRED.password, ...params })).status === 200
const susan: (method: string, params?: Record<string, string>) => Step =
  (method, params = {}) =>
  async house =>
    (await house.susan(method, { ticket: '1', ...params })).status === 200
const write = (message: string) => susan('add_followup', { message, public: 'y' })

/** Mails that people have sent, as they stand in their own mailboxes. */
const own: (Seen & { readonly from: string })[] = []

/** Answers the newest letter to an address, as a mail program does. */
const answers: (from: string, text: string, login?: typeof FRED) => Step =
  (from, text, login) =>
  async ({ config, directory, mail }) => {
    const last = (await lettersOf(config.state_dir, directory)).findLast(
      one => one.to === from && one.ticket === '1' && one.event !== 'answered',
    )!
    const mine = {
      from,
      messageId: `<${own.length}.of.${from}>`,
      subject: `Re: ${last.subject}`,
      references: [...last.references, last.messageId],
      inReplyTo: last.messageId,
      threadIndex: last.threadIndex,
    }
    own.push(mine)
    const { messageId, subject, references, inReplyTo } = mine
    const headers = { References: references.join(' '), 'In-Reply-To': inReplyTo }
    const sent = { from, to: last.replyTo, subject, text, messageId, headers }
    return (await mail({ ...sent, ...(login ? { login } : {}) })).startsWith('250')
  }

const steps: readonly Step[] = [
  susan('create_ticket', {
    queue: '1',
    title: 'Größe der Fußmatte: is it 2 × 3 m?',
    body: 'Please measure.',
    submitter_email: ERIN,
    assigned_to: 'fred',
  }),
  susan('watch', { email: EVE }),
  write('We measure tomorrow.'),
  susan('add_followup', { message: 'Who has the tape?' }),
  answers(ERIN, 'Fine with me.'),
  susan('assign', { assigned_to: 'susan' }),
  susan('assign', { assigned_to: 'fred' }),
  susan('set_priority', { priority: '2' }),
  susan('set_title', { title: 'A mat' }),
  write('It is 2 × 3 m.'),
  susan('change_queue', { queue: '1', slug: 'first' }),
  write('Or less.'),
  answers(EVE, 'Mine is smaller.'),
  susan('move', { queue: '2' }),
  write('Sales has it now.'),
  susan('hold_ticket', { reason: 'The mat is wet.' }),
  susan('unhold_ticket'),
  susan('resolve', { resolution: 'A new mat.' }),
  answers(ERIN, 'It does not fit.'),
  answers(FRED.address, 'I bring another.', FRED),
  susan('close', { reason: 'Brought.', public: 'y' }),
  susan('reopen', { reason: 'The wrong one.', public: 'y' }),
  fred('add_followup', { ticket: '1', message: 'I am out of mats.' }),
  susan('set_due', { due_date: '2090-12-24' }),
  async ({ shell }) => (await shell('followup', '1:', 'Order some.')).exit === 0,
  answers(ERIN, 'When does it come?'),
  susan('set_title', { title: 'Another title' }),
  susan('resolve', { resolution: 'It came.' }),
  susan('reopen', { reason: 'It left.' }),
  async house => {
    await house.susan('create_ticket', { queue: '1', title: 'Other' })
    return (await house.susan('mark_duplicate', { ticket: '1', of: '2' })).status === 200
  },
]

t.test('each recipient has one conversation about a ticket in each mail program', async t => {
  const built = await house(t)
  const desk = { new_ticket_cc: DESK, updated_ticket_cc: DESK }
  await built.susan('change_queue', { queue: '1', ...desk })
  await built.susan('add_queue', { title: 'Sales', slug: 'sales', ...desk })
  for (const [number, step] of steps.entries()) t.ok(await step(built), `step ${number}`)
  const letters = await lettersOf(built.config.state_dir, built.directory)
  for (const address of [ERIN, EVE, FRED.address, DESK]) {
    const received = letters.filter(
      one => one.to === address && one.ticket === '1' && one.event !== 'answered',
    )
    t.ok(received.length > 5, `${address} has ${received.length} letters`)
    const box = [...received, ...own.filter(({ from }) => from === address)]
    for (const [name, rule] of Object.entries(rules))
      t.equal(rule(box).length, 1, `${name} of ${address}: ${rule(box).map(mails => mails[0]?.subject)}`)
    const ids = new Set(box.map(({ messageId }) => messageId))
    for (const { references } of received.slice(1))
      t.ok(
        references.some(id => ids.has(id)),
        'each refers to a mail that its recipient has',
      )
  }
})

t.test('the rules tell conversations apart', async t => {
  const mail = { subject: '[a-1] t', references: ['<a>'], inReplyTo: undefined, threadIndex: undefined }
  const first: Seen = { ...mail, messageId: '<1>' }
  const other = (more: Partial<Seen>): Seen => ({ ...mail, messageId: '<2>', ...more })
  const index = (byte: number) => Buffer.alloc(22, byte).fill(1, 0, 1).toString('base64')
  const apart = (more: Partial<Seen>, one = first) =>
    Object.keys(rules).filter(name => rules[name]!([one, other(more)]).length === 2)
  t.same(apart({}), [])
  t.same(apart({ subject: '[a-1] t (Updated)' }), ['gmail', 'outlook', 'outlookByTopic'])
  t.same(apart({ subject: 'Re: [a-1] t', references: ['<1>'] }), [])
  t.same(apart({ references: ['<b>'] }), ['gmail', 'thunderbird', 'appleMail', 'mutt'])
  t.same(apart({ threadIndex: index(2) }, { ...first, threadIndex: index(3) }), ['outlook'])
})

/** All letters, once they are sent. */
async function lettersOf(state: string, directory: string): Promise<Read[]> {
  await until('the letters', async () =>
    (await kept(state, 'letters')).every(letter => letter.state !== 'waiting'),
  )
  const sent = join(directory, 'sent')
  const names = readdirSync(sent).filter(name => name.endsWith('.eml'))
  names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
  return names.map(name => readHead(readFileSync(join(sent, name), 'utf8')))
}

function readHead(raw: string): Read {
  const lines = raw
    .slice(0, raw.indexOf('\r\n\r\n'))
    .replace(/\r\n[ \t]/g, ' ')
    .split('\r\n')
  const field = (name: string) => lines.find(line => line.startsWith(`${name}: `))?.slice(name.length + 2)
  return {
    messageId: field('Message-ID')!,
    subject: field('Subject')!,
    references: field('References')?.split(' ') ?? [],
    inReplyTo: field('In-Reply-To'),
    threadIndex: field('Thread-Index'),
    to: field('To')!,
    event: field('X-Helpdesk-Event')!,
    ticket: field('X-Helpdesk-Ticket') ?? '',
    replyTo: /<(.*)>/.exec(field('Reply-To') ?? '')?.[1] ?? SUPPORT,
  }
}
