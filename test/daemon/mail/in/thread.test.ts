// One thing: which ticket an answer belongs to, from the letter that it answers to the ticket, at a real daemon.
import t, { type Test } from 'tap'
import { FRED, HELPDESK, type House, house, SUPPORT, type TestMail } from '../../../house.ts'
import { kept } from '../kept.ts'

const ERIN = 'erin@example.net'
const EVE = 'eve@friend.example'

interface Desk extends House {
  /** The fields of the newest letter to an address, by name in lower case. */
  lastTo(address: string): Promise<Readonly<Record<string, string>>>
  /** Sends a mail; gives the follow-up that it became. */
  sent(mail: TestMail): Promise<{ ticket: number; public: boolean; comment: string }>
}

/** A house with tickets 1 and 2 of erin, and an answer of an agent to each. */
async function desk(t: Test, more = ''): Promise<Desk> {
  const built = await house(t, more)
  const { susan, config } = built
  for (const title of ['The printer burns', 'The door squeaks']) {
    const params = { queue: '1', title, submitter_email: ERIN, assigned_to: FRED.username }
    const { body } = await susan('create_ticket', params)
    await susan('add_followup', { ticket: body, message: 'Which one?', public: 'y' })
  }
  await built.letters(8)
  let subjects = 0
  return {
    ...built,
    lastTo: async address => {
      const letters = await built.letters((await kept(config.state_dir, 'letters')).length)
      const head = letters.filter(letter => letter.includes(`\r\nTo: ${address}\r\n`)).at(-1)!
      const lines = head
        .slice(0, head.indexOf('\r\n\r\n'))
        .replace(/\r\n[ \t]+/g, ' ')
        .split('\r\n')
      return Object.fromEntries(
        lines.map(line => [
          line.slice(0, line.indexOf(':')).toLowerCase(),
          line.slice(line.indexOf(':') + 2),
        ]),
      )
    },
    sent: async mail => {
      t.match(await built.mail({ text: `Text ${++subjects}.`, ...mail }), /^250 /)
      return (await kept(config.state_dir, 'followups')).at(-1)!
    },
  }
}

/** The address of a field like `Support <support@helpdesk.example>`. */
function addressIn(field: string | undefined): string {
  return /<([^>]+)>/.exec(field ?? '')?.[1] ?? field ?? ''
}

t.test('an answer to Reply-To belongs to its ticket, whatever its subject, and from whomever', async t => {
  const { lastTo, sent } = await desk(t)
  const letter = await lastTo(ERIN)
  t.match(letter['reply-to'], /^Support <helpdesk\+r\.2\.[0-9a-z]+\.[a-z2-7]{16}@helpdesk\.example>$/)
  const to = addressIn(letter['reply-to'])
  const answers = [
    [
      { from: ERIN, to, subject: 'Both of them' },
      { ticket: 2, public: true },
    ],
    [
      { from: ERIN, to: to.toUpperCase(), subject: '[support-1] The key counts' },
      { ticket: 2, public: true },
    ],
    [
      { from: EVE, to, subject: 'Erin gave me this' },
      { ticket: 2, public: false },
    ],
    [
      { from: FRED.address, to, subject: 'Without a login' },
      { ticket: 2, public: false },
    ],
  ] as const
  for (const [mail, expected] of answers) t.match(await sent(mail), expected, mail.subject)
  const broken = to.replace(/[a-z2-7]{16}@/, 'aaaaaaaaaaaaaaaa@')
  t.match(await sent({ from: ERIN, to: broken, subject: 'A key of nobody' }), { ticket: 3 }, 'is not lost')
})

t.test('a relay may leave the key in a header field alone', async t => {
  const { lastTo, sent } = await desk(t)
  const key = addressIn((await lastTo(ERIN))['reply-to'])
  const wild = key.replace('helpdesk.example', 'inside.helpdesk.example')
  for (const field of ['Delivered-To', 'X-Original-To', 'X-Forwarded-To', 'Cc'])
    for (const address of [key, wild]) {
      const headers = { [field]: `<${address}>` }
      const mail = {
        from: ERIN,
        to: SUPPORT,
        subject: `Behind ${field}`,
        headers,
        messageId: `<${field}${address}>`,
      }
      t.match(await sent(mail), { ticket: 2, public: true }, `${field}: ${address}`)
    }
})

t.test('a Message-ID of ours is enough, but not in what is forwarded under another subject', async t => {
  const { lastTo, sent } = await desk(t)
  const { 'message-id': id = '', references = '' } = await lastTo(ERIN)
  const foreign = '<0102018f@eu-west-1.amazonses.example>'
  const mails: readonly [TestMail, object][] = [
    [
      { subject: 'Another subject', headers: { 'In-Reply-To': id } },
      { ticket: 2, public: true },
    ],
    [
      { subject: 'Only in References', headers: { References: `${foreign} ${id} ${foreign}` } },
      { ticket: 2 },
    ],
    // A relay has replaced the Message-ID; the id of the ticket is left in References.
    [
      { subject: 'Re', headers: { 'In-Reply-To': foreign, References: `${references} ${foreign}` } },
      { ticket: 2 },
    ],
    [{ subject: 'Re: [support-1] The printer burns', headers: { 'In-Reply-To': id } }, { ticket: 2 }],
    [{ subject: 'Fwd: [support-2] The door squeaks', headers: { References: id } }, { ticket: 2 }],
    [{ subject: 'WG: the door SQUEAKS (Updated)', headers: { References: id } }, { ticket: 2 }],
    [
      { from: EVE, subject: 'From a friend', headers: { 'In-Reply-To': id } },
      { ticket: 2, public: false },
    ],
    [{ subject: 'Fwd: Invoice 4711', headers: { References: id } }, { ticket: 3 }],
    [{ subject: 'No mark', headers: { 'In-Reply-To': id.replace(/[0-9a-f]@/, 'x@') } }, { ticket: 4 }],
  ]
  for (const [mail, expected] of mails)
    t.match(await sent({ from: ERIN, to: SUPPORT, ...mail }), expected, mail.subject)
})

t.test('a site whose addresses cannot be extended gets answers by Message-ID and by tag', async t => {
  const { lastTo, sent } = await desk(t, 'mail.plus = false')
  const letter = await lastTo(ERIN)
  t.equal(letter['reply-to'], undefined)
  t.equal(addressIn(letter.from), SUPPORT)
  const headers = { 'In-Reply-To': letter['message-id']! }
  t.match(await sent({ from: ERIN, to: SUPPORT, subject: 'By id', headers }), { ticket: 2, public: true })
  t.match(await sent({ from: ERIN, to: SUPPORT, subject: 'Re: [support-1]' }), { ticket: 1, public: true })
})

t.test(
  'an answer follows its ticket to another queue, behind a former slug, and to the ticket that it is a duplicate of',
  async t => {
    const { lastTo, sent, susan, shell, config } = await desk(t)
    const key = addressIn((await lastTo(ERIN))['reply-to'])
    await susan('add_queue', { title: 'Sales', slug: 'sales' })
    await susan('move', { ticket: '2', queue: 'sales' })
    await susan('change_queue', { queue: 'support', slug: 'service' })
    t.match(await sent({ from: ERIN, to: key, subject: 'Still it' }), { ticket: 2, public: true })
    t.match(await sent({ from: ERIN, to: SUPPORT, subject: 'Re: [support-1] x' }), {
      ticket: 1,
      public: true,
    })
    t.match(await shell('list', 'support'), { exit: 0 }, 'the former slug names the queue')
    t.match(await sent({ from: EVE, to: SUPPORT, subject: 'Re: [support-1] Mine' }), { ticket: 3 })
    t.equal(
      (await kept(config.state_dir, 'tickets')).at(-1)!.title,
      'Mine',
      'tags with former slugs are no title',
    )
    await susan('add_queue', { title: 'New', slug: 'support' })
    t.match(await shell('show', '1'), { exit: 0 })

    await susan('mark_duplicate', { ticket: '2', of: '3' })
    await susan('mark_duplicate', { ticket: '3', of: '1' })
    const mail = { from: ERIN, to: key, subject: 'Now there' }
    t.match(await sent(mail), { ticket: 1, public: true }, 'its submitter is erin, too')
    t.match(await sent({ from: ERIN, to: SUPPORT, subject: 'Re: [support-2]' }), { ticket: 1 })
    t.match(await sent({ from: EVE, to: SUPPORT, subject: 'Re: [support-3]' }), { ticket: 1, public: false })
    await susan('delete_ticket', { ticket: '1', confirm: 'y' })
    t.match(await sent({ ...mail, subject: 'Gone' }), { ticket: 3 }, 'as far as the tickets are there')
  },
)

t.test('mail to an alias is addressed to us, and what comes from one is not answered', async t => {
  const { sent, config } = await desk(t, `mail.aliases = ["help@customer.example"]`)
  t.match(await sent({ from: EVE, to: 'help@customer.example', subject: 'One' }), { ticket: 3 })
  t.match(await sent({ from: 'help@customer.example', to: SUPPORT, subject: 'Two' }), { ticket: 4 })
  const tickets = await kept(config.state_dir, 'tickets')
  t.match(tickets[2], { submitter_email: EVE })
  t.match(tickets[3], { submitter_email: null })
})

t.test('a submitter may answer the mail that opened a ticket, under its subject', async t => {
  const { sent, susan } = await desk(t)
  const first = '<first@example.net>'
  const text = 'It drips.'
  const opened = { from: ERIN, to: SUPPORT, subject: 'The tap drips', messageId: first, text }
  t.match(await sent(opened), { ticket: 3 })
  const answers: readonly (readonly [string, Partial<TestMail>, object])[] = [
    ['an answer', {}, { ticket: 3, public: true }],
    ['References alone', { headers: { References: `<x@example.net> ${first}` } }, { ticket: 3 }],
    ['an answer to the answer', { headers: { References: `${first} <y@example.net>` } }, { ticket: 3 }],
    ['somebody else', { from: EVE }, { ticket: 4 }],
    ['another subject', { subject: 'Re: The lamp' }, { ticket: 5 }],
    ['a forward', { subject: 'Fwd: The tap drips' }, { ticket: 6 }],
    ['another mail', { headers: { 'In-Reply-To': '<other@example.net>' } }, { ticket: 7 }],
    ['a machine', { headers: { 'In-Reply-To': first, 'Auto-Submitted': 'auto-generated' } }, { ticket: 8 }],
  ]
  for (const [what, mail, became] of answers) {
    const answer = {
      from: ERIN,
      to: SUPPORT,
      subject: 'Re: The tap drips',
      headers: { 'In-Reply-To': first },
    }
    t.match(await sent({ ...answer, ...mail }), became, what)
  }
  await susan('mark_duplicate', { ticket: '3', of: '1' })
  const late = { from: ERIN, to: SUPPORT, subject: 'Re: The tap drips', headers: { 'In-Reply-To': first } }
  t.match(await sent(late), { ticket: 1, public: true }, 'a duplicate')
})

t.test('keys are removed from what is kept', async t => {
  const { lastTo, sent, susan, shell } = await desk(t)
  const key = addressIn((await lastTo(ERIN))['reply-to'])
  const text = `See below.\n\nOn Friday, Support <${key}> wrote:\n> Which one?`
  const html = `<p>See <a href="mailto:${key.replace('+', '%2B').replace('@', '%40')}">${key}</a></p>`
  const followup = await sent({
    from: ERIN,
    to: key,
    subject: `To ${key}`,
    text,
    headers: { References: '<other@example.net>' },
  })
  t.strictSame([followup.ticket, followup.comment], [2, 'See below.'])
  t.match(await sent({ from: EVE, to: SUPPORT, subject: `Hello ${key}`, text: `Who is ${key}?` }), {
    ticket: 3,
    comment: `Who is ${HELPDESK}?`,
  })
  await sent({ from: EVE, to: SUPPORT, subject: 'HTML', text: '', headers: {}, ...{ html } } as TestMail)
  await susan('add_followup', { ticket: '1', message: `Erin's key is ${key}.`, public: 'y' })
  await susan('add_followup', { ticket: '1', message: `${'long '.repeat(30_000)} ${key}`, public: 'y' })
  await susan('set_title', { ticket: '1', title: `Of ${key}` })
  const shown = [
    await shell('show', '1'),
    await shell('show', '2'),
    await shell('show', '3'),
    await shell('show', '4'),
    await shell('original', '2', 'followup', '3'),
    await shell('original', '4', 'followup', '1'),
  ]
  for (const { exit, says } of shown) {
    t.equal(exit, 0, says)
    t.notMatch(says, /\+r\.|%2br/i)
  }
  t.match(shown[2]!.says, `Hello ${HELPDESK}`)
})
