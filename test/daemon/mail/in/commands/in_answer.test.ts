import t from 'tap'
import { FRED, SUSAN } from '../../../../house.ts'
import { answeringFor, MARIA } from '../answers/answering.ts'

const QUOTE = '\n\nOn Mon, Nov 23, 2026 at 9:00 AM Support <support@helpdesk.example> wrote:\n> It is dark.\n'

t.test('lines at the top of an answer act on its ticket, and the rest goes to the submitter', async t => {
  const { answer, told, lastFollowup, lastMail, ticket } = await answeringFor(t)
  await answer(SUSAN.address, `/take\n/priority 1: dark\n/assign fred\n\n-- \nSusan${QUOTE}`)
  t.match(await lastMail(), { verdict: 'command', user: 1, tickets: [1] })
  t.match(await ticket(), { assigned_to: 2, priority: 1 })
  t.same(await told(), [`answered ${SUSAN.address}`, `assigned ${FRED.address}`], 'not the submitter')

  await answer(FRED.address, `/take\n\nWe bring a lamp.${QUOTE}`, {
    attachments: [{ filename: 'lamp.txt', content: 'A lamp.' }],
  })
  t.match(await lastFollowup(), { comment: 'We bring a lamp.', public: false }, 'to a private letter')
  await told()
})

t.test('the text below commands is a public answer to public words', async t => {
  const { answer, told, letterTo, lastFollowup, ticket } = await answeringFor(t)
  await answer(SUSAN.address, `/assign fred\nWe bring a lamp.\n\nSusan${QUOTE}`)
  t.match(await lastFollowup(), {
    comment: 'We bring a lamp.\n\nSusan',
    public: true,
    author: { user: 1 },
    original: { filename: 'original.txt' },
  })
  t.match(await ticket(), { assigned_to: 2 })
  t.same(await told(), [
    `answered ${SUSAN.address}`,
    `assigned ${FRED.address}`,
    `followed_up ${FRED.address}`,
    `followed_up ${MARIA}`,
  ])
  t.match(
    (await letterTo(SUSAN.address)).text,
    /^"\/assign fred"\nTicket 1 is assigned to fred\.\n\nA public follow-up is added to ticket 1\.\n\n\[support-1\]/,
  )
})

t.test('the first command that takes a text gets the one below', async t => {
  const { answer, told, letterTo, lastFollowup, ticket } = await answeringFor(t)
  await answer(SUSAN.address, `/hold until 2099-12-24: the part\nIt comes at Christmas.${QUOTE}`)
  t.match(await lastFollowup(), { comment: 'the part\n\nIt comes at Christmas.', public: false })
  t.match(await ticket(), { on_hold: true, hold_until: '2099-12-24' })
  t.same(await told(), [`answered ${SUSAN.address}`])
  const { text } = await letterTo(SUSAN.address)
  t.match(
    text,
    /^Ticket 1 is on hold until Thursday, 24 December 2099\.[\s\S]*Your text is the reason; the submitter does not see it\./,
  )
})

t.test('resolving by an answer', async t => {
  const { answer, told, lastFollowup, ticket } = await answeringFor(t)
  await answer(SUSAN.address, `/resolve\nThe fuse was changed.${QUOTE}`)
  t.match(await ticket(), { status: 3, resolution: 'The fuse was changed.' })
  t.match(await lastFollowup(), { public: true })
  t.same(await told(), [`answered ${SUSAN.address}`, `resolved ${MARIA}`])
})

t.test('a line says that the answer is private', async t => {
  const { answer, told, lastFollowup, lastMail, ticket } = await answeringFor(t)
  await answer(SUSAN.address, `/private\nMaria is my neighbour.${QUOTE}`)
  t.match(await lastMail(), { verdict: 'followup' })
  t.match(await lastFollowup(), { comment: 'Maria is my neighbour.', public: false, author: { user: 1 } })
  t.match(await ticket(), { assigned_to: null })
  t.same(await told(), [])
  await answer(SUSAN.address, `/private\n/take\nMaria is my neighbour.${QUOTE}`)
  t.match(await lastFollowup(), { comment: 'Maria is my neighbour.', public: false })
  t.match(await ticket(), { assigned_to: 1 })
  t.same(await told(), [`answered ${SUSAN.address}`])
  await answer(MARIA, '/resolve\nIt works.')
  t.match(await lastFollowup(), { comment: '/resolve\nIt works.', public: true }, 'only agents command')
})

t.test('one wrong line refuses all, and says which', async t => {
  const { answer, told, letterTo, lastMail, ticket } = await answeringFor(t)
  const before = await ticket()
  for (const [text, sentence] of [
    [
      '/take\n/hodl until friday',
      'Nothing was done. "/hodl until friday" is not understood. Write: /hold until friday',
    ],
    ['/take\n/assign eve', 'Nothing was done. "/assign eve": There is no user eve.'],
    ['/take\n/resolve', 'Nothing was done. "/resolve": resolution is missing'],
    ['/hold 2', 'Nothing was done. "/hold 2": It is not a command about this ticket.'],
    ['/take\n/private', 'Nothing'],
  ] as const) {
    await answer(SUSAN.address, `${text}${QUOTE}`)
    if (sentence === 'Nothing') continue
    t.match(await ticket(), before)
    t.ok((await letterTo(SUSAN.address)).text!.replaceAll('\n', ' ').startsWith(sentence), sentence)
    t.match((await lastMail()).tickets, [1])
    t.same(await told(), [`answered ${SUSAN.address}`])
  }
})

t.test('commands without a text, with the image of a signature, tell nobody', async t => {
  const { answer, told, lastFollowup } = await answeringFor(t)
  await answer(SUSAN.address, `/take${QUOTE}`, { attachments: [{ filename: 'logo.png', content: 'x' }] })
  t.match(await lastFollowup(), { public: false, attachments: [{ filename: 'logo.png' }] })
  t.same(await told(), [`answered ${SUSAN.address}`])
})
