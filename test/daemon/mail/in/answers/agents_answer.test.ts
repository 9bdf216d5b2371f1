import t from 'tap'
import { FRED, HELPDESK, SUPPORT, SUSAN } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import { type Answering, answeringFor, MARIA } from './answering.ts'

const BOB = 'bob@elsewhere.example'
const EVE = 'eve@friend.example'
const DESK = 'desk@example.org'
const GOES =
  /\nYour reply is private, unless your mail program sends it with your login here\. In that case: Your reply goes to Maria Lee <maria@customer\.example>\. With it, the ticket becomes yours\.\n$/
const QUOTE = `On Mon, Nov 23, 2026 at 9:00 AM Support <${SUPPORT}> wrote:\n> It is dark.\n`
const PRIVATE = /\nYour reply is private\.\n$/

t.test('what an agent answers to public words goes to the submitter, and takes the ticket', async t => {
  const { answer, told, letterTo, lastFollowup, lastMail, ticket, shell } = await answeringFor(t)
  await shell('watch', '1', EVE)
  const { text: letter = '' } = await letterTo(SUSAN.address)
  t.match(letter, GOES)
  const quote = `On Mon, Nov 23, 2026 at 9:00 AM Support <${SUPPORT}> wrote:\n> ${letter.replaceAll('\n', '\n> ')}`
  const attachments = [{ filename: 'lamp.txt', content: 'A lamp.' }]
  t.match(
    await answer(SUSAN.address, `We bring a new one.\n\n-- \nSusan\n\n${quote}`, { attachments }),
    /^250 /,
  )
  t.same(await told(), [`followed_up ${EVE}`, `followed_up ${MARIA}`], 'not the agent who wrote it')
  t.match(await lastFollowup(), {
    comment: /^We bring a new one\.$/,
    public: true,
    author: { kind: 'user', user: 1 },
    door: 'mail',
    changes: [{ field: 'assigned_to', from: null, to: 1 }],
    attachments: [{ filename: 'lamp.txt' }],
  })
  t.match(await ticket(), { assigned_to: 1, status: 1 })
  const reasons = ['an answer of susan to public words']
  t.match(await lastMail(), { verdict: 'followup', user: 1, proven: true, reasons })
  for (const address of [MARIA, EVE]) {
    const { text } = await letterTo(address)
    t.match(text, /^susan wrote:\n\nWe bring a new one\.\n\nAttached: lamp\.txt/)
    t.notMatch(text, /Your reply|On Mon|login here/)
  }
  await answer(MARIA, 'Thank you, but when?')
  t.same(await told(), [`followed_up ${EVE}`, `followed_up ${SUSAN.address}`])
  t.match(
    (await letterTo(SUSAN.address)).text,
    /In that case: Your reply goes to Maria Lee <maria@customer\.example> and 1 watcher\.\n$/,
  )
})

t.test('what an agent answers to any other letter is private, and causes no letter back', async t => {
  const { answer, told, letterTo, lastFollowup, ticket, susan, shell, mail } = await answeringFor(t)
  await susan('assign', { ticket: '1', assigned_to: 'fred' })
  await told()
  const isPrivate = async (what: string) => {
    t.match((await letterTo(FRED.address)).text, PRIVATE, what)
    await answer(FRED.address, `A note on ${what}.`)
    const author = { kind: 'user', user: 2 }
    t.match(await lastFollowup(), { public: false, comment: `A note on ${what}.`, author }, what)
    t.same(await told(), [], what)
  }
  await isPrivate('an assignment')
  await shell('followup', '1:', 'Maria is in a hurry.')
  await told()
  await isPrivate('a private follow-up')
  await mail({ from: FRED.address, login: FRED, subject: 'hold 1' })
  await told()
  await isPrivate('the answer to a command')
  t.match(await ticket(), { assigned_to: 2 })
})

t.test('a note takes no ticket, and no answer of an agent reopens one', async t => {
  const { answer, told, ticket, susan, letterTo, lastFollowup } = await answeringFor(t)
  await susan('change_queue', { queue: '1', updated_ticket_cc: `${FRED.address},${DESK}` })
  await susan('add_followup', { ticket: '1', message: 'Which lamp?' })
  await answer(FRED.address, 'The one in the hall.')
  t.match(await ticket(), { assigned_to: null, status: 1 })
  await susan('resolve', { ticket: '1', resolution: 'A new lamp.' })
  t.match((await letterTo(FRED.address)).text, /\nYour reply is private, unless .* goes to Maria Lee/)
  t.match((await letterTo(DESK)).text, PRIVATE, 'a CC address that is no user')
  await told()
  await answer(FRED.address, 'It has a warranty.')
  t.match(await ticket(), { status: 3, assigned_to: 2 })
  t.match(await lastFollowup(), { public: true })
  t.match(await told(), [`answered ${FRED.address}`, `followed_up ${DESK}`, `followed_up ${FRED.address}`])
  const { text } = await letterTo(FRED.address)
  t.match(text, /^(A public follow-up is added to ticket 1\. susan answered this ticket|fred wrote)/)
})

t.test('what is only a quote or a signature is refused, and nobody gets it', async t => {
  const { answerTo, told, letterTo, lastMail, ticket, config } = await answeringFor(t)
  const before = await kept(config.state_dir, 'followups')
  const letter = await letterTo(SUSAN.address)
  for (const text of ['', '-- \nSusan', QUOTE]) {
    t.match(await answerTo(letter, text), /^250 /)
    t.same(await told(), [`answered ${SUSAN.address}`])
    const reasons = ['an answer of susan to public words', /no new words/]
    t.match(await lastMail(), { verdict: 'followup', tickets: [1], user: 1, reasons })
    const { text: told_, subject } = await letterTo(SUSAN.address)
    t.match(
      told_,
      /^Your mail about ticket 1 was not added, and nobody was told: it has no new words or files/,
    )
    t.equal(subject, 'Re: [support-1] The lamp')
  }
  t.same(await kept(config.state_dir, 'followups'), before)
  t.match(await ticket(), { assigned_to: null, version: 1 })
})

t.test(
  'what a letter says of replies may no longer hold: then they are private, and the agent is told',
  async t => {
    const changes: readonly [string, RegExp, (desk: Answering) => Promise<unknown>][] = [
      [
        'another submitter',
        /the submitter of ticket 1 has changed/,
        ({ shell }) => shell('submitter', '1', BOB),
      ],
      [
        'a duplicate',
        /ticket 1 is a duplicate of ticket 2 now/,
        async ({ susan, shell }) => {
          await susan('create_ticket', { queue: '1', title: 'Lamps', submitter_email: BOB })
          await shell('duplicate', '1', 'of', '2')
        },
      ],
    ]
    for (const [what, since, change] of changes) {
      const desk = await answeringFor(t)
      const letter = await desk.letterTo(SUSAN.address)
      await change(desk)
      await desk.told()
      await desk.answerTo(letter, 'For Maria alone.')
      t.same(await desk.told(), [`answered ${SUSAN.address}`], what)
      t.match(await desk.lastFollowup(), { public: false, author: { kind: 'user', user: 1 } }, what)
      const { text } = await desk.letterTo(SUSAN.address)
      t.match(
        text,
        /^A private follow-up is added to ticket [12]\.\n\nOnly those who work on the ticket get it, since/,
      )
      t.match(text, since)
    }
  },
)

t.test('an agent who no longer sees the ticket', async t => {
  const { susan, answerTo, letterTo, lastFollowup, told } = await answeringFor(t)
  await susan('assign', { ticket: '1', assigned_to: 'fred' })
  await susan('add_followup', { ticket: '1', message: 'We come.', public: 'y' })
  const letter = await letterTo(FRED.address)
  t.match(letter.text, /goes to Maria Lee/)
  await susan('add_queue', { title: 'Sales', slug: 'sales' })
  await susan('assign', { ticket: '1', assigned_to: 'susan' })
  await susan('change_user', { username: 'fred', queues: 'support' })
  await susan('move', { ticket: '1', queue: 'sales' })
  await told()
  await answerTo(letter, 'Tomorrow.')
  t.match(await lastFollowup(), { public: false, author: { kind: 'submitter', proven: true } })
  t.same(await told(), [`answered ${FRED.address}`, `followed_up ${SUSAN.address}`])
  const { text } = await letterTo(FRED.address)
  t.match(text, /since fred does not see the queue of ticket 1\./)
  t.notMatch(text, /The lamp|Maria/, 'the letter shows nothing of the ticket')
})

t.test('mail that may answer no letter is private, and its writer is told', async t => {
  const { answerTo, letterTo, lastFollowup, told, mail } = await answeringFor(t)
  const letter = await letterTo(SUSAN.address)
  const tagged = { subject: 'Re: [support-1] The lamp', headers: {} }
  const clear: readonly [string, Parameters<Answering['answerTo']>[2]][] = [
    ['the key and the tag', tagged],
    ['the key, and an id that a middle has replaced', { headers: { 'In-Reply-To': '<0100@mail.example>' } }],
    ['the id alone', { to: SUPPORT }],
    [
      'the id last in References',
      { to: SUPPORT, headers: { References: `<a@b.example> ${letter.messageId}` } },
    ],
  ]
  for (const [what, more] of clear) {
    await answerTo(letter, `Words of ${what}.`, more)
    t.match(await lastFollowup(), { comment: `Words of ${what}.`, public: true }, what)
    t.same(await told(), [`followed_up ${MARIA}`], what)
  }
  const unclear: readonly [string, Parameters<Answering['answerTo']>[2]][] = [
    ['a tag alone', { ...tagged, to: SUPPORT }],
    ['a new mail to a remembered address', { subject: 'Lunch', headers: {} }],
    ['a forward', { subject: `Fwd: ${letter.subject}` }],
    [
      'a letter above in the conversation',
      {
        to: SUPPORT,
        headers: { 'In-Reply-To': '<x@y.example>', References: `${letter.messageId} <x@y.example>` },
      },
    ],
    [
      'an answer to somebody else with the key in Cc',
      { headers: { 'In-Reply-To': '<x@y.example>', Cc: BOB } },
    ],
    ['two letters', { headers: { 'In-Reply-To': `${letter.messageId} <x@y.example>` }, to: SUPPORT }],
  ]
  for (const [what, more] of unclear) {
    await answerTo(letter, `Words of ${what}.`, more)
    t.match(
      await lastFollowup(),
      { comment: `Words of ${what}.`, public: false, author: { kind: 'user' } },
      what,
    )
    t.match(await told(), [`answered ${SUSAN.address}`], what)
    t.match(
      (await letterTo(SUSAN.address)).text,
      /since nothing says for sure which letter it answers\./,
      what,
    )
  }
  await mail({ from: SUSAN.address, to: HELPDESK, subject: 'Re: [support-1] The lamp', text: 'Not proven.' })
  t.match(await lastFollowup(), { public: false, author: { kind: 'submitter', proven: false } })
})

t.test('a quote that cannot be told from the words goes to nobody outside', async t => {
  const { answer, letterTo, lastFollowup, told } = await answeringFor(t)
  const { text = '' } = await letterTo(SUSAN.address)
  await answer(SUSAN.address, `We come.\n\nSupport, what did they say:\n| ${text.replaceAll('\n', '\n| ')}`)
  t.match(await lastFollowup(), { public: false, author: { kind: 'user' }, comment: /From Maria/ })
  t.same(await told(), [`answered ${SUSAN.address}`])
  t.match((await letterTo(SUSAN.address)).text, /since it seems to have a quote of the letter/)
})

t.test(
  'a colleague may answer the letter of another, an agent who is the submitter writes as that',
  async t => {
    const { answerTo, letterTo, lastFollowup, told, susan } = await answeringFor(t)
    const letter = await letterTo(SUSAN.address)
    await answerTo(letter, 'I know that lamp.', { from: FRED.address, login: FRED })
    t.match(await lastFollowup(), { public: true, author: { kind: 'user', user: 2 } })
    t.ok((await told()).includes(`followed_up ${MARIA}`))
    await answerTo(await letterTo(MARIA), 'Forwarded by Maria.', { from: FRED.address, login: FRED })
    t.match(await lastFollowup(), { public: false, author: { kind: 'user', user: 2 } })
    t.match(
      (await letterTo(FRED.address)).text,
      /since it answers a letter to maria@customer\.example, who is no agent/,
    )
    await susan('create_ticket', {
      queue: '1',
      title: 'Mine',
      submitter_email: FRED.address,
      assigned_to: 'susan',
    })
    await told()
    const own = await letterTo(FRED.address)
    t.notMatch(own.text, /Your reply/)
    await answerTo(own, 'As a submitter.')
    t.match(await lastFollowup(), { public: true, author: { kind: 'submitter', proven: true } })
    t.same(await told(), [`followed_up ${SUSAN.address}`])
  },
)

t.test(
  'the answer of an agent that nothing proves is private, and the agent is told once how to do better',
  async t => {
    const { answerTo, letterTo, lastFollowup, told, susan } = await answeringFor(t)
    await susan('change_queue', { queue: '1', new_ticket_cc: SUSAN.address })
    const letter = await letterTo(SUSAN.address)
    const unproven = { from: FRED.address, envelopeFrom: FRED.address, login: undefined } as never
    const hint =
      /Your mail is private, since nothing proves that you wrote it\. To write to the submitter by mail, send it with this helpdesk as the outgoing server of your mail program and your login here\./
    await answerTo(letter, 'From my phone.', unproven)
    t.match(await lastFollowup(), { public: false, author: { kind: 'submitter', proven: false } })
    t.ok((await told()).includes(`claimed ${FRED.address}`))
    t.match((await letterTo(FRED.address)).text, hint)
    await answerTo(letter, 'Again from my phone.', unproven)
    t.ok((await told()).includes(`claimed ${FRED.address}`))
    t.notMatch((await letterTo(FRED.address)).text, hint)
  },
)

t.test('the key of a letter proves an answer as a login does', async t => {
  const { answerTo, letterTo, lastFollowup, told, ticket } = await answeringFor(t, '')
  const letter = await letterTo(SUSAN.address)
  t.match(
    letter.text,
    /\nYour reply goes to Maria Lee <maria@customer\.example>\. With it, the ticket becomes yours\.\n\nLinks for you alone, /,
  )
  await answerTo(letter, 'From my phone.', { login: undefined } as never)
  t.match(await lastFollowup(), {
    comment: 'From my phone.',
    public: true,
    author: { kind: 'user', user: 1 },
  })
  t.match(await ticket(), { assigned_to: 1 })
  t.same(await told(), [`followed_up ${MARIA}`])
  await answerTo(letter, QUOTE, { login: undefined } as never)
  t.same(await told(), [`answered ${SUSAN.address}`])
})

t.test('a site without a proof for replies', async t => {
  const { answer, letterTo, lastFollowup } = await answeringFor(t, 'commands.proofs = []')
  t.match((await letterTo(SUSAN.address)).text, PRIVATE)
  await answer(SUSAN.address, 'With a login.')
  t.match(await lastFollowup(), { public: false })
})

t.test('a token that is limited to other methods answers nobody', async t => {
  const { answer, susan, letterTo, lastFollowup } = await answeringFor(t)
  const { body } = await susan('issue_token', {
    username: 'susan',
    label: 'monitor',
    methods: 'list_tickets',
  })
  const [token = ''] = /hdt_[A-Za-z0-9_-]+/.exec(body) ?? []
  await answer(SUSAN.address, 'By a program.', { login: { username: SUSAN.username, password: token } })
  t.match(await lastFollowup(), { public: false, author: { kind: 'submitter', proven: true } })
  t.match((await letterTo(SUSAN.address)).text, /since its token cannot call add_followup\./)
})
