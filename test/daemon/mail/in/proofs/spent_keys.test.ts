import t from 'tap'
import { LetterWords } from '../../../../../daemon/mail/out/letters/letter_words.ts'
import { keyText } from '../../../../../daemon/mail/out/notices/key.ts'
import { noticeBodies } from '../../../../../daemon/mail/out/notices/notice_text.ts'
import type { KeyNotice } from '../../../../../data/tables.ts'
import { FRED, HELPDESK, SUPPORT, SUSAN } from '../../../../house.ts'
import { NO_LETTERS } from '../../no_letters.ts'
import { daysAgo, ERIN, EVE, type Fields, lettersToFred } from './letters_to_fred.ts'

const WORDS = new LetterWords().usual()
const NO_CAP = `limits.letters_per_address_hour = 1000\nlimits.letters_per_address_day = 1000\n${NO_LETTERS}`

t.test('a key that others know is spent, and its user is told once', async t => {
  const its = await lettersToFred(t, [], NO_CAP)
  const spending: [string, Partial<Fields>, RegExp][] = [
    [
      'others in Cc',
      { more: `Cc: ${EVE}\r\n` },
      /^the key of letter \d+ to fred is spent, since the mail went to others, too$/,
    ],
    ['others in Bcc', { more: `Bcc: ${EVE}\r\n` }, /went to others, too$/],
    ['a colleague in Cc', { more: `Cc: ${SUSAN.address}\r\n` }, /went to others, too$/],
    ['from a stranger', { from: EVE }, /is spent, since the mail is not from fred$/],
    ['from the submitter', { from: ERIN }, /is not from fred$/],
    ['from a colleague', { from: SUSAN.address }, /is not from fred$/],
    ['from nobody', { from: '"a b"@evil.example' }, /is not from fred$/],
    ['through a mailing list', { from: EVE, more: 'List-Id: <all.example.org>\r\n' }, /is not from fred$/],
  ]
  for (const [at, [what, fields, reason]] of spending.entries()) {
    const to = its.key()
    await its.send({ to, subject: 'Re: The printer', ...fields })
    const { reasons, tickets } = await its.lastMail()
    t.match(reasons.at(-1), reason, what)
    t.same(tickets, [1], `${what}: it still threads`)
    t.match(await its.prioritize(to, 5), { proof: undefined, ticket: { priority: 3 } }, what)
    await its.send({ to, subject: 'Re: The printer', ...fields })
    const notices = await its.notices()
    t.equal(notices.length, at + 1, `${what}: told once`)
    t.match(notices.at(-1), { to: FRED.address, ticket: null }, what)
  }
})

t.test('what spends no key', async t => {
  const its = await lettersToFred(
    t,
    [{ to: ERIN }, { to: 'desk@example.org' }, { created: daysAgo(31) }],
    NO_CAP,
  )
  const outside = [1, 2, 3].map(id => its.keyOf(its.letterWith({ id, to: id === 1 ? ERIN : FRED.address })))
  const harmless: [string, Partial<Fields>][] = [
    ['an automatic reply from another address', { from: EVE, more: 'Auto-Submitted: auto-replied\r\n' }],
    ['an automatic reply with Cc', { more: `Auto-Submitted: auto-replied\r\nCc: ${EVE}\r\n` }],
    ['another ticket system', { from: EVE, more: 'Auto-Submitted: auto-generated\r\n' }],
    ['a null return path', { from: EVE, envelopeFrom: '' }],
    ['a no-reply address', { from: 'noreply@evil.example' }],
    ['another address of ours in Cc', { more: `Cc: ${SUPPORT}, ${HELPDESK}\r\n` }],
    ['no To', { to: '' }],
    ['a header with two readings', { more: `Subject: Re: x\r\n` }],
  ]
  for (const [what, fields] of harmless) {
    const to = its.key()
    await its.send({ to, subject: 'Re: The printer', recipients: [to], ...fields })
    t.match(await its.prioritize(to, 2), { proof: 'letter' }, what)
  }
  for (const to of outside) {
    await its.send({ to, subject: 'Re: The printer', from: EVE })
    await its.send({ to, subject: 'Re: The printer', from: ERIN, more: `Cc: ${EVE}\r\n` })
  }
  await its.send({ to: its.key().replace(/.(?=@)/, last => (last === 'a' ? 'b' : 'a')), from: EVE })
  t.same(await its.notices(), [], 'and nobody is told')
})

t.test('the caps hold for the letters that tell of it', async t => {
  const its = await lettersToFred(t)
  for (let n = 0; n < 7; n++) await its.send({ from: EVE, subject: 'Re: The printer' })
  t.equal((await its.notices()).length, 5)
})

t.test('who does not see the ticket is not told, and the key is spent all the same', async t => {
  const its = await lettersToFred(t)
  await its.susan('add_queue', { title: 'Sales', slug: 'sales' })
  await its.susan('change_user', { username: 'fred', queues: 'sales' })
  const to = its.key()
  await its.send({ to, subject: 'Re: The printer', more: `Cc: ${EVE}\r\n` })
  await its.susan('change_user', { username: 'fred', queues: '' })
  t.match(await its.prioritize(to, 5), { proof: undefined })
  t.same(await its.notices(), [])
})

t.test('the letter says what happened and what to do, and has no key', async t => {
  const its = await lettersToFred(t, [], '')
  await its.send({ subject: 'Re: The printer', more: `Cc: ${EVE}\r\n` })
  await its.send({ subject: 'Re: The printer', from: EVE })
  const [own, foreign] = (await its.notices()).map(
    ({ notice }) => noticeBodies(keyText(WORDS, notice as KeyNotice)).text,
  )
  t.equal(own, OWN)
  t.equal(foreign, FOREIGN)
  const letter = await its.letter(/^Subject: The reply address of a letter/m)
  t.notMatch(letter, /^Reply-To:/m)
  t.notMatch(letter, /\+r\./)
  t.notMatch(letter, /subject "help"/, 'it is about no command')
})

const OWN = `You answered a letter about ticket 1, and your mail went to other people, too. They can see the reply address of that letter.

Whoever has that address could write to it in your name. So it no longer proves that a mail is from you. What is sent to it is still added to the ticket, but no command is carried out.

To answer ticket 1 or to send a command about it, reply to another letter about it, and to nobody else.
`

const FOREIGN = `eve@evil.example wrote to the reply address of a letter about ticket 1, which we gave to you alone.

Whoever has that address could write to it in your name. So it no longer proves that a mail is from you. What is sent to it is still added to the ticket, but no command is carried out.

To answer ticket 1 or to send a command about it, reply to another letter about it, and to nobody else.

If you did not forward that letter, tell the people who run this helpdesk.
`
