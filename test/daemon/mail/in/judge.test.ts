import { simpleParser } from 'mailparser'
import t from 'tap'
import { MIB } from '../../../../data/sizes.ts'
import type { Mail } from '../../../../data/tables.ts'
import { FRED, HELPDESK, type House, house, SUPPORT, SUSAN, type TestMail, until } from '../../../house.ts'
import { kept } from '../kept.ts'

const ERIN = 'erin@example.net'
const NOBODY_ASKED = 'commands.proofs = ["smtp-auth", "letter"]'

/** A house with tickets 1 and 2; erin is the submitter of ticket 1. */
async function withTickets(t: Parameters<typeof house>[0], more = ''): Promise<House> {
  const built = await house(t, more)
  await built.susan('create_ticket', {
    queue: '1',
    title: 'The printer',
    submitter_email: ERIN,
    assigned_to: 'fred',
  })
  await built.susan('create_ticket', { queue: '1', title: 'The door' })
  return built
}

async function mails({ config }: House): Promise<readonly Mail[]> {
  return kept(config.state_dir, 'mails')
}
async function lastMail(of: House): Promise<Mail> {
  return (await mails(of)).at(-1)!
}
async function ticketsOf({ config }: House) {
  return kept(config.state_dir, 'tickets')
}
async function followupsOf({ config }: House, ticket: number) {
  return (await kept(config.state_dir, 'followups')).filter(followup => followup.ticket === ticket)
}
/** Waits for the letter that answers a mail, which is one of the last. */
async function answerTo({ letters, config }: House, subject: string): Promise<string> {
  return until(`the answer to ${subject}`, async () => {
    const { length } = await kept(config.state_dir, 'letters')
    for (const letter of (await letters(length)).reverse()) {
      if ((await simpleParser(letter)).subject === `Re: ${subject.replace(/^Re: /, '')}`)
        return letter.replace(/=\r\n/g, '')
    }
    return undefined
  })
}

t.test('a command of a user who logged in is carried out and answered', async t => {
  const built = await withTickets(t)
  const said: [TestMail, RegExp][] = [
    [{ subject: 'hold 1' }, /^Ticket 1 is on hold\./m],
    [{ subject: 'UNHOLD  #1' }, /^Ticket 1 is not on hold\./m],
    [{ subject: 'hold [support-1]: waiting', to: SUPPORT }, /^Ticket 1 is on hold\./m],
    [{ subject: 'resolve 2', text: 'It is mended.' }, /^Ticket 2 is resolved\./m],
    [{ subject: 'followup 1 public', text: 'We know.' }, /^A public follow-up is added to ticket 1\./m],
    [{ subject: 'unhold_ticket ticket=1' }, /^Ticket 1 is not on hold\./m],
    [
      { subject: 'add_followup ticket=1 message="two words"' },
      /^A private follow-up is added to ticket 1\./m,
    ],
    [{ subject: 'create support: A mouse', text: 'It squeaks.' }, /^Ticket 3 is open in queue Support\./m],
    [{ subject: 'queues' }, /^1 .*Support/m],
    [{ subject: 'delete 3 confirm' }, /^Ticket 3 is deleted\./m],
    [{ subject: '=?utf-8?Q?hold_2?=' }, /^Ticket 2 is on hold\./m],
  ]
  for (const [mail, sentence] of said) {
    t.match(await built.mail({ ...mail, login: SUSAN }), /^250 /, mail.subject)
    const { verdict, subject, user } = await lastMail(built)
    t.match({ verdict, user }, { verdict: 'command', user: 1 }, mail.subject)
    t.match(await answerTo(built, subject), sentence)
  }
  t.same(
    (await ticketsOf(built)).map(({ id, status, on_hold, resolution }) => [id, status, on_hold, resolution]),
    [
      [1, 1, false, null],
      [2, 3, true, 'It is mended.'],
    ],
  )
  t.match(await followupsOf(built, 1), [
    {},
    {},
    {},
    { comment: 'waiting', door: 'mail' },
    { comment: 'We know.', public: true },
    {},
    { comment: 'two words', public: false },
  ])
})

t.test('an answer goes only to the user, has a null return path, and threads', async t => {
  const built = await withTickets(t)
  await built.mail({ subject: 'hold 2', login: SUSAN, messageId: '<my-own@example.org>' })
  const letter = await answerTo(built, 'hold 2')
  t.match(letter, /^To: susan@example\.org\r$/m)
  t.match(letter, /^In-Reply-To: <my-own@example\.org>\r$/m)
  t.match(letter, /^Auto-Submitted: auto-replied\r$/m)
})

t.test('mail without proof is ordinary mail, and the record says if it was a command', async t => {
  const built = await withTickets(t, NOBODY_ASKED)
  const unproven: [string, TestMail, RegExp][] = [
    ['no login', { subject: 'hold 1' }, /^a command without proof$/],
    ['no login, at a queue', { subject: 'hold 1', to: SUPPORT }, /^a command without proof$/],
    ['the login of somebody else', { subject: 'hold 1', login: FRED }, /^a command without proof$/],
    ['a stranger', { subject: 'hold 1', from: 'eve@example.com', login: SUSAN }, /^a command without proof$/],
    [
      'a From with two addresses',
      {
        subject: 'hold 1',
        from: 'susan@example.org, eve@example.com',
        login: SUSAN,
        envelopeFrom: SUSAN.address,
      },
      /^a command, but From is not/,
    ],
    ['a reply without login', { subject: 'Re: hold 1' }, /^not proven to be from susan$/],
    ['a forward', { subject: 'Fwd: hold 1', login: SUSAN }, /^$/],
    ['a batch without login', { subject: 'batch', text: 'hold 1' }, /^a command without proof$/],
    ['a batch at a queue', { subject: 'batch', text: 'hold 1', to: SUPPORT, login: SUSAN }, /^$/],
    ['words', { subject: 'Hold the door', login: SUSAN }, /^$/],
    ['other digits', { subject: 'hold １', login: SUSAN }, /^$/],
    ['a direction', { subject: 'hold 1\u202e', login: SUSAN }, /^$/],
    ['a zero width', { subject: 'hold 1\u200b', login: SUSAN }, /^$/],
    ['an escape', { subject: '=?utf-8?Q?hold_1=1B?=', login: SUSAN }, /^$/],
    ['a line end', { subject: '=?utf-8?Q?hold_1:=0D=0ABcc:_eve@example.com?=', login: SUSAN }, /^$/],
    ['a NUL', { subject: '=?utf-8?Q?hold_1=00?=', login: SUSAN }, /^$/],
    ['too long', { subject: `hold 1: ${'x'.repeat(2000)}`, login: SUSAN }, /^$/],
    ['a command without a ticket, at a queue', { subject: 'queues', to: SUPPORT, login: SUSAN }, /^$/],
    ['a new ticket, at a queue', { subject: 'create support: A mouse', to: SUPPORT, login: SUSAN }, /^$/],
    ['a near miss, at a queue', { subject: 'hodl 1', to: SUPPORT, login: SUSAN }, /^$/],
    ['a near miss without login', { subject: 'hodl 1' }, /^not proven to be from susan$/],
  ]
  for (const [index, [what, mail, reason]] of unproven.entries()) {
    t.match(await built.mail(mail), /^250 /, what)
    const { verdict, reasons, tickets } = await lastMail(built)
    t.match({ verdict, tickets }, { verdict: 'ticket', tickets: [index + 3] }, what)
    t.match(reasons[0] ?? '', reason, what)
  }
  t.match(await ticketsOf(built), [
    { on_hold: false, version: 1 },
    { on_hold: false, version: 1 },
  ])
})

t.test('a submitter asks for the status', async t => {
  const built = await withTickets(t)
  await built.susan('create_ticket', { queue: '1', title: 'The mouse', submitter_email: 'Erin@example.net' })
  await built.susan('resolve', { ticket: '1', resolution: 'It is mended.' })
  await built.susan('add_followup', { ticket: '1', message: 'She was rude.' })
  await built.mail({ subject: ' Status! ', from: ERIN, text: '-- \nErin' })
  t.match(await lastMail(built), { verdict: 'status', tickets: [], user: null })
  const letter = await simpleParser(await answerTo(built, 'status'))
  t.match(letter, { to: { text: ERIN }, cc: undefined, attachments: [] })
  t.match(letter.text, /^#1 The printer\nResolved, last news on \d{1,2} [A-Z][a-z]+ \d{4}\n$/)
  t.match((await ticketsOf(built)).length, 3, 'it opens no ticket')

  for (const [what, mail] of [
    ['text', { from: ERIN, text: 'of my printer?' }],
    ['a file', { from: ERIN, attachments: [{ filename: 'a.txt', content: 'a' }] }],
    ['nobody we know', { from: 'eve@example.com' }],
    ['another subject', { from: ERIN, subject: 'status of my printer' }],
  ] as const) {
    await built.mail({ subject: 'status', ...mail } as TestMail)
    t.match(await lastMail(built), { verdict: 'ticket' }, what)
  }
  await built.mail({ subject: 'status', from: ERIN, headers: { 'Auto-Submitted': 'auto-generated' } })
  t.match(await lastMail(built), { verdict: 'automatic' }, 'a machine')
})

t.test('letters about the status count against the caps', async t => {
  const built = await withTickets(t)
  for (let n = 0; n < 7; n++)
    await built.mail({ subject: 'status', from: ERIN, messageId: `<${n}@example.net>` })
  const answers = (await kept(built.config.state_dir, 'letters')).filter(({ event }) => event === 'answered')
  t.equal(answers.length, built.config['limits.letters_per_address_hour'])
  t.match((await lastMail(built)).verdict, 'status')
})

/** Adds a file to ticket 1 by HTTP, which takes less time than a large mail. */
async function post({ daemon }: House, filename: string, content: Buffer): Promise<void> {
  const form = new FormData()
  const params = { user: SUSAN.username, password: SUSAN.password, ticket: '1', message: 'Another file.' }
  for (const [name, value] of Object.entries(params)) form.append(name, value)
  form.append('attachment', new File([content], filename))
  const url = `http://127.0.0.1:${daemon.httpPort}/api/add_followup/`
  const { status } = await fetch(url, { method: 'POST', body: form })
  t.equal(status, 200)
}

t.test('an attachment by mail', async t => {
  const built = await withTickets(t, NOBODY_ASKED)
  const fuse = { filename: 'fuse.txt', content: 'fuses!' }
  await built.mail({ subject: 'followup 1', text: 'A file.', login: SUSAN, attachments: [fuse] })
  await post(built, 'l\u00e4rge.bin', Buffer.alloc(10 * MIB + 1))
  await built.mail({ subject: 'attachment 1 1', login: SUSAN })
  const letter = await simpleParser(await answerTo(built, 'attachment 1 1'))
  t.match(letter.text, /^fuse\.txt has 6 bytes\./)
  t.match(letter.attachments, [{ filename: 'fuse.txt', content: Buffer.from('fuses!') }])
  await built.mail({ subject: 'attachment 1 2', login: SUSAN })
  const none = await simpleParser(await answerTo(built, 'attachment 1 2'))
  t.match(
    none.text,
    /^l\u00e4rge\.bin has 10485761 bytes\.\n\nThat is too large for a letter, which carries at most 10 MiB\./,
  )
  t.same(none.attachments, [])
  await built.mail({ subject: 'attachment 1 3', login: SUSAN })
  t.match(await answerTo(built, 'attachment 1 3'), /Ticket 1 has no attachment 3; list_attachments/)
  await built.mail({ subject: 'attachment 1 1', from: SUSAN.address })
  t.match(await lastMail(built), { verdict: 'ticket' }, 'not without proof')
})

t.test('a user who is limited to queues', async t => {
  const built = await withTickets(t)
  await built.susan('add_queue', { title: 'Sales', slug: 'sales' })
  await built.susan('create_ticket', { queue: 'sales', title: 'A secret' })
  await built.susan('change_user', { username: 'fred', queues: 'support' })
  await built.mail({ subject: 'show 3', from: FRED.address, login: FRED })
  const answer = await answerTo(built, 'show 3')
  t.match(answer, /There is no ticket 3\./)
  t.notMatch(answer, /secret/, 'its card is not shown')
  await built.mail({
    subject: 'Re: [sales-3] A word',
    to: SUPPORT,
    from: FRED.address,
    login: FRED,
    text: 'Hello.',
  })
  t.match(await lastMail(built), { verdict: 'ticket' }, 'no party to a ticket of another queue')
})

t.test('the answer to a near miss or a refused command says what was wrong', async t => {
  const built = await withTickets(t)
  const said: [string, RegExp, Mail['verdict']][] = [
    ['hold', /is not understood\. Write: hold <ticket>/, 'near_miss'],
    ['hodl 1', /"hodl 1" is not understood\. Write: hold 1/, 'near_miss'],
    ['Re: hold 1', /"Re: hold 1" is not understood\. Write: hold 1/, 'near_miss'],
    ['AW: hodl 1', /"hodl 1" is not understood\. Write: hold 1/, 'near_miss'],
    ['hold1', /"hold1" is not understood\. Write: hold 1/, 'near_miss'],
    ['hold 1 waiting', /"hold 1 waiting" is not understood\. Write:\s+hold 1: waiting/, 'near_miss'],
    ['Hold 5 minutes', /"Hold 5 minutes" is not understood\. Write: Hold\s+5: minutes/, 'near_miss'],
    ['batch', /^The batch has no commands\. Write one command on each line\./m, 'near_miss'],
    ['hold 1abc', /"1abc" is not a ticket number; .* Write:\s+hold <ticket>/, 'near_miss'],
    ['hold_ticket ticket=1 ticket=2', /"ticket" is given twice/, 'near_miss'],
    ['hold 99999', /^There is no ticket 99999\./m, 'command'],
    ['hold 0', /"0" is not a ticket number/, 'command'],
    ['delete_ticket ticket=1', /confirm is missing/, 'command'],
    ['add_user username=eve email=eve@example.com', /cannot be called by mail/, 'command'],
  ]
  for (const [subject, sentence, verdict] of said) {
    t.match(await built.mail({ subject, login: SUSAN }), /^250 /, subject)
    const mail = await lastMail(built)
    t.match(mail, { subject, verdict, user: 1, tickets: [] }, subject)
    t.match(mail.reasons.join(' '), sentence)
    t.match(await answerTo(built, subject), sentence)
  }
  t.equal((await kept(built.config.state_dir, 'users')).length, 2)
  t.equal((await ticketsOf(built)).length, 2)
})

t.test('a command for administrators is refused to others, by letter', async t => {
  const built = await withTickets(t)
  await built.mail({ subject: 'users', from: FRED.address, login: FRED })
  t.match(await answerTo(built, 'users'), /Only administrators can call list_users, and fred is not one\./)
})

t.test('the mail of a party joins the thread of its ticket, the mail of a stranger does not', async t => {
  const built = await withTickets(t)
  const { mail, susan } = built
  await susan('resolve', { ticket: '1', resolution: 'Done.' })
  await mail({
    from: 'Erin@Example.net',
    to: SUPPORT,
    subject: 'Re: [support-1] The printer (Resolved)',
    text: 'No!',
  })
  t.match(await lastMail(built), { verdict: 'followup', tickets: [1] })
  t.match((await followupsOf(built, 1)).at(-1), {
    comment: 'No!',
    public: true,
    author: { kind: 'submitter' },
  })
  t.match((await ticketsOf(built))[0], { status: 2 })

  await mail({ from: FRED.address, subject: 'Re: [SUPPORT-1] The printer', text: 'Between us.' })
  t.match((await followupsOf(built, 1)).at(-1), { comment: 'Between us.', public: false })

  const strange: [string, TestMail][] = [
    ['a stranger', { from: 'eve@example.com', to: SUPPORT, subject: 'Re: [support-1] The printer' }],
    ['no such ticket', { from: ERIN, to: SUPPORT, subject: 'Re: [support-77] The printer' }],
    ["somebody else's ticket", { from: ERIN, to: SUPPORT, subject: 'Re: [support-2] The door' }],
    ['a number above all tickets', { from: ERIN, to: SUPPORT, subject: 'Re: [support-9999999999999999] x' }],
  ]
  for (const [index, [what, one]] of strange.entries()) {
    await mail(one)
    t.match(await lastMail(built), { verdict: 'ticket', tickets: [index + 3] }, what)
  }
})

t.test('an answer finds its ticket after a move, by the number', async t => {
  const built = await withTickets(t)
  await built.shell('add_queue', 'title=Sales', 'slug=sales')
  await built.shell('move', '1', 'sales')
  for (const slug of ['support', 'sales']) {
    await built.mail({ from: ERIN, to: SUPPORT, subject: `Re: [${slug}-1] The printer`, text: slug })
    t.match(await lastMail(built), { verdict: 'followup', tickets: [1] })
  }
})

t.test('the answers of watchers and of CC addresses are private, and those of watchers reopen', async t => {
  const built = await withTickets(t)
  await built.shell('change_queue', 'queue=support', 'updated_ticket_cc=list@example.org')
  await built.shell('watch', '1', 'eve@example.net')
  await built.susan('resolve', { ticket: '1', resolution: 'Done.' })
  const answer = { to: SUPPORT, subject: 'Re: [support-1] The printer' }
  await built.mail({ ...answer, from: 'EVE@example.net', text: 'It is not.' })
  t.match(await lastMail(built), { verdict: 'followup', tickets: [1] })
  t.match((await followupsOf(built, 1)).at(-1), { comment: 'It is not.', public: false })
  t.match((await ticketsOf(built))[0], { status: 2 })
  await built.mail({ ...answer, from: 'list@example.org', text: 'We know.' })
  t.match(await lastMail(built), { verdict: 'followup', tickets: [1] })
  t.match((await followupsOf(built, 1)).at(-1), { comment: 'We know.', public: false })
  await built.shell('unwatch', '1', 'eve@example.net')
  await built.mail({ ...answer, from: 'eve@example.net', text: 'And now?' })
  t.match(await lastMail(built), { verdict: 'ticket', tickets: [3] })
})

t.test(
  'a mail in the name of a user is marked as not proven, or is that of the user; neither reopens a ticket',
  async t => {
    const built = await withTickets(t)
    const { mail, susan } = built
    await susan('resolve', { ticket: '1', resolution: 'Done.' })
    const answer = { from: FRED.address, to: SUPPORT, subject: 'Re: [support-1] The printer' }
    await mail({ ...answer, text: 'It is not.' })
    t.match((await followupsOf(built, 1)).at(-1), { author: { address: FRED.address, proven: false } })
    t.match(await lastMail(built), { verdict: 'followup', reasons: ['not proven to be from fred'] })
    t.match((await ticketsOf(built))[0], { status: 3 })
    await mail({ ...answer, text: 'It is not, I say.', login: FRED })
    t.match((await followupsOf(built, 1)).at(-1), { author: { kind: 'user', user: 2 }, public: false })
    t.match(await lastMail(built), { proven: true, user: 2 })
    t.match((await ticketsOf(built))[0], { status: 3 })
    await mail({ from: ERIN, to: SUPPORT, subject: 'Re: [support-1] The printer', text: 'Thanks.' })
    t.notOk('proven' in (await followupsOf(built, 1)).at(-1)!.author, 'mail of others has no such mark')
  },
)

t.test('the mail of a machine is recorded but not acknowledged', async t => {
  const built = await withTickets(t)
  const { mail, susan } = built
  await susan('resolve', { ticket: '1', resolution: 'Done.' })
  const before = (await kept(built.config.state_dir, 'letters')).length
  const away = {
    from: ERIN,
    to: SUPPORT,
    subject: 'Automatic reply: [support-1] The printer',
    text: 'I am away.',
  }
  await mail({ ...away, headers: { 'Auto-Submitted': 'auto-replied' } })
  t.match(await lastMail(built), { verdict: 'automatic', reasons: ['it has Auto-Submitted'], tickets: [1] })
  t.match((await followupsOf(built, 1)).at(-1), {
    comment: 'I am away.',
    public: false,
    author: { kind: 'submitter', automatic: true },
  })
  t.match((await ticketsOf(built))[0], { status: 3 }, 'it does not reopen the ticket')

  await mail({
    from: 'robot@example.net',
    to: SUPPORT,
    subject: 'Disk full',
    headers: { 'Auto-Submitted': 'auto-generated' },
  })
  t.match(await lastMail(built), { verdict: 'automatic', tickets: [3] })
  await mail({ subject: 'hold 2', headers: { 'Auto-Submitted': 'auto-generated' } })
  t.match(
    await lastMail(built),
    { verdict: 'automatic', tickets: [4] },
    'its commands are not carried out without proof',
  )
  await mail({ from: SUPPORT, subject: 'hold 2' })
  t.match(await lastMail(built), {
    verdict: 'automatic',
    reasons: ['its sender is one of our own addresses'],
  })
  await mail({ from: HELPDESK, to: SUPPORT, subject: 'x' })
  t.match(await lastMail(built), {
    verdict: 'automatic',
    reasons: ['its sender is one of our own addresses'],
  })
  await mail({ from: ERIN, envelopeFrom: '', to: SUPPORT, subject: 'x' })
  t.match(await lastMail(built), { verdict: 'automatic', reasons: ['its return path is null'] })

  const after = (await kept(built.config.state_dir, 'letters')).slice(before)
  t.same(
    after.map(({ to }) => to),
    [FRED.address, SUSAN.address, SUSAN.address, SUSAN.address, SUSAN.address],
    'the owner gets a letter about the follow-up, the administrator about each new ticket',
  )
  t.match((await ticketsOf(built))[1], { on_hold: false })
})

t.test('who may command by mail', async t => {
  const built = await withTickets(t)
  const cases: [string, Record<string, string>, Mail['verdict'], boolean][] = [
    ['a program with a login', { 'Auto-Submitted': 'auto-generated' }, 'command', true],
    ['a reply for somebody who is away', { 'Auto-Submitted': 'auto-replied' }, 'automatic', false],
    ['a list', { 'List-Id': '<all.example.org>' }, 'ticket', false],
    ['Outlook', { 'X-Auto-Response-Suppress': 'All' }, 'command', true],
  ]
  for (const [what, headers, verdict, isDone] of cases) {
    await built.mail({ subject: 'hold 2', login: SUSAN, headers })
    t.match(await lastMail(built), { verdict }, what)
    t.equal((await ticketsOf(built))[1]!.on_hold, isDone, what)
    await built.shell('unhold', '2')
  }
})

t.test('mail through a list is that of its writer, but is not acknowledged', async t => {
  const built = await withTickets(t)
  await built.susan('resolve', { ticket: '1', resolution: 'Done.' })
  const before = (await kept(built.config.state_dir, 'letters')).length
  const list = { 'List-Id': '<support.company.example>', Precedence: 'list' }
  await built.mail({ from: ERIN, to: SUPPORT, subject: 'Laptop', text: 'It is dead.', headers: list })
  t.match(await lastMail(built), { verdict: 'ticket', reasons: ['it has Precedence'], tickets: [3] })
  t.match((await ticketsOf(built)).at(-1), { submitter_email: ERIN })
  t.match((await followupsOf(built, 3)).at(-1), { author: { address: ERIN, automatic: false } })
  const after = (await kept(built.config.state_dir, 'letters')).slice(before)
  t.match(after, [{ to: SUSAN.address }], 'no acknowledgement')
  await built.mail({ from: ERIN, to: SUPPORT, subject: 'Re: [support-1] x', text: 'No!', headers: list })
  t.match((await followupsOf(built, 1)).at(-1), { comment: 'No!', public: true })
  t.match((await ticketsOf(built))[0], { status: 2 }, 'it reopens')
  await built.mail({ from: ERIN, to: SUPPORT, subject: 'status', headers: list })
  t.match(await lastMail(built), { verdict: 'ticket' }, 'nor is it told the status')
})

t.test('the first tag whose ticket has the sender as a party counts', async t => {
  const built = await withTickets(t)
  const subjects: [string, number][] = [
    ['Re: [support-2] Re: [support-1] x', 1],
    ['Re: [support-1] Re: [support-2] x', 1],
    ['Re: [PO-4711] [support-99] [support-1] x [support-2]', 1],
    ['[support-1] [support-1] x', 1],
  ]
  for (const [subject, ticket] of subjects) {
    await built.mail({ from: ERIN, to: SUPPORT, subject, text: 'Hello.' })
    t.match(await lastMail(built), { verdict: 'followup', tickets: [ticket] }, subject)
  }
  await built.mail({
    from: FRED.address,
    to: SUPPORT,
    subject: 'Re: [support-2] [support-1] x',
    text: 'I see.',
  })
  t.match(await lastMail(built), { tickets: [2] }, 'an agent is a party to both')
  await built.mail({
    from: 'eve@example.com',
    to: SUPPORT,
    subject: 'Re: [support-2] Re: [support-1] Key',
    text: 'x',
  })
  t.match(await lastMail(built), { verdict: 'ticket', tickets: [3] })
  t.match((await ticketsOf(built)).at(-1), { title: 'Key' })
})

t.test('a machine in the CC list of the queue gets no letter about its own mail', async t => {
  const built = await withTickets(t)
  const { mail, shell } = built
  await shell(
    'change_queue',
    'queue=1',
    'updated_ticket_cc=robot@example.net,erin@example.net',
    'new_ticket_cc=robot@example.net',
  )
  const before = (await kept(built.config.state_dir, 'letters')).length
  await mail({
    from: 'Robot@example.net',
    to: SUPPORT,
    subject: 'Disk full',
    headers: { 'Auto-Submitted': 'auto-generated' },
  })
  const after = (await kept(built.config.state_dir, 'letters')).slice(before)
  t.same(
    after.map(({ to }) => to),
    [ERIN],
  )
})

t.test('a mail goes to the queues that it is addressed to', async t => {
  const built = await withTickets(t)
  const { mail, shell } = built
  await shell('add_queue', 'title=Sales', 'slug=sales', 'email_address=sales@xn--bcher-kva.example')
  const SALES = 'sales@xn--bcher-kva.example'
  await mail({ from: ERIN, to: [SUPPORT, SALES], subject: 'To both' })
  t.match(await lastMail(built), { verdict: 'ticket', tickets: [3, 4], recipients: [SUPPORT, SALES] })
  await mail({ from: ERIN, to: [SUPPORT, SUPPORT.toUpperCase()], subject: 'To one twice' })
  t.match(await lastMail(built), { tickets: [5] })
  await mail({ subject: 'hold 1', to: [HELPDESK, SUPPORT], login: SUSAN })
  t.match(
    await lastMail(built),
    { verdict: 'command', tickets: [1] },
    'a command to both is carried out once',
  )
  t.equal((await ticketsOf(built)).length, 5)
  await mail({ from: ERIN, subject: 'Which queue?' })
  t.match((await ticketsOf(built)).at(-1), { id: 6, queue: 1 }, 'the queue with the lowest id')
})

t.test('mail.queue names the queue of the helpdesk itself', async t => {
  const built = await withTickets(t, 'mail.queue = "sales"')
  const { mail, shell } = built
  await mail({ from: ERIN, subject: 'Hello' })
  t.match(
    (await ticketsOf(built)).at(-1),
    { id: 3, queue: 1 },
    'as long as that queue does not exist, the first',
  )
  await shell('add_queue', 'title=Sales', 'slug=sales')
  await mail({ from: ERIN, to: ['postmaster', HELPDESK], subject: 'Hello' })
  t.match((await ticketsOf(built)).at(-1), { id: 4, queue: 2 })
})
