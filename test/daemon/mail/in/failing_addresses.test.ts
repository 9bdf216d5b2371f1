import t, { type Test } from 'tap'
import { signedIdsOf } from '../../../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../../../data/secret.ts'
import { HELPDESK, house, SUPPORT } from '../../../house.ts'
import { kept } from '../kept.ts'

const ANN = 'ann@customer.example'
const MAILER = 'MAILER-DAEMON@mx.customer.example'

/** A house at which three letters to ann about ticket 1 have failed. */
async function withFailing(t: Test) {
  const built = await house(t)
  const { susan, mail, config } = built
  const marks = signedIdsOf(await openKeys(config.state_dir), HELPDESK, [])
  await susan('create_ticket', { queue: '1', title: 'The door', submitter_email: ANN })
  const write = () => susan('add_followup', { ticket: '1', message: 'Hello.', public: 'y' })
  await write()
  await write()
  const failed = (await kept(config.state_dir, 'letters')).filter(({ to }) => to === ANN)
  for (const { id, ticket } of failed)
    await mail({
      from: MAILER,
      envelopeFrom: '',
      to: marks.returnPath({ id, ticket }),
      subject: 'Undelivered Mail Returned to Sender',
      text: `<${ANN}>: 550 5.1.1 User unknown`,
      messageId: `<${id}@mx.customer.example>`,
    })
  const failing = () => kept(config.state_dir, 'failing')
  t.match(await failing(), [{ address: ANN, count: 3 }])
  return { ...built, write, failing }
}

t.test('a person who writes gets letters again, also the acknowledgement of that mail', async t => {
  const { mail, failing, config, write } = await withFailing(t)
  t.match(
    (await write()).body,
    /^A public follow-up .*\nNo letter to ann@customer\.example about ticket 1\. Letters to/,
  )
  await mail({ from: `Ann <${ANN}>`, envelopeFrom: ANN, to: SUPPORT, subject: 'The window', text: 'Too.' })
  t.strictSame(await failing(), [])
  const opened = (await kept(config.state_dir, 'letters')).filter(({ ticket }) => ticket === 2)
  t.match(opened[0], { to: ANN, event: 'opened' })
})

t.test('an automatic reply and a report clear nothing', async t => {
  const { mail, failing } = await withFailing(t)
  const answer = { from: ANN, to: SUPPORT, subject: 'Re: [support-1] The door' }
  await mail({ ...answer, text: 'I am away.', headers: { 'Auto-Submitted': 'auto-replied' } })
  await mail({ ...answer, envelopeFrom: '', text: 'No.', headers: { 'X-Failed-Recipients': ANN } })
  t.equal((await failing()).length, 1)
  await mail({ ...answer, text: 'I am here.' })
  t.equal((await failing()).length, 0)
})

t.test('a mail whose letter is not written says so in its record', async t => {
  const { mail, susan, config } = await withFailing(t)
  await susan('watch', { ticket: '1', email: 'eve@example.net' })
  await susan('set_submitter', { ticket: '1', email: 'eve@example.net' })
  await susan('watch', { ticket: '1', email: ANN })
  await mail({ from: 'eve@example.net', to: SUPPORT, subject: 'Re: [support-1] The door', text: 'Open.' })
  t.match((await kept(config.state_dir, 'mails')).at(-1), {
    held_back: [
      'No letter to ann@customer.example about ticket 1. Letters to ann@customer.example do not arrive: <ann@customer.example>: 550 5.1.1 User unknown',
    ],
  })
})
