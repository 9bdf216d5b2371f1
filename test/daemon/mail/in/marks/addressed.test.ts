import t, { type Test } from 'tap'
import { signedIdsOf } from '../../../../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../../../../data/secret.ts'
import { HELPDESK, type House, house, SUPPORT, SUSAN } from '../../../../house.ts'
import { blinded } from '../../blinded.ts'
import { kept } from '../../kept.ts'
import { sendRaw } from '../../wire.ts'

const ANN = 'ann@example.net'
const REASON = 'its To and Cc name none of our addresses'
const CONFIG = `mail.aliases = ["it@old.example"]
mail.lists = ["everyone@group.example"]
limits.letters_per_address_hour = 1000
limits.letters_per_address_day = 1000`

/** Sends a mail to the queue, and gives the letters that it causes with its reasons. */
async function done(
  { daemon, config }: Pick<House, 'daemon' | 'config'>,
  lines: readonly string[],
  login?: typeof SUSAN,
) {
  const from = login ? SUSAN.address : ANN
  const raw = `From: ${from}\r\n${lines.map(line => `${line}\r\n`).join('')}\r\nThe lamp is out.\r\n`
  const envelope = { raw, from, to: SUPPORT, ...(login ? { login } : {}) }
  t.match(await sendRaw(daemon.smtpPort, envelope), /^250 /)
  const { received, reasons, verdict } = (await kept(config.state_dir, 'mails')).at(-1)!
  const letters = (await kept(config.state_dir, 'letters')).filter(({ created }) => created === received)
  return { verdict, reasons, letters: letters.map(({ event, to }) => `${event} ${to}`) }
}
const TAKEN = { verdict: 'ticket', reasons: [], letters: [`opened ${ANN}`, `opened ${SUSAN.address}`] }
const QUIETLY = { verdict: 'ticket', reasons: [REASON], letters: [`opened ${SUSAN.address}`] }

async function known(t: Test): Promise<House> {
  return house(t, CONFIG)
}

t.test('mail that names one of our addresses in To or Cc is acknowledged', async t => {
  const built = await known(t)
  const keys = signedIdsOf(await openKeys(built.config.state_dir), HELPDESK, [])
  const fields = [
    `To: ${SUPPORT}`,
    'TO: Support <SUPPORT@Helpdesk.Example>',
    `To: eve@example.com\r\nCc: eve@example.com, ${SUPPORT}`,
    `To: "Lee, Ann" <ann.lee@example.com>,\r\n ${HELPDESK}`,
    'To: support+phone@helpdesk.example',
    'To: postmaster@helpdesk.example',
    'To: it@old.example',
    'To: everyone@group.example',
    `To: ${keys.returnPath({ id: 3, ticket: 2 })}`,
    `To: eve@example.com\r\nTo: ${SUPPORT}`,
    `To: our friends: eve@example.com, ${SUPPORT};`,
  ]
  for (const [at, field] of fields.entries())
    t.same(await done(built, [field, `Subject: Lamp ${at}`]), TAKEN, field)
})

t.test('other mail opens a ticket without an acknowledgement', async t => {
  const built = await known(t)
  const fields = [
    'To: eve@example.com',
    'To: undisclosed-recipients:;',
    'Cc: support@helpdesk.example.com',
    'X-To: support@helpdesk.example',
    'To: "support@helpdesk.example" <eve@example.com>',
    `To: ${Array.from({ length: 150 }, (_, n) => `u${n}@example.com`).join(',\r\n ')},\r\n ${SUPPORT}`,
  ]
  for (const [at, field] of fields.entries())
    t.same(await done(built, [field, `Subject: Lamp ${at}`]), QUIETLY, field.slice(0, 50))
  const tickets = await kept(built.config.state_dir, 'tickets')
  t.match(tickets[0], { submitter_email: ANN }, 'answers of agents go to its sender')
})

t.test('an answer in a thread is public, and reopens', async t => {
  const built = await known(t)
  await built.susan('create_ticket', { queue: '1', title: 'The lamp', submitter_email: ANN })
  await built.susan('resolve', { ticket: '1', resolution: 'It is on.' })
  const answer = await done(built, ['To: eve@example.com', 'Subject: Re: [support-1] The lamp'])
  t.match(answer, { verdict: 'followup', reasons: [REASON] })
  t.match(await kept(built.config.state_dir, 'tickets'), [{ status: 2 }])
  t.match((await kept(built.config.state_dir, 'followups')).at(-1), { public: true })
})

t.test('the programs of users need not name an address', async t => {
  const built = await known(t)
  const { verdict, reasons } = await done(built, ['Subject: The lamp'], SUSAN)
  t.match({ verdict, reasons }, { verdict: 'ticket', reasons: [] })
})

t.test('of a mail that cannot be parsed, To is not known', async t => {
  const built = await known(t)
  const daemon = await blinded(t, built)
  const { reasons } = await done({ ...built, daemon }, ['To: eve@example.com', 'Subject: The lamp'])
  t.same(reasons, [])
})
