import t from 'tap'
import { connect } from '../../../../../daemon/shell/client.ts'
import { DAY } from '../../../../../data/durations.ts'
import type { Ticket } from '../../../../../data/tables.ts'
import { FRED, HELPDESK, house, SUPPORT, SUSAN } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import { NO_LETTERS } from '../../no_letters.ts'
import { sendRaw } from '../../wire.ts'
import { daysAgo, ERIN, EVE, type Fields, lettersToFred } from './letters_to_fred.ts'

/** Mails to the address of a letter to fred about ticket 1, which do not hold it, besides those of `attacks.ts`. */
const ATTACKS: Record<string, (key: string) => Partial<Fields>> = {
  'a stranger': () => ({ from: EVE }),
  'a colleague': () => ({ from: SUSAN.address }),
  'the submitter, who got the letter': () => ({ from: ERIN, envelopeFrom: ERIN }),
  'the same From twice': () => ({ from: `${FRED.address}\r\nFrom: ${FRED.address}` }),
  'no Date': () => ({ ids: 'Message-ID: <nodate@example.org>\r\n' }),
  'no Message-ID': () => ({ ids: 'Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n' }),
  'a stranger in Cc': () => ({ more: `Cc: ${EVE}\r\n` }),
  'a colleague in Cc': () => ({ more: `Cc: ${SUSAN.address}\r\n` }),
  'the writer in Cc': () => ({ more: `Cc: ${FRED.address}\r\n` }),
  'a stranger in Bcc': () => ({ more: `Bcc: ${EVE}\r\n` }),
  'a stranger in To, too': key => ({ to: `${key}, ${EVE}` }),
  'a stranger in To alone': key => ({ to: EVE, recipients: [key] }),
  'an address that a parser leaves out in To, too': key => ({ to: `${key}, "a b"@evil.example` }),
  'a group in To': key => ({ to: `all: ${key};` }),
  'a comment in To': key => ({ to: `${key} (Support)` }),
  'two To': key => ({ to: `${key}\r\nTo: ${EVE}`, recipients: [key] }),
  'the key at an address of somebody else': key => ({
    to: key.replace(/@.*/, '@evil.example'),
    recipients: [key],
  }),
  'another address of ours in To': key => ({ to: SUPPORT, recipients: [key] }),
  'no To': key => ({ to: '', recipients: [key] }),
  'the keys of two letters': key => ({
    recipients: [key, key.replace(/^/, 'x')],
    more: `Delivered-To: ${OTHER.key}\r\n`,
  }),
  'an altered key': key => ({ to: key.replace(/.(?=@)/, last => (last === 'a' ? 'b' : 'a')) }),
  'the key of another ticket in the name of this one': key => ({ to: key.replace(/\+r\.1\./, '+r.2.') }),
  'the key of another letter': key => ({ to: key.replace(/\.([0-9a-z]+)\.([a-z2-7]{16})@/, '.1.$2@') }),
  'the key of ticket 2': () => ({ to: OTHER.ofTicket2 }),
  'the key of a letter to the submitter': () => ({ to: OTHER.ofErin }),
  'the key of a letter to the submitter in the name of the submitter': () => ({
    to: OTHER.ofErin,
    from: ERIN,
  }),
  'the key of a letter to a CC address': () => ({ to: OTHER.ofDesk }),
  'the key of a letter to a colleague': () => ({ to: OTHER.ofSusan }),
  'the key of an old letter': () => ({ to: OTHER.old }),
  'the key of a letter that is not recorded': () => ({ to: OTHER.gone }),
  'a spent key': () => ({ to: OTHER.spent }),
  'the plain address': () => ({ to: HELPDESK }),
  'the Message-ID of a letter alone': () => ({ to: HELPDESK, more: `In-Reply-To: ${OTHER.messageId}\r\n` }),
  'an automatic reply': () => ({ more: 'Auto-Submitted: auto-replied\r\n' }),
  'a machine': () => ({ more: 'Auto-Submitted: auto-generated\r\n' }),
  'a null return path': () => ({ envelopeFrom: '' }),
  'a mailing list': () => ({ more: 'List-Id: <all.example.org>\r\n' }),
  'the precedence of a list': () => ({ more: 'Precedence: bulk\r\n' }),
  delete_ticket: () => ({ subject: 'delete 1 confirm' }),
  redact: () => ({ subject: 'redact 1 followup 1' }),
  'another ticket': () => ({ subject: 'hold 2' }),
  'another ticket in the plain form': () => ({ subject: 'hold_ticket ticket=2' }),
  'another ticket beside this one': () => ({ subject: 'hold 1, 2' }),
  'a range with another ticket': () => ({ subject: 'hold 1-2' }),
  'another ticket by its tag': () => ({ subject: 'hold [support-2]' }),
  'another ticket by its reference': () => ({ subject: 'hold ref:DOOR' }),
  'a duplicate of another ticket': () => ({ subject: 'duplicate 1 of 2' }),
  'another ticket that is a duplicate': () => ({ subject: 'duplicate 2 of 1' }),
  'the resolution of another ticket': () => ({ subject: 'resolve 1 like 2' }),
  'a new ticket': () => ({ subject: 'create support: A mouse' }),
  'a token': () => ({ subject: 'issue_token username=fred label=x' }),
  administration: () => ({ subject: 'ignore *@example.net' }),
  'a list of tickets': () => ({ subject: 'list' }),
}
/** What the daemon of the test fills in. */
const OTHER = {
  key: '',
  ofTicket2: '',
  ofErin: '',
  ofDesk: '',
  ofSusan: '',
  old: '',
  gone: '',
  spent: '',
  messageId: '',
}

t.test('no attack does anything, and the same mail without it does', async t => {
  const others = [
    { ticket: 2 },
    { to: ERIN },
    { to: 'desk@example.org' },
    { to: SUSAN.address },
    { created: daysAgo(31) },
    { key_spent: true as const },
    { created: daysAgo(29) },
  ]
  const its = await lettersToFred(
    t,
    others,
    `limits.letters_per_address_hour = 1000\nlimits.letters_per_address_day = 1000\n${NO_LETTERS}`,
  )
  const [ofTicket2, ofErin, ofDesk, ofSusan, old, spent, young] = others.map((fields, at) =>
    its.keyOf(its.letterWith({ ...fields, id: at + 1 })),
  )
  const gone = its.keyOf(its.letterWith({ id: 9999 }))
  Object.assign(OTHER, { ofTicket2, ofErin, ofDesk, ofSusan, old, spent, gone, key: its.key() })
  await its.susan('create_ticket', {
    queue: '1',
    title: 'Another door',
    reference: 'DOOR',
    assigned_to: 'susan',
  })
  const untouched = await its.tickets()
  for (const [at, [what, attack]] of Object.entries(ATTACKS).entries()) {
    const key = its.key()
    t.match(await its.send({ to: key, ...attack(key) }), /^(?:250|550) /, what)
    t.strictSame((await its.tickets()).slice(0, untouched.length).map(stateOf), untouched.map(stateOf), what)
    const { verdict, proof, ticket } = await its.prioritize(its.key(), 1 + (at % 5))
    t.match(
      { verdict, proof, ticket },
      { verdict: 'command', proof: 'letter', ticket: { priority: 1 + (at % 5) } },
      `the control of: ${what}`,
    )
  }
  t.match(await its.prioritize(young!, 3), { verdict: 'command', ticket: { priority: 3 } }, '29 days')
  t.notOk((await its.tickets()).some(({ title }) => title === 'A mouse'))
  t.strictSame(await kept(its.config.state_dir, 'tokens'), [])
})

/** What the attacks would change. */
function stateOf({ id, on_hold, status, duplicate_of, resolution }: Ticket) {
  return { id, on_hold, status, duplicate_of, resolution }
}

t.test('what else mails may do at the address of a letter', async t => {
  const its = await lettersToFred(t)
  const allowed: [Partial<Fields>, RegExp][] = [
    [{ subject: 'hold [support-1]: later' }, /^1 true/],
    [{ subject: 'unhold_ticket ticket=1' }, /^1 false/],
    [{ subject: 'resolve 1', text: 'It is mended.' }, /^3 false It is mended\./],
    [{ subject: 'reopen 1' }, /^2 false/],
    [{ subject: 'show 1' }, /./],
    [{ subject: 'escalation 1' }, /./],
    [{ subject: 'help' }, /./],
    [{ subject: 'help hold' }, /./],
    [{ subject: 'hold 1', to: `"Support, first line" <${its.key().toUpperCase()}>` }, /^2 true/],
    [{ subject: 'unhold 1', to: '', more: `Cc: <${CC}>\r\n`, recipients: [HELPDESK] }, /^2 false/],
    [{ subject: 'hold 1', from: 'Fred Weasley <FRED@EXAMPLE.ORG>' }, /^2 true/],
    [{ subject: 'unhold 1', recipients: [HELPDESK] }, /^2 false/],
  ]
  for (const [fields, state] of allowed) {
    const cc = its.key()
    const more = fields.more?.replace(CC, cc)
    t.match(await its.send({ ...fields, ...(more ? { more } : {}) }), /^250 /)
    const what = JSON.stringify(fields)
    t.match(await its.lastMail(), { verdict: 'command', proof: 'letter', user: 2 }, what)
    const { status, on_hold, resolution } = (await its.tickets())[0]!
    t.match(`${status} ${on_hold} ${resolution}`, state, what)
  }
  t.match(await its.shell('why', String((await its.lastMail()).id)), {
    says: /It is proven to be from fred: it went to the reply address of a letter to that user, or to that of a link in it, and to nobody else/,
  })
  t.same(await its.notices(), [])
})
/** Stands for the address of a letter. */
const CC = 'key@helpdesk.example'

t.test('a refused command is answered, and says what works', async t => {
  const its = await lettersToFred(t)
  const refused: [string, RegExp][] = [
    [
      'hold 2',
      /The address that you wrote to works for ticket 1 alone\. For another ticket, reply to a letter about that one\./,
    ],
    ['create support: A mouse', /works for ticket 1 alone\./],
    ['mine', /works for ticket 1 alone\./],
    ['escalation', /works for ticket 1 alone\./],
    ['delete 1 confirm', /delete_ticket needs a better proof than the address of a letter; log in/],
    ['redact 1 followup 1', /redact needs a better proof than the address of a letter/],
    ['ignore *@example.net', /^Only administrators can call add_ignore, and fred is not one\./],
    ['move 1 in sales', /^"move 1 in sales" is not understood\. Write: move <ticket> <queue>/],
  ]
  for (const [subject, sentence] of refused) {
    await its.send({ subject })
    const { id } = await its.lastMail()
    const answer = (await kept(its.config.state_dir, 'letters')).at(-1)!
    t.match(answer, { event: 'answered', to: FRED.address, answer: { subject } }, subject)
    t.match(answer.answer!.sentences[0], sentence, `${id} ${subject}`)
  }
})

t.test('an administrator administers nothing with the key of a letter', async t => {
  const its = await lettersToFred(t, [{ to: SUSAN.address }])
  const to = its.keyOf(its.letterWith({ id: 1, to: SUSAN.address }))
  await its.send({ to, from: SUSAN.address, subject: 'ignore *@example.net' })
  const { verdict, reasons } = await its.lastMail()
  t.match(
    { verdict, reasons: reasons.at(-1) },
    { verdict: 'command', reasons: /^add_ignore needs a better proof/ },
  )
  t.same(await kept(its.config.state_dir, 'ignores'), [])
  t.match(await its.prioritize(to, 2, { from: SUSAN.address }), { proof: 'letter', ticket: { priority: 2 } })
})

t.test('the same mail again does nothing', async t => {
  const its = await lettersToFred(t)
  const again = {
    to: its.key(),
    ids: 'Date: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@a.example>\r\n',
  }
  await its.send(again)
  await its.susan('unhold_ticket', { ticket: '1' })
  const before = (await its.lastMail()).id
  t.match(await its.send(again), /^250 /)
  t.match(await its.send({ ...again, recipients: [HELPDESK] }), /^250 /, 'nor to another recipient')
  t.match((await its.tickets())[0], { on_hold: false })
  t.equal((await its.lastMail()).id, before)
  const life = Date.parse(
    (await kept(its.config.state_dir, 'once'))
      .map(({ expires }) => expires)
      .sort()
      .at(-1)!,
  )
  t.ok(life > Date.now() + 30 * DAY, 'for as long as the key proves something')
})

t.test(
  'a key proves something for as long as its user has the address, is active and sees the ticket',
  async t => {
    const its = await lettersToFred(t)
    const proves = async (what: string, fields: Partial<Fields> = {}) =>
      t.match(await its.prioritize(its.key(), 2, fields), { proof: 'letter' }, what)
    const fails = async (what: string, why: RegExp | undefined, fields: Partial<Fields> = {}) => {
      const { proof, reasons } = await its.prioritize(its.key(), 4, fields)
      t.equal(proof, undefined, what)
      if (why) t.match(reasons.join('; '), why, what)
    }
    const change = (params: Record<string, string>) =>
      its.susan('change_user', { username: 'fred', ...params })
    await its.susan('add_queue', { title: 'Sales', slug: 'sales' })
    await proves('at first')
    await change({ queues: 'sales' })
    await fails('limited to another queue', /fred does not see the queue of its ticket/)
    await its.susan('move', { ticket: '1', queue: 'sales' })
    await proves('a ticket that was moved to a queue that the user sees')
    await change({ queues: '' })
    await change({ active: 'n' })
    await fails('inactive', undefined)
    await change({ active: 'y' })
    await proves('active again')
    await change({ email: 'weasley@example.org' })
    await fails('without the address', undefined)
    await fails('with the other address', /which is not the address of a user/, {
      from: 'weasley@example.org',
    })
    await its.susan('change_user', { username: 'susan', email: `${SUSAN.address}, ${FRED.address}` })
    await fails('a colleague who has got the address', /older than the addresses of susan/)
    await its.susan('change_user', { username: 'susan', email: SUSAN.address })
    await change({ email: FRED.address })
    await fails('the user who has got it back', /older than the addresses of fred/)
    t.same(await its.notices(), [])
  },
)

t.test(
  'an address that is added does not count for older letters, one that is left out changes nothing',
  async t => {
    const its = await lettersToFred(t)
    const config = its.config
    await its.susan('change_user', { username: 'susan', email: `${SUSAN.address}, other@example.org` })
    const first = (await kept(config.state_dir, 'users'))[0]!.addresses_since
    t.type(first, 'string')
    await its.susan('change_user', { username: 'susan', email: SUSAN.address })
    t.equal((await kept(config.state_dir, 'users'))[0]!.addresses_since, first)
  },
)

t.test('the key is about its own ticket, also of a duplicate, and about none that is deleted', async t => {
  const its = await lettersToFred(t)
  await its.susan('mark_duplicate', { ticket: '1', of: '2' })
  await its.send({ subject: 'hold 2' })
  t.match(await its.tickets(), [{}, { on_hold: false }], 'not the ticket that is worked on')
  t.match(await its.prioritize(its.key(), 4), { proof: 'letter', ticket: { priority: 4 } })
  await its.send({ subject: 'Re: The printer', text: 'It goes to ticket 2.' })
  t.match(await its.lastMail(), { verdict: 'followup', proof: 'letter', tickets: [2] })
  await its.susan('delete_ticket', { ticket: '1', confirm: 'y' })
  await its.send({ subject: 'hold 1' })
  t.match(await its.lastMail(), { proof: undefined, verdict: 'unconfirmed' })
})

t.test('with the proof switched off, the key proves nothing', async t => {
  const its = await lettersToFred(t, [], `commands.proofs = ["smtp-auth"]\n${NO_LETTERS}`)
  t.match(await its.prioritize(its.key(), 5), { proof: undefined, ticket: { priority: 3 } })
})

t.test('a login is the stronger proof, and one of somebody else is none', async t => {
  const its = await lettersToFred(t)
  const mail = (subject: string, from: string) =>
    `From: ${from}\r\nTo: ${key}\r\nSubject: ${subject}\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${subject.length}@b.example>\r\n\r\nx\r\n`
  const key = its.key()
  const sent = (login: typeof SUSAN, subject: string, from: string) =>
    sendRaw(its.daemon.smtpPort, { raw: mail(subject, from), from, to: key, login })
  await sent(FRED, 'hold 2', FRED.address)
  t.match(await its.lastMail(), { verdict: 'command', proof: 'smtp-auth' })
  t.match(await its.tickets(), [{ on_hold: false }, { on_hold: true }])
  await sent(SUSAN, 'unhold_ticket ticket=2', FRED.address)
  t.match(await its.lastMail(), { proof: undefined })
  await sent(SUSAN, 'hold 1', FRED.address)
  t.match(await its.lastMail(), { proof: undefined })
  t.match(await its.tickets(), [{ on_hold: false }, { on_hold: true }])
})

t.test('a letter of the daemon, answered by its user, over real connections', async t => {
  const built = await house(t)
  await built.susan('create_ticket', { queue: '1', title: 'The printer', assigned_to: 'fred' })
  const letter = await built.letter(/^To: fred@/m)
  const [, to = ''] = /^Reply-To: .*<(.*)>\r$/m.exec(letter) ?? []
  t.match(to, /^helpdesk\+r\./)
  t.match(
    await built.mail({ from: FRED.address, to, subject: 'hold 1', text: 'The part is missing.' }),
    /^250 /,
  )
  t.match((await kept(built.config.state_dir, 'tickets'))[0], { on_hold: true })
  const answer = await built.letter(/^Subject: Re: hold 1\r$/m)
  t.match(answer, /^To: fred@example\.org\r$/m)
  t.match(answer, /Ticket 1 is on hold\./)
})

t.test('a mail that an operator replays has no better proof than before', async t => {
  const its = await lettersToFred(t)
  await its.send({ subject: 'move 1 in sales' })
  const { id, user, verdict } = await its.lastMail()
  t.match({ user, verdict }, { user: 2, verdict: 'near_miss' })
  const client = await connect(its.config.state_dir, its.events)
  t.teardown(() => client.close())
  await client.run({ method: 'replay_mail', params: { mail: String(id), yes: 'y' } })
  t.match(await its.lastMail(), { replay_of: id, verdict: 'near_miss', proof: 'letter' })
})

t.test('letters without a key prove nothing, though their Message-ID finds the ticket', async t => {
  const built = await house(t, 'mail.plus = false')
  await built.susan('create_ticket', { queue: '1', title: 'The printer', assigned_to: 'fred' })
  const letter = await built.letter(/^To: fred@/m)
  t.notMatch(letter, /^Reply-To:/m)
  const [, id = ''] = /^Message-ID: (.*)\r$/m.exec(letter) ?? []
  await built.mail({ from: FRED.address, subject: 'hold 1', headers: { 'In-Reply-To': id } })
  t.match((await kept(built.config.state_dir, 'mails')).at(-1), {
    tickets: [1],
    proven: false,
    proof: undefined,
  })
  t.match((await kept(built.config.state_dir, 'tickets'))[0], { on_hold: false })
})
