import t from 'tap'
import type { Mail, Ticket } from '../../../../../data/tables.ts'
import { type House, house, SUSAN, type TestMail } from '../../../../house.ts'
import { kept } from '../../kept.ts'

const ERIN = 'erin@example.net'
const SIGNATURE = '\n\n-- \nSusan Bones\nExample Ltd.'

async function built(t: Parameters<typeof house>[0], more = ''): Promise<House> {
  const made = await house(t, more)
  for (const title of ['The printer', 'The door', 'The lift'])
    await made.susan('create_ticket', { queue: '1', title, submitter_email: ERIN })
  return made
}
async function newest({ config }: House) {
  return (await kept(config.state_dir, 'followups')).at(-1)!
}
async function ticketsOf({ config }: House): Promise<readonly Ticket[]> {
  return kept(config.state_dir, 'tickets')
}
async function lastMail({ config }: House): Promise<Mail> {
  return (await kept(config.state_dir, 'mails')).at(-1)!
}

t.test('a command keeps the words of its line and those below it, without a signature', async t => {
  const house = await built(t)
  const command = (subject: string, text: string) => house.mail({ subject, text, login: SUSAN })
  await command('resolve 1: The fuse.', `It was the one on floor 2.${SIGNATURE}`)
  t.match(await newest(house), {
    comment: 'The fuse.\n\nIt was the one on floor 2.',
    original: { filename: 'original.txt' },
  })
  await command('hold 2', `Waiting for the part.\n\nSent from my iPhone`)
  t.match(await newest(house), { comment: 'Waiting for the part.', public: false })
  await command('unhold 2', SIGNATURE.trimStart())
  t.match(await newest(house), { comment: '', original: undefined })
  await command('answer 3', 'It comes\non Friday.')
  t.match(await newest(house), { comment: 'It comes\non Friday.', public: true })
  await command('note 3: Call the plumber.', SIGNATURE.trimStart())
  t.match(await newest(house), { comment: 'Call the plumber.', public: false })
  await command('create support: The roof', `It leaks.${SIGNATURE}`)
  t.match(await newest(house), { comment: `It leaks.${SIGNATURE}` }, 'the first text of a ticket is whole')
})

t.test('a batch is one commit, and one answer', async t => {
  const house = await built(t)
  const text = `hold 1 2: the part\n\nassign 3 fred\nnote 3: see 1\n-- \nSusan`
  await house.mail({ subject: 'Batch', text, login: SUSAN })
  t.match(await lastMail(house), { verdict: 'command', user: 1, tickets: [1, 2, 3] })
  t.match(await ticketsOf(house), [{ on_hold: true }, { on_hold: true }, { assigned_to: 2 }])
  const answer = await house.letter(/^Subject: Re: Batch\r$/m)
  t.match(
    answer,
    /^"hold 1 2: the part"\r?\nTicket 1 is on hold\.\r?\nTicket 2 is on hold\.\r?\n\r?\n"assign 3 fred"\r?\nTicket 3 is assigned to fred\.\r?\n\r?\n"note 3: see 1"\r?\nA private follow-up is added to ticket 3\./m,
  )
})

t.test('a batch with one refused command does nothing, and says which one', async t => {
  const house = await built(t)
  const before = await ticketsOf(house)
  for (const [text, sentence] of [
    ['unhold 1\nhold 1\nhold 99', 'Nothing was done. Line 3: There is no ticket 99.'],
    ['hold 1\nThank you', 'Nothing was done. Line 2: "Thank you" is not a command.'],
    [
      'hold 1\nadd_user username=eve email=eve@example.com',
      'Nothing was done. Line 2: add_user cannot be called by mail; use http or shell.',
    ],
    [
      'hold 1\nhold_ticket ticket=1 when=now',
      'Nothing was done. Line 2: hold_ticket has no parameter "when"',
    ],
  ] as const) {
    await house.mail({ subject: 'batch', text, login: SUSAN })
    const { reasons } = await lastMail(house)
    t.ok(
      reasons.some(reason => reason.includes(sentence)),
      `${sentence} in ${reasons}`,
    )
  }
  t.same(await ticketsOf(house), before)
})

t.test('a test changes nothing and says what would happen', async t => {
  const house = await built(t)
  const before = await ticketsOf(house)
  await house.mail({ subject: 'test hold 1', text: '', login: SUSAN })
  await house.mail({ subject: 'test batch', text: 'hold 1\nresolve 2: done', login: SUSAN })
  t.same(await ticketsOf(house), before)
  const one = await house.letter(/^Subject: Re: test hold 1\r$/m)
  const two = await house.letter(/^Subject: Re: test batch\r$/m)
  t.match(one, /Nothing is changed[\s\S]*Ticket 1 is on hold\./)
  t.match(two, /Nothing is changed[\s\S]*Ticket 1 is on hold\.[\s\S]*Ticket 2 is resolved\./)
})

t.test('the answer tells which words and files no command takes', async t => {
  const house = await built(t, 'limits.attachment = 10')
  const files = [{ filename: 'a.txt', content: 'a plan' }]
  const large = [{ filename: 'b.txt', content: 'a long plan' }]
  const cases: readonly [string, Partial<TestMail>, RegExp | undefined][] = [
    [
      'assign 1 fred',
      { text: 'She is in a hurry.' },
      /text of your mail is not kept: this command takes none/,
    ],
    ['take 1', { text: '', attachments: files }, /files of your mail are not kept: no command in it takes/],
    ['batch', { text: 'take 2', attachments: files }, /files of your mail are not kept/],
    ['answer 1', { text: 'See the plan.', attachments: large }, /Files of more than 10 bytes are not kept/],
    ['assign 2 fred', { text: SIGNATURE.trimStart() }, undefined],
    ['answer 2', { text: 'See the plan.', attachments: files }, undefined],
    ['batch', { text: 'take 3\nnote 3: mine' }, undefined],
    ['priority 3 1', { text: 'It is urgent.' }, undefined],
  ]
  for (const [subject, fields] of cases) await house.mail({ ...fields, subject, login: SUSAN })
  const answers = (await kept(house.config.state_dir, 'letters')).flatMap(({ answer }) => answer ?? [])
  for (const [at, [subject, , told]] of cases.entries()) {
    const { sentences } = answers[at]!
    const all = sentences.join(' ').replaceAll('\n', ' ')
    t.match(all, told ?? /(assigned|added|priority)[^.]*\.$/, subject)
    t.equal(/not kept/.test(all), told !== undefined, subject)
  }
})
