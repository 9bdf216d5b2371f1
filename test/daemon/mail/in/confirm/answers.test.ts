import t from 'tap'
import type { Mail } from '../../../../../data/tables.ts'
import { FRED, HELPDESK, SUPPORT, SUSAN } from '../../../../house.ts'
import { type Asking, asking, ERIN, EVE, NO_CAPS, type Question, type Sent } from './asking.ts'

const YES = 'yes\n'
const OTHER_KEY = 'helpdesk+r.0.9999.aaaaaaaaaaaaaaaa@helpdesk.example'

/** Answers that do not carry out the command, and what becomes of them. */
const ATTACKS: Record<string, [Mail['verdict'], (question: Question) => Sent]> = {
  'an empty answer': ['cancelled', () => ({ text: '' })],
  'a quote alone': ['cancelled', ({ text }) => ({ text: `On Tuesday, Helpdesk wrote:\n${quoted(text)}` })],
  'the letter without marks': [
    'cancelled',
    ({ text }) => ({ text: `-----Original Message-----\nFrom: Helpdesk <${HELPDESK}>\n\n${text}` }),
  ],
  no: ['cancelled', () => ({ text: 'no' })],
  'I never sent this': ['cancelled', () => ({ text: 'I never sent this!' })],
  'yes in the second line': ['cancelled', () => ({ text: 'Hello,\nyes' })],
  'yes with more words': ['cancelled', () => ({ text: 'yes, but tomorrow' })],
  'yes in the subject': ['cancelled', () => ({ subject: 'yes', text: 'Hm.' })],
  'yes in another language': ['cancelled', () => ({ text: 'ja' })],
  'yes twice': ['cancelled', () => ({ text: 'yes yes' })],
  'a question': ['cancelled', () => ({ text: 'yes?' })],
  'yes, and more words far behind it': ['cancelled', () => ({ text: `yes${' '.repeat(300)}, but tomorrow` })],
  'yes as a quote': ['cancelled', () => ({ text: '> yes' })],
  'yes behind a signature mark': ['cancelled', () => ({ text: '-- \nyes' })],
  'letters that look like yes': ['cancelled', () => ({ text: '\u0443es', more: UTF8 })],
  'a stranger': ['cancelled', () => ({ from: EVE, envelopeFrom: EVE })],
  'a colleague': ['cancelled', () => ({ from: SUSAN.address, envelopeFrom: SUSAN.address })],
  'the submitter': ['cancelled', () => ({ from: ERIN, envelopeFrom: ERIN })],
  'no Date': ['cancelled', () => ({ ids: 'Message-ID: <nodate@example.org>\r\n' })],
  'no Message-ID': ['cancelled', () => ({ ids: 'Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n' })],
  'the plain address': ['cancelled', () => ({ to: HELPDESK })],
  'the plain address of a queue': ['cancelled', () => ({ to: SUPPORT })],
  'the letter as an answer to the command': ['cancelled', () => ({ to: HELPDESK, subject: 'hold 1' })],
  'an automatic reply': ['automatic', () => ({ more: 'Auto-Submitted: auto-replied\r\n' })],
  'an automatic reply by its subject alone': [
    'automatic',
    () => ({ subject: 'Automatic reply: Confirm: hold 1' }),
  ],
  'an automatic reply to the plain address': [
    'automatic',
    () => ({ to: HELPDESK, more: 'Auto-Submitted: auto-replied\r\n' }),
  ],
  'a machine': ['automatic', () => ({ more: 'Auto-Submitted: auto-generated\r\n' })],
  'a null return path': ['automatic', () => ({ envelopeFrom: '' })],
  'a mailing list': ['automatic', () => ({ more: 'List-Id: <all.example.org>\r\n' })],
}
const UTF8 =
  'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n'

function quoted(text: string): string {
  return text.replace(/^/gm, '> ')
}

async function unhold(its: Asking): Promise<void> {
  await its.susan('unhold_ticket', { ticket: '1' })
}

t.test('nothing but the yes of the user carries it out', async t => {
  const its = await asking(t, NO_CAPS)
  for (const [name, [verdict, attackOn]] of Object.entries(ATTACKS)) {
    const question = await its.asked({ subject: 'hold 1: yes', text: 'yes\n' })
    const notices = (await its.all('letters')).length
    const { text = YES, ...attack } = attackOn(question)
    const mail = await its.answer(question, text, attack)
    t.match(mail, { verdict, tickets: [] }, name)
    t.notOk(await its.isHeld(1), name)
    const told = (await its.all('letters')).slice(notices).map(({ event, to }) => `${event} ${to}`)
    const both = [`cancelled ${SUSAN.address}`, `cancelled ${FRED.address}`]
    t.same(told, verdict === 'cancelled' ? both : [], name)
    // What is cancelled stays so; what no person wrote has done nothing.
    t.match(await its.answer(question, YES), { verdict: 'confirmed' }, name)
    t.equal(await its.isHeld(1), verdict !== 'cancelled', name)
    if (verdict === 'cancelled') {
      t.match(
        (await its.letterTo(FRED.address)).text,
        'Nothing was done now: that letter was answered before.',
      )
      t.match(await its.answer(await its.asked({ subject: 'hold 1' }), YES), { verdict: 'confirmed' })
      t.ok(await its.isHeld(1), `${name}: the control`)
    }
    await unhold(its)
  }
  t.equal((await its.all('tickets')).length, 2, 'no answer opens a ticket')
})

t.test('a key that was altered, or that another letter has, carries out nothing', async t => {
  const its = await asking(t, NO_CAPS)
  const question = await its.asked({ subject: 'hold 1' })
  const about2 = await its.asked({ subject: 'hold 2' })
  const { key } = question
  for (const to of [OTHER_KEY, key.replace(/.(?=@)/, last => (last === 'a' ? 'b' : 'a'))])
    await its.send({ to, text: YES, subject: 'Re: Confirm: hold 1' })
  t.match(await its.record({ to: key, text: YES, more: `Cc: ${about2.key}\r\n` }), {
    verdict: 'cancelled',
    reasons: [
      /^it answers letter/,
      'it did not go to the reply address of our letter, or to those of several',
    ],
  })
  t.notOk(await its.isHeld(1))
  t.match(await its.record({ to: about2.key, text: YES }), { verdict: 'confirmed', tickets: [2] })
  t.ok(await its.isHeld(2), 'without anything but the key')
  // The key of a letter about a ticket is none of a question, and the other way round.
  await its.susan('add_followup', { ticket: '1', message: 'Look at it.' })
  const letter = await its.letterTo(FRED.address)
  t.match(await its.record({ to: letter.key, text: YES, subject: 'Re: x' }), { verdict: 'followup' })
  t.match(await its.record({ to: about2.key, subject: 'hold 1' }), { verdict: 'cancelled' })
  t.notOk(await its.isHeld(1))
})

t.test('a yes counts once, whatever comes again', async t => {
  const its = await asking(t, NO_CAPS)
  const question = await its.asked({ subject: 'followup 1', text: 'It burns.' })
  const ids = 'Date: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <same@example.org>\r\n'
  await its.answer(question, YES, { ids })
  const { length } = await its.all('mails')
  await its.answer(question, YES, { ids })
  t.equal((await its.all('mails')).length, length, 'the same mail again')
  t.match(await its.answer(question, YES), {
    verdict: 'confirmed',
    reasons: [/^it answers/, /^Nothing was done now: that letter was answered before\./],
  })
  t.equal((await its.all('followups')).length, 1)
  const again = await its.asked({ subject: 'followup 1', text: 'It still burns.' })
  const yes = { from: FRED.address, to: again.key, subject: 'Re: x', text: YES }
  await Promise.all([its.mail(yes), its.mail(yes), its.mail(yes)])
  t.equal((await its.all('followups')).length, 2, 'three at once')
  const doubt = await its.answer(again, 'That was not me.')
  t.match(doubt, { verdict: 'cancelled' })
  t.match((await its.letterTo(SUSAN.address)).text, 'so the command had been carried out')
  const before = (await its.all('letters')).length
  await its.answer(again, 'That was not me!')
  t.equal((await its.all('letters')).length, before, 'the administrators are told once')
})

t.test('the user is looked at again when the yes comes', async t => {
  const its = await asking(t, NO_CAPS)
  const change = (fields: Record<string, string>) => its.susan('change_user', { username: 'fred', ...fields })
  const first = await its.asked({ subject: 'hold 1' })
  await its.susan('add_queue', { title: 'Sales', slug: 'sales' })
  await change({ queues: 'sales' })
  t.match(await its.answer(first, YES), { verdict: 'confirmed', reasons: [/yes$/, 'There is no ticket 1.'] })
  await change({ queues: '' })
  const second = await its.asked({ subject: 'hold 1' })
  await change({ active: 'n' })
  t.match(await its.answer(second, YES), {
    verdict: 'cancelled',
    reasons: [/^it answers/, 'the address of our letter is no longer that of an active user'],
  })
  await change({ active: 'y' })
  const third = await its.asked({ subject: 'hold 1' })
  await change({ email: 'frederick@example.org' })
  t.match(await its.answer(third, YES), { verdict: 'cancelled' })
  t.match(await its.answer(third, YES, { from: 'frederick@example.org' }), { verdict: 'cancelled' })
  await change({ email: FRED.address })
  t.match(await its.answer(third, YES), { verdict: 'cancelled' }, 'older than the addresses')
  t.notOk(await its.isHeld(1))
  t.match(await its.answer(await its.asked({ subject: 'hold 1' }), YES), { verdict: 'confirmed' })
  t.ok(await its.isHeld(1))
})
