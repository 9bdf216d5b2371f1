import t from 'tap'
import { connect } from '../../../../../daemon/shell/client.ts'
import { FRED, type House, SUPPORT, SUSAN } from '../../../../house.ts'
import { asking, ERIN, EVE, NO_CAPS, type Sent } from './asking.ts'

t.test('the letter that asks, and those about the answer', async t => {
  const its = await asking(t)
  const question = await its.asked({ subject: 'answer 1', text: 'We come on Monday.\nyes\n\n-- \nFred' })
  t.equal(question.subject, 'Confirm: answer 1')
  t.equal(
    question.text,
    `A mail in your name has this command, and nothing proves that you wrote it:

  answer 1

  > We come on Monday.
  > yes

Nothing has been done yet. If you say yes, it will do this:

  A public follow-up is added to ticket 1.
  Letters go to erin@example.net.

It is about:

  [support-1] The printer

To have it done, reply to this letter within 24 hours, from any of your addresses. Write the word yes in the first line, and nothing else in that line.

If you did not send it, reply with the word no. Then nothing is done, and the administrators are told.

Without an answer, nothing is done either. The mail has opened no ticket, and is kept as mail 1. If it was not meant as a command, send it again with another subject.
`,
  )
  await its.answer(question, 'I never sent this\n')
  t.equal(
    (await its.letterTo(FRED.address)).text,
    `The answer to our letter does not count as a yes: its first line is not the word yes. So the command is cancelled, and nothing was done. The administrators have been told.

If you want it done, send the command again, and reply to the new letter with the word yes in the first line.
`,
  )
  t.match(
    (await its.letterTo(SUSAN.address)).text.replace(/[0-9]{4}-.{11} UTC/g, 'TIME'),
    `We asked fred whether to carry out a command that a mail without proof had asked for. The answer does not count as a yes: its first line is not the word yes. So the command is cancelled, and nothing was done.

It asked for: add_followup
About tickets: 1
It came: TIME from 127.0.0.1 (why 1)
We asked: fred@example.org by letter 1
The answer: TIME from 127.0.0.1 (why 2)
Its From: fred@example.org
It begins: I never sent this
`,
  )
  const wrong = await its.asked({ subject: 'hodl 1' })
  t.match(wrong, { key: '', subject: 'Not done: hodl 1' })
  t.match(wrong.text, 'It was not carried out. "hodl 1" is not understood. Write: hold 1\n')
})

/** What mails of fred without proof do, and what the letter says; none if there is no letter. */
const MAILS: Record<string, [Sent, string, RegExp?]> = {
  'a command': [{ subject: 'hold 1' }, 'unconfirmed', /\n {2}Ticket 1 is on hold\.\n/],
  'a command to a queue': [
    { to: SUPPORT, subject: 'hold 1' },
    'unconfirmed',
    /\n {2}Ticket 1 is on hold\.\n/,
  ],
  'a command that names no ticket, to a queue': [{ to: SUPPORT, subject: 'mine' }, 'ticket'],
  'a new ticket': [
    { subject: 'create support: A mouse', text: 'It squeaks.' },
    'unconfirmed',
    /> It squeaks\.\n[\s\S]*Ticket \d+ is open in queue Support\./,
  ],
  'several tickets': [
    { subject: 'hold 1, 2' },
    'unconfirmed',
    /Ticket 1 [\s\S]*Ticket 2 [\s\S]*The printer\n.*The door/,
  ],
  'a batch': [
    { subject: 'batch', text: 'hold 1\nshow 2\n-- \nFred' },
    'unconfirmed',
    /> show 2\n[\s\S]*Ticket 1 is on hold\.\n {2}Show a ticket/,
  ],
  'a test': [{ subject: 'test hold 1' }, 'unconfirmed', /Nothing is changed\./],
  'a question': [{ subject: 'show 1' }, 'unconfirmed', /A letter gives you the answer\./],
  'what shows a ticket': [{ subject: 'next' }, 'unconfirmed', /A letter gives you the answer\.\n {2}Nobody/],
  'a batch with a wrong line': [
    { subject: 'batch', text: 'hold 1\nfoo' },
    'unconfirmed',
    /Line 2: "foo" is not/,
  ],
  'a ticket that does not exist': [
    { subject: 'hold 9' },
    'unconfirmed',
    /carried out\. There is no ticket 9\./,
  ],
  'a near miss': [{ subject: 'hold1' }, 'unconfirmed', /Write: hold 1/],
  'an answer with a command as its subject': [{ subject: 'Re: hold 1' }, 'unconfirmed', /Write: hold 1/],
  administration: [{ subject: 'ignore *@example.net' }, 'unconfirmed', /add_ignore needs a better proof/],
  'a password': [
    { subject: 'set_password new_password=x' },
    'unconfirmed',
    /set_password needs a better proof/,
  ],
  'a token': [{ subject: 'issue_token label=x' }, 'unconfirmed', /issue_token needs a better proof/],
  'a deletion': [{ subject: 'delete 1 confirm' }, 'unconfirmed', /delete_ticket needs a better proof/],
  'a redaction': [{ subject: 'redact 1 followup 1' }, 'unconfirmed', /redact needs a better proof/],
  'a long text': [
    { subject: 'answer 1', text: 'long '.repeat(2000) },
    'unconfirmed',
    /longer than 8192 bytes/,
  ],
  'words that hide': [
    { subject: 'answer 1', text: 'a\u202eb\u200bc', more: inUtf8() },
    'unconfirmed',
    /\n {2}> abc\n/,
  ],
  'a file': [
    { ...withFile(), subject: 'answer 1' },
    'unconfirmed',
    /files of the mail do not go along: part\.txt\./,
  ],
  'ordinary words': [{ subject: 'Move my desk' }, 'ticket'],
  'a stranger': [{ from: EVE, envelopeFrom: EVE }, 'ticket'],
  'the submitter': [{ from: ERIN, envelopeFrom: ERIN }, 'ticket'],
  'the name of fred beside another address': [{ from: `"${FRED.address}" <${EVE}>` }, 'ticket'],
  'two From': [{ from: `${FRED.address}\r\nFrom: ${EVE}` }, 'ticket'],
  'two subjects': [{ subject: 'hold 1\r\nSubject: hold 1' }, 'ticket'],
  'no Date': [{ ids: 'Message-ID: <nodate@example.org>\r\n' }, 'ticket'],
  'a machine': [{ more: 'Auto-Submitted: auto-generated\r\n' }, 'automatic'],
  'a mailing list': [{ more: 'List-Id: <all.example.org>\r\n' }, 'ticket'],
}
function inUtf8(): string {
  return 'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n'
}
function withFile(): Sent {
  const more = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n'
  const file = '--b\nContent-Disposition: attachment; filename=part.txt\n\nX\n--b--\n'
  return { more, text: `--b\n\nHere it is.\n${file}` }
}

t.test('what is asked about, and what is not', async t => {
  const its = await asking(t, NO_CAPS)
  for (const [name, [sent, verdict, says]] of Object.entries(MAILS)) {
    const tickets = (await its.all('tickets')).length
    const letters = (await its.all('letters')).filter(({ event }) => event === 'unconfirmed').length
    t.match(await its.record(sent), { verdict }, name)
    const asking = (await its.all('letters')).filter(({ event }) => event === 'unconfirmed')
    t.equal((await its.all('tickets')).length - tickets, says ? 0 : 1, `${name}: tickets`)
    t.equal(asking.length - letters, says ? 1 : 0, `${name}: letters`)
    t.same([...new Set(asking.map(({ to }) => to))], [FRED.address], 'nobody else is asked')
    if (!says) continue
    const question = await its.letterTo(FRED.address)
    t.match(question.text, says, name)
    t.notMatch(question.text, /^\s*yes\s*$/im, 'no line is a yes')
    if (question.key !== '') await its.answer(question, 'no')
  }
  t.notOk(await its.isHeld(1))
})

t.test('what is not switched on asks nobody', async t => {
  for (const more of ['commands.proofs = ["smtp-auth", "letter"]', 'mail.plus = false']) {
    const its = await asking(t, more)
    t.match(await its.record({ subject: 'hold 1' }), {
      verdict: 'ticket',
      reasons: ['a command without proof', /^not proven/],
    })
    t.match(await its.letterTo(FRED.address), { letter: { event: 'claimed' } }, more)
  }
})

t.test('three commands wait at most, and the caps hold letters back', async t => {
  const its = await asking(t)
  for (let n = 0; n < 3; n++) t.match(await its.asked({ subject: 'hold 1' }), { subject: 'Confirm: hold 1' })
  const fourth = await its.asked({ subject: 'hold 2' })
  t.match(fourth, { subject: 'Not done: hold 2', key: '' })
  t.match(fourth.text, '3 commands in your name are already waiting for your answer.')
  await its.asked({ subject: 'hold 2' })
  t.match(await its.record({ subject: 'hold 2' }), {
    verdict: 'unconfirmed',
    tickets: [2],
    held_back: [/^No letter to fred@example\.org about the command in mail 6: .*hourly limit of 5\.$/],
  })
  t.match(await its.letterTo(SUSAN.address), { subject: 'Letters are held back' })
  t.equal((await its.all('confirmations')).length, 3)
  t.equal((await its.all('tickets')).length, 2)
})

t.test('why and replay tell of it', async t => {
  const its = await asking(t, NO_CAPS)
  const question = await its.asked({ subject: 'hold 1', text: 'Wait.' })
  const why = async (mail: number) => (await its.shell('why', `${mail}`)).says
  t.match(await why(1), /who was asked by letter.*\(unconfirmed\)/)
  t.match(
    await why(1),
    /It was about ticket 1\.\nA yes to letter 1 counts until .* UTC; none has come yet\.\n/,
  )
  await its.answer(question, 'yes')
  t.match(await why(1), 'Its user has said yes to letter 1, so it was carried out.')
  t.match(await why(2), 'It is proven to be from fred: it says yes at the reply address of the letter')
  t.match(await replay(its, 1), 'Mail 1 was carried out, since its user said yes.')
  t.match(
    await replay(its, 2),
    'Mail 2 answered a letter that asked about a command, which is done only once.',
  )
  await its.asked({ subject: 'hold 2', text: 'No command at all.' })
  t.match(await replay(its, 3), /opened ticket 3, which is in queue Support\./)
  t.match((await its.all('tickets')).at(-1), { title: 'hold 2', submitter_email: FRED.address })
  t.match((await its.shell('mails', 'unconfirmed')).says, /^3 hold 2\n/)
})

async function replay({ config, events }: House, mail: number): Promise<string> {
  const client = await connect(config.state_dir, events)
  try {
    return (await client.run({ method: 'replay_mail', params: { mail: `${mail}`, yes: 'y' } })).says
  } finally {
    await client.close()
  }
}

t.test('what is deleted or redacted is gone from the letters, too', async t => {
  const its = await asking(t, NO_CAPS)
  const secret = /marmalade/
  await its.answer(await its.asked({ subject: 'answer 1', text: 'The marmalade burns.' }), 'yes')
  t.match(JSON.stringify(await its.all('letters')), secret)
  await its.susan('redact', { ticket: '1', followup: '1' })
  t.notMatch(JSON.stringify([await its.all('letters'), await its.all('confirmations')]), secret)
  t.match(await its.all('mails'), [{ raw: null }])
  const question = await its.asked({ subject: 'answer 2: marmalade', text: 'More marmalade.' })
  await its.susan('delete_ticket', { ticket: '2', confirm: 'y' })
  for (const table of ['letters', 'confirmations', 'mails'] as const)
    t.notMatch(JSON.stringify(await its.all(table)), secret, table)
  t.match(await its.answer(question, 'yes'), { verdict: 'confirmed' })
  t.match((await its.letterTo(FRED.address)).text, 'what it was about no longer exists')
})

t.test('what the command does not take is said before, and how to take it back afterwards', async t => {
  const its = await asking(t)
  const question = await its.asked({ subject: 'hold 1' })
  t.notMatch(question.text, 'not kept')
  await its.answer(question, 'yes')
  t.match((await its.letterTo(FRED.address)).letter, {
    event: 'answered',
    ticket: 1,
    answer: { sentences: ['Ticket 1 is on hold.'], next: [{ does: 'undo', line: 'unhold 1' }] },
  })
  t.match(
    (await its.asked({ subject: 'take 2', text: 'Tell erin.' })).text,
    /\n {2}The text of your mail is not kept: this command takes none\./,
  )
})
