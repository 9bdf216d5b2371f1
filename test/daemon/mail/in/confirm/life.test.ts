import t from 'tap'
import { signedIdsOf } from '../../../../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../../../../data/secret.ts'
import { letter, ticket } from '../../../../data/records.ts'
import { FRED, furnishUsually, HELPDESK, house, SUSAN } from '../../../../house.ts'
import { kept } from '../../kept.ts'

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
