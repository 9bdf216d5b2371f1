import t, { type Test } from 'tap'
import { readHeaders } from '../../../../../daemon/mail/in/headers.ts'
import { ownListIn } from '../../../../../daemon/mail/in/marks/own_list.ts'
import type { Mail, Ticket } from '../../../../../data/tables.ts'
import { type House, house, SUPPORT, SUSAN } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import { sendRaw } from '../../wire.ts'
import { mailOf } from '../mail_of.ts'

const GROUP = 'it-help@group.example'
const LISTS = `mail.lists = ["${GROUP}", "board@lists.example"]`
const THROUGH = 'it came through our list it-help@group.example'
const PATH = 'it-help+bncBCA7XK4T6EFRB2PLZ7@group.example'
/** What Google Groups adds. */
const GROUP_FIELDS = [
  'Precedence: list',
  'Mailing-list: list it-help@group.example; contact it-help+owners@group.example',
  'List-ID: <it-help.group.example>',
  'X-Google-Group-Id: 471147114711',
  'List-Post: <https://groups.google.example/a/group.example/group/it-help/post>,',
  ' <mailto:it-help@group.example>',
  'List-Unsubscribe: <mailto:googlegroups-manage+471147114711+unsubscribe@group.example>',
]
/** What it adds where the DMARC policy of the author's domain makes it write itself into From. */
const REWRITTEN = ['X-Original-Sender: ann@strict.example', 'X-Original-From: Ann Lee <ann@strict.example>']
const FROM_GROUP = `From: "'Ann Lee' via IT Help" <${GROUP}>`

/** What the newest mail became, and the letters that it caused, without those that tell the administrator of a new ticket. */
async function last({ config }: House): Promise<{ mail: Mail; ticket: Ticket; letters: string[] }> {
  const mail = (await kept(config.state_dir, 'mails')).at(-1)!
  const ticket = (await kept(config.state_dir, 'tickets')).find(({ id }) => id === mail.tickets[0])!
  const letters = (await kept(config.state_dir, 'letters')).filter(
    ({ created, event, to }) => created === mail.received && (event !== 'opened' || to !== SUSAN.address),
  )
  return { mail, ticket, letters: letters.map(({ event, to }) => `${event} ${to}`).sort() }
}
let mails = 0
async function send({ daemon }: House, lines: readonly string[], text = 'The lamp is out.', from = PATH) {
  const raw = `${[...lines, `Message-ID: <${++mails}@x.example>`].join('\r\n')}\r\n\r\n${text}\r\n`
  return sendRaw(daemon.smtpPort, { raw, from, to: SUPPORT })
}
const NO_CAPS = ['letters_per_address_hour', 'letters_per_address_day', 'letters_hour']
  .map(cap => `limits.${cap} = 1000`)
  .join('\n')
async function listed(t: Test): Promise<House> {
  return house(t, `${LISTS}\n${NO_CAPS}`)
}

t.test('what a person writes through a list of the site is as if sent by that person', async t => {
  const built = await listed(t)
  const marks: [string, string[], string?][] = [
    ['all fields of Google Groups', GROUP_FIELDS],
    ['List-Id alone', ['Precedence: list', 'List-Id: "IT help" <it-help.group.example>']],
    ['List-Post alone', ['Precedence: list', 'List-Post: <mailto:IT-Help@group.example>']],
    ['Sender alone', ['Precedence: bulk', 'Sender: <it-help-bounces@group.example>'], 'a@b.example'],
    ['the list as Sender', ['Precedence: bulk', 'Sender: it-help@group.example'], 'a@b.example'],
    ['the envelope alone', ['Precedence: bulk'], PATH],
    ['an old list', ['Precedence: bulk'], 'owner-it-help@group.example'],
    ['Sympa', [...GROUP_FIELDS, 'X-Loop: it-help@group.example'], 'it-help-owner@group.example'],
  ]
  for (const [what, lines, path = 'bounce@b.example'] of marks) {
    const from = ['From: Maria <maria@example.net>', `To: ${GROUP}`, `Subject: ${what}`]
    t.match(await send(built, [...from, ...lines], undefined, path), /^250 /)
    const { mail, ticket, letters } = await last(built)
    t.match(mail, { verdict: 'ticket', reasons: [THROUGH] }, what)
    t.equal(mail.reasons.length, 1)
    t.match(ticket, { submitter_email: 'maria@example.net', submitter_name: 'Maria' }, what)
    t.same(letters, ['opened maria@example.net'], what)
  }
})

t.test('the person behind a rewritten From is the author, also of an answer', async t => {
  const built = await listed(t)
  const about = [`To: ${GROUP}`, 'Subject: The lamp']
  const author = `its From is our list ${GROUP}, and its author is ann@strict.example`
  const hidden: [string, string[]][] = [
    ['in Reply-To', ['Reply-To: Ann Lee <ann@strict.example>', 'X-Original-From: eve@example.com']],
    ['in X-Original-From', REWRITTEN],
    ['in X-Original-From, beside the list in Reply-To', [`Reply-To: ${GROUP}`, ...REWRITTEN]],
    ['in X-Original-From, beside two', ['Reply-To: a@b.example, c@d.example', ...REWRITTEN]],
    ['in X-Original-From, beside us', [`Reply-To: ${SUPPORT}`, ...REWRITTEN]],
  ]
  for (const [where, lines] of hidden) {
    t.match(await send(built, [FROM_GROUP, ...about, ...GROUP_FIELDS, ...lines]), /^250 /)
    const { mail, ticket, letters } = await last(built)
    t.match(mail, { verdict: 'ticket', reasons: [THROUGH, author], from: GROUP }, where)
    t.match(ticket, { submitter_email: 'ann@strict.example', submitter_name: 'Ann Lee' }, where)
    t.same(letters, ['opened ann@strict.example'], where)
  }
  t.match(
    await send(built, [FROM_GROUP, ...about, ...GROUP_FIELDS, 'X-Original-Sender: ann@strict.example']),
    /^250 /,
  )
  t.match((await last(built)).ticket, { submitter_email: 'ann@strict.example' }, 'in X-Original-Sender')

  await built.susan('resolve', { ticket: '1', resolution: 'It is on.' })
  const again = [FROM_GROUP, `To: ${GROUP}`, 'Subject: Re: [support-1] The lamp', ...GROUP_FIELDS]
  t.match(await send(built, [...again, ...REWRITTEN], 'It is not.'), /^250 /)
  const { mail, ticket } = await last(built)
  t.match(mail, { verdict: 'followup', reasons: [THROUGH, author] })
  t.match(ticket, { id: 1, status: 2 })
  t.match((await kept(built.config.state_dir, 'followups')).at(-1), {
    public: true,
    author: { kind: 'submitter', address: 'ann@strict.example', name: 'Ann Lee', automatic: false },
  })
})

t.test('without a named author, nobody is written to, and least of all the list', async t => {
  const built = await listed(t)
  for (const lines of [GROUP_FIELDS, [...GROUP_FIELDS, `Reply-To: ${GROUP}`], []]) {
    t.match(await send(built, [FROM_GROUP, `To: ${GROUP}`, 'Subject: The lamp', ...lines]), /^250 /)
    const { mail, ticket, letters } = await last(built)
    t.match(mail.reasons, [THROUGH, `its From is our list ${GROUP}, and no author is named`])
    t.match(ticket, { submitter_email: null, submitter_name: `"'Ann Lee' via IT Help" <${GROUP}>` })
    t.same(letters, [])
  }
})

t.test('through a list, a machine is a machine, and a user proves nothing', async t => {
  const built = await listed(t)
  const machines: [string, string[]][] = [
    ['it has Auto-Submitted', ['From: cron@host.example', 'Auto-Submitted: auto-generated']],
    ['it has x-helpdesk-loop', ['From: help@other.example', 'X-Helpdesk-Loop: 0123456789abcdef 1']],
    ['it has x-loop', ['From: bot@other.example', `X-Loop: ${GROUP}`, 'X-Loop: bot@other.example']],
    ['its sender is a machine', [FROM_GROUP, 'Reply-To: no-reply@shop.example']],
    ['it has x-vacation', ['From: maria@example.net', 'X-Vacation: yes']],
  ]
  for (const [reason, lines] of machines) {
    t.match(await send(built, [...lines, `To: ${GROUP}`, 'Subject: News', ...GROUP_FIELDS]), /^250 /)
    const { mail, letters } = await last(built)
    t.match(mail, { verdict: 'automatic' }, reason)
    t.equal(mail.reasons[0], reason)
    t.same(letters, [], reason)
  }
  const susans = [FROM_GROUP, 'Subject: hold 1', `Reply-To: ${SUSAN.address}`, ...GROUP_FIELDS]
  t.match(await send(built, susans), /^250 /)
  const { mail } = await last(built)
  t.match(mail, { verdict: 'ticket', user: null, proven: false })
  t.equal(mail.reasons.at(-1), 'not proven to be from susan')
})

t.test('the lists of others stay bulk, and the Reply-To of anybody else means nothing', async t => {
  const built = await listed(t)
  const others: [string, string[]][] = [
    ['it has Precedence', ['Precedence: list', 'List-Id: <board.group.example>']],
    ['it comes from a mailing list', ['List-Post: <mailto:it-help@group.example.com>']],
    ['it comes from a mailing list', ['List-Id: it-help.group.example <other.group.example>']],
    ['it comes from a mailing list', ['Sender: it-help-desk-bounces@group.example']],
    ['it comes from a mailing list', ['Sender: xit-help-bounces@group.example']],
  ]
  for (const [reason, lines] of others) {
    const from = ['From: maria@example.net', `Subject: ${lines.at(-1)}`, 'Reply-To: eve@example.com']
    t.match(await send(built, [...from, ...lines], undefined, 'maria@example.net'), /^250 /)
    const { mail, ticket, letters } = await last(built)
    t.same(mail.reasons, [reason], lines.at(-1)!)
    t.match(ticket, { submitter_email: 'maria@example.net' })
    t.same(letters, [])
  }
})

t.test('the list of a mail, whatever surrounds it', async t => {
  const list = (path: string, ...lines: string[]) =>
    ownListIn(readHeaders(mailOf('From: a@b.example', ...lines)), path, [GROUP, 'board@lists.example'])
  t.equal(list('IT-HELP@GROUP.EXAMPLE'), GROUP)
  t.equal(list('board-bounces+ann=example.net@lists.example'), 'board@lists.example')
  t.equal(list('', 'Return-Path: <board-request@lists.example>'), 'board@lists.example')
  t.equal(list('', 'List-Id: Board <x.lists.example> <BOARD.lists.example>'), 'board@lists.example')
  t.equal(list('', 'List-Post: NO'), undefined)
  t.equal(list('', `List-Post: ${'<mailto:'.repeat(10_000)}`), undefined)
  t.equal(list('board@lists.example.org'), undefined)
  t.equal(list('boards@lists.example'), undefined)
  t.equal(ownListIn(readHeaders(mailOf('List-Post: <mailto:x@y.example>')), 'x@y.example', []), undefined)
})
