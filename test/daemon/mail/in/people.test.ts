import { simpleParser } from 'mailparser'
import t from 'tap'
import { FRED, HELPDESK, type House, house, SUPPORT, SUSAN } from '../../../house.ts'
import { kept } from '../kept.ts'

const ANN = 'ann@customer.example'
const EVE = 'eve@friend.example'
const BOB = 'bob@elsewhere.example'
const STOPS =
  /To get no more mail about this request, send an empty mail to\n(helpdesk\+s\.\S+@helpdesk\.example)\n/

/** Who got letters since the last call, with the word of the event, in the order of their addresses. */
function newLetters({ config }: House): () => Promise<string[]> {
  let seen = 0
  return async () => {
    const letters = await kept(config.state_dir, 'letters')
    const fresh = letters.slice(seen).map(({ to, event }) => `${to} ${event}`)
    seen = letters.length
    return fresh.sort()
  }
}

/** The text of the last letter to an address. */
async function lastTo({ config, letters }: House, address: string): Promise<string> {
  const all = await letters((await kept(config.state_dir, 'letters')).length)
  const parsed = await Promise.all(all.map(letter => simpleParser(letter)))
  return parsed.findLast(({ to }) => [to].flat()[0]?.text === address)!.text!
}

/** The field of an answer to the last letter to an address. */
async function answering({ config, letters }: House, address: string): Promise<{ 'In-Reply-To': string }> {
  const all = await letters((await kept(config.state_dir, 'letters')).length)
  const letter = all.findLast(one => one.includes(`\r\nTo: ${address}\r\n`))!
  return { 'In-Reply-To': /^Message-ID: (\S+)/m.exec(letter)![1]! }
}

async function ticketOf({ config }: House) {
  return (await kept(config.state_dir, 'tickets')).at(-1)!
}

async function lastMail({ config }: House) {
  return (await kept(config.state_dir, 'mails')).at(-1)!
}

t.test('a person in Cc hears from agents, writes, hears from everybody, and stops', async t => {
  const built = await house(t)
  const { mail, susan } = built
  const told = newLetters(built)
  const subject = 'Re: [support-1] The projector'
  const cc = { Cc: `Eve <${EVE}>, ${SUPPORT}, helpdesk+x@helpdesk.example, noreply@shop.example, ${ANN}` }
  await mail({ from: ANN, to: [SUPPORT], subject: 'The projector', text: 'It is dark.', headers: cc })
  t.match(await ticketOf(built), { watchers: [EVE], unconfirmed_watchers: [EVE] })
  t.same(await told(), [`${ANN} opened`, `${SUSAN.address} opened`])

  await mail({ from: ANN, to: SUPPORT, subject, text: 'Eve should know: buy pills.' })
  t.same(await told(), [`${SUSAN.address} followed_up`], 'nobody can make us write to strangers')
  t.match((await built.shell('show', '1')).says, /Watchers by To or Cc, who get only what agents write: eve@/)

  await susan('add_followup', { ticket: '1', message: 'We bring a new lamp.', public: 'y' })
  t.same(await told(), [`${ANN} followed_up`, `${EVE} followed_up`])
  const letter = await lastTo(built, EVE)
  t.match(letter, /^susan wrote:\n\nWe bring a new lamp\.\n/)
  t.notMatch(letter, ANN)
  const [, stop = ''] = STOPS.exec(letter) ?? []
  t.ok(stop.indexOf('@') > 0 && stop.indexOf('@') <= 64)
  t.notMatch(await lastTo(built, ANN), STOPS, 'the submitter cannot leave')

  await mail({ from: EVE, to: SUPPORT, subject, text: 'Anybody can write this From.' })
  t.match(await ticketOf(built), { unconfirmed_watchers: [EVE] })
  await told()
  const headers = await answering(built, EVE)
  await mail({ from: EVE, to: SUPPORT, subject, text: `I have one.\n\n> ${stop}`, headers })
  t.match(await ticketOf(built), { watchers: [EVE], unconfirmed_watchers: [] })
  t.same(await told(), [`${SUSAN.address} followed_up`])
  await mail({ from: ANN, to: SUPPORT, subject, text: 'Thank you, Eve!' })
  t.same(await told(), [`${EVE} followed_up`, `${SUSAN.address} followed_up`])
  t.match(await lastTo(built, EVE), /^The person who asked wrote:/)
  t.notMatch(
    JSON.stringify(await kept(built.config.state_dir, 'followups')),
    '+s.',
    'no text has the address',
  )

  await mail({ from: BOB, to: stop.toUpperCase(), subject: 'Re: [support-1] stop', text: '\n-- \nBob' })
  t.match(await lastMail(built), { verdict: 'stop', tickets: [1] })
  t.match(await ticketOf(built), { watchers: [] })
  t.same(await told(), [], 'no letter back, and nobody is told')
  t.match((await built.shell('show', '1')).says, /watchers: eve@friend\.example → nothing/)
  await mail({ from: EVE, to: stop, subject: 'again' })
  t.match(await lastMail(built), { verdict: 'stop', tickets: [1] }, 'a second one is fine')
  const away = { 'Auto-Submitted': 'auto-replied' }
  await mail({ from: EVE, to: stop, subject: 'Away', text: 'I am away.', headers: away })
  t.match(await lastMail(built), { verdict: 'stop' })
  await mail({ from: EVE, envelopeFrom: '', to: stop, subject: 'Undelivered', text: 'It failed.' })
  t.match(await lastMail(built), { verdict: 'stop' })
  const before = (await kept(built.config.state_dir, 'followups')).length
  t.same(await told(), [])
  await mail({ from: EVE, to: stop, subject: 'Stop', text: 'Who are you at all?' })
  t.same(await told(), [`${SUSAN.address} followed_up`], 'a text is told to somebody')
  const followups = await kept(built.config.state_dir, 'followups')
  t.equal(followups.length, before + 1)
  t.match(followups.at(-1), { comment: 'Who are you at all?', public: false, author: { address: EVE } })

  await mail({
    from: ANN,
    to: SUPPORT,
    subject,
    text: 'Eve again.',
    headers: { ...(await answering(built, ANN)), Cc: EVE },
  })
  t.match(await ticketOf(built), { watchers: [] }, 'nobody brings her back')
  await susan('add_followup', { ticket: '1', message: 'Done.', public: 'y' })
  t.notMatch(await told(), EVE)
  await susan('delete_ticket', { ticket: '1', confirm: 'y' })
  t.match(await mail({ from: EVE, to: stop, subject: 'stop' }), /^250 /)
  t.match(await lastMail(built), { verdict: 'stop', tickets: [] })
  t.equal((await kept(built.config.state_dir, 'tickets')).length, 0, 'none of these mails opens a ticket')
})

t.test('a forged mail with many addresses causes no letters to them', async t => {
  const built = await house(t)
  const told = newLetters(built)
  const victims = Array.from({ length: 30 }, (_, n) => `victim${n}@v${n}.example`)
  const headers = { Cc: victims.join(', ') }
  const subject = 'Re: [support-1] Pills'
  await built.mail({ from: ANN, to: SUPPORT, subject: 'Pills', text: 'Buy pills!', headers })
  t.match(await ticketOf(built), { watchers: victims.slice(0, 10) })
  const more = { ...(await answering(built, ANN)), Cc: victims.slice(10).join(', ') }
  for (let n = 0; n < 5; n++)
    await built.mail({ from: ANN, to: SUPPORT, subject, text: `Buy ${n}!`, headers: more })
  t.match(await ticketOf(built), { watchers: { length: 10 } }, 'no ticket has more than ten')
  t.same(
    [...new Set(await told())],
    [`${ANN} opened`, `${SUSAN.address} followed_up`, `${SUSAN.address} opened`],
  )
})

t.test('whose mail adds watchers', async t => {
  const built = await house(t)
  const { mail } = built
  const told = newLetters(built)
  await mail({ from: ANN, to: SUPPORT, subject: 'The door', text: 'It is stuck.' })
  await told()
  const subject = 'Re: [support-1] The door'
  const to = (n: number) => ({ Cc: `w${n}@friend.example` })
  const auto = { 'Auto-Submitted': 'auto-replied' }
  await mail({
    from: ANN,
    to: SUPPORT,
    subject,
    text: 'x1',
    headers: { ...to(1), 'List-Id': '<all.example>' },
  })
  await mail({ from: ANN, to: SUPPORT, subject, text: 'x2', headers: { ...to(2), ...auto } })
  await mail({ from: FRED.address, to: SUPPORT, subject, text: 'x3', headers: to(3) })
  t.match(await ticketOf(built), { watchers: undefined }, 'not a list, a machine, an unproven agent')
  await mail({ from: FRED.address, to: SUPPORT, subject, text: 'x4', headers: to(4), login: FRED })
  await mail({ from: ANN, to: SUPPORT, subject, text: 'x', headers: to(9) })
  t.match(await ticketOf(built), { watchers: { length: 1 } }, 'nor an answer that only has the tag')
  const mark = await answering(built, ANN)
  await mail({ from: ANN, to: [SUPPORT, HELPDESK], subject, text: 'x5', headers: { ...to(5), ...mark } })
  await mail({ from: 'W5@friend.example', to: SUPPORT, subject, text: 'x6', headers: { ...to(6), ...mark } })
  t.same(
    (await ticketOf(built)).watchers,
    [4, 5, 6].map(n => `w${n}@friend.example`),
  )
  await mail({ from: FRED.address, subject: 'followup 1: x', text: 'x7', headers: to(7), login: FRED })
  t.match(await lastMail(built), { verdict: 'command' })
  t.match(await ticketOf(built), { watchers: { length: 3 } }, 'nor a command')

  await told()
  await built.susan('assign', { ticket: '1', assigned_to: 'fred' })
  await told()
  const both = { Cc: `${FRED.address}, w4@friend.example` }
  await mail({ from: ANN, to: SUPPORT, subject, text: 'x8', headers: both })
  t.same(
    await told(),
    [`${FRED.address} followed_up`, 'w5@friend.example followed_up'],
    'Fred may not have it',
  )
  await mail({ from: SUSAN.address, to: SUPPORT, subject, text: 'x9', headers: both, login: SUSAN })
  t.same(await told(), [`${SUSAN.address} answered`], 'an agent proves that Fred has it')
})

t.test('the answer of a CC address to a letter is a private follow-up', async t => {
  const built = await house(t)
  await built.susan('change_queue', { queue: 'support', updated_ticket_cc: 'it@company.example' })
  await built.mail({ from: ANN, to: SUPPORT, subject: 'The door', text: 'It is stuck.' })
  const letters = await Promise.all((await built.letters(2)).map(letter => simpleParser(letter)))
  const letter = letters.find(({ to }) => [to].flat()[0]?.text === 'it@company.example')!
  const key = letter.replyTo!.value[0]!.address!
  await built.mail({ from: 'it@company.example', to: key, subject: 'door', text: 'We look at it.' })
  t.match((await kept(built.config.state_dir, 'followups')).at(-1), {
    ticket: 1,
    comment: 'We look at it.',
    public: false,
  })
  t.equal((await kept(built.config.state_dir, 'tickets')).length, 1)
})

t.test('the letter about a duplicate stops the mail about the other ticket', async t => {
  const built = await house(t)
  for (const title of ['The door', 'The same door'])
    await built.susan('create_ticket', { queue: '1', title, submitter_email: ANN })
  await built.susan('watch', { ticket: '2', email: EVE })
  await built.susan('mark_duplicate', { ticket: '2', of: '1' })
  const [, stop = ''] =
    /about that request, send an empty mail to\n(\S+)\n/.exec(await lastTo(built, EVE)) ?? []
  await built.mail({ from: EVE, to: stop, subject: '' })
  t.match(await kept(built.config.state_dir, 'tickets'), [{ watchers: [] }, { watchers: [EVE] }])
})

t.test('a site whose addresses cannot be extended has people who stop the mail', async t => {
  const built = await house(t, 'mail.plus = false')
  await built.susan('create_ticket', { queue: '1', title: 'x', submitter_email: ANN })
  await built.susan('watch', { ticket: '1', email: EVE })
  await built.susan('add_followup', { ticket: '1', message: 'Hello.', public: 'y' })
  t.match(
    await lastTo(built, EVE),
    /\nTo get no more mail about this request, ask the people who run this helpdesk\.\n$/,
  )
})

t.test('a list of the site does not become a watcher', async t => {
  const built = await house(t, 'mail.lists = ["team@helpdesk.example"]')
  const headers = { 'List-Id': '<team.helpdesk.example>', Cc: `Team <Team@helpdesk.example>, ${EVE}` }
  await built.mail({ from: ANN, to: SUPPORT, subject: 'The projector', headers })
  t.same((await ticketOf(built)).watchers, [EVE])
})
