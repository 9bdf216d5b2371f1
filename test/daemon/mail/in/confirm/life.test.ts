import t from 'tap'
import { signedIdsOf } from '../../../../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../../../../data/secret.ts'
import { letter, ticket } from '../../../../data/records.ts'
import { FRED, furnishUsually, HELPDESK, house, SUSAN, startFor } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import { sendRaw } from '../../wire.ts'
import { asking, NO_CAPS } from './asking.ts'

const DAYS = 24 * 60 * 60 * 1000

t.test('a yes that is late, or would do something else now, does nothing', async t => {
  const asked = { user: 2, tickets: [1], mail: 1, state: 'open' } as const
  const before = (days: number) => new Date(Date.now() - days * DAYS).toISOString()
  const question = { event: 'unconfirmed', to: FRED.address, state: 'sent' } as const
  const answer = { subject: 'Confirm: hold 1', message_id: null, sentences: [] }
  const hold = { method: 'hold_ticket', params: { ticket: '1', until: 'tomorrow' } }
  const built = await house(t, '', async tx => {
    await furnishUsually(tx)
    await tx.add('tickets', ticket({}))
    for (let n = 0; n < 2; n++)
      await tx.add(
        'letters',
        letter({ ...question, ticket: null, created: before(1), due: before(1), answer }),
      )
    const late = { commands: [hold], letter: 1, created: before(1), expires: before(0) }
    await tx.add('confirmations', { ...asked, ...late })
    const commands = [{ ...hold, promise: 'Ticket 1 is on hold until yesterday.' }]
    await tx.add('confirmations', {
      ...asked,
      commands,
      letter: 2,
      created: before(1),
      expires: before(-1),
    })
  })
  const signedIds = signedIdsOf(await openKeys(built.config.state_dir), HELPDESK, [])
  for (const [id, why] of [
    [1, /^Nothing was done now: that letter is older than 24 hours\./],
    [2, /^Nothing was done, since it would do something else now than our letter said: Ticket 1 is on hold/],
  ] as const) {
    const to = signedIds.keyAddress({ id, ticket: null })!
    await built.mail({ from: FRED.address, to, subject: 'Re: Confirm: hold 1', text: 'yes' })
    t.match((await kept(built.config.state_dir, 'mails')).at(-1), {
      verdict: 'confirmed',
      reasons: [/with yes$/, why],
    })
  }
  t.match(await kept(built.config.state_dir, 'tickets'), [{ on_hold: false }])
  t.match(await kept(built.config.state_dir, 'confirmations'), [
    { state: 'cancelled', commands: [] },
    { state: 'cancelled', commands: [] },
  ])
  t.notOk((await kept(built.config.state_dir, 'letters')).some(({ to }) => to === SUSAN.address))
})

t.test('whoever writes as a user cannot keep that user from asking', async t => {
  const its = await asking(t, NO_CAPS)
  const forged = { subject: 'hold 1', envelopeFrom: 'eve@evil.example' }
  const first = await its.asked(forged)
  for (let n = 0; n < 2; n++) await its.asked(forged)
  t.match(await its.asked(forged), { subject: 'Not done: hold 1' }, 'no more than three')
  const own = await its.asked({ subject: 'hold 2' })
  t.equal(own.subject, 'Confirm: hold 2')
  t.match(await its.asked(forged), { subject: 'Not done: hold 1' }, 'takes no place back')
  t.match(await its.answer(own, 'yes'), { verdict: 'confirmed', tickets: [2] })
  t.ok(await its.isHeld(2))
  const why = async () => (await its.shell('why', '1')).says
  t.match(
    await why(),
    'It was not carried out: before a yes to letter 1, a later command of its user has taken its place.',
  )
  t.match((await its.answer(first, 'yes')).reasons.at(-1), 'a later command in your name has taken its place')
  t.notOk(await its.isHeld(1))
  t.match(await its.answer(first, 'no'), { verdict: 'cancelled' })
  t.match((await its.letterTo(SUSAN.address)).text, 'So the command is cancelled, and nothing was done.')
})

t.test('after a restart, a yes counts as before, and so do the letters of the last hour', async t => {
  const its = await asking(t)
  const question = await its.asked({ subject: 'hold 1' })
  for (let n = 0; n < 4; n++) await its.asked({ subject: 'hold 2' })
  await its.daemon.stop()
  const again = await startFor(t, its.config, its.events)
  t.teardown(() => again.stop())
  const send = (to: string, subject: string, text: string) =>
    sendRaw(again.smtpPort, {
      raw: `From: ${FRED.address}\r\nTo: ${to}\r\nSubject: ${subject}\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <again-${text}@example.org>\r\n\r\n${text}\r\n`,
      from: FRED.address,
      to,
    })
  t.match(await send(HELPDESK, 'hold 2', 'once'), /^250 /)
  t.match((await its.all('mails')).at(-1), {
    verdict: 'unconfirmed',
    held_back: [/hourly limit of 5\.$/],
  })
  t.match(await send(question.key, 'Re: Confirm: hold 1', 'yes'), /^250 /)
  t.match((await its.all('mails')).at(-1), { verdict: 'confirmed', proof: 'confirm' })
  t.ok(await its.isHeld(1))
})
