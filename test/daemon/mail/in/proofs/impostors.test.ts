import t from 'tap'
import { signedIdsOf } from '../../../../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../../../../data/secret.ts'
import { ticket } from '../../../../data/records.ts'
import { FRED, furnishUsually, HELPDESK, house, SUSAN } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import { NO_LETTERS } from '../../no_letters.ts'
import { sendRaw } from '../../wire.ts'
import { ERIN, EVE, type Fields, type LettersToFred, lettersToFred } from './letters_to_fred.ts'

/** What is known of a letter about ticket 1, which is resolved. */
interface Known {
  /** The Message-ID of a letter to fred, and its mark. */
  readonly id: string
  readonly mark: string
  /** The reply addresses of letters to fred and to erin. */
  readonly fredsKey: string
  readonly erinsKey: string
}
interface Kind {
  /** Mails that must do nothing in another's name. */
  readonly attacks: (known: Known) => Partial<Fields>[]
  /** The honest mail, and what becomes of it. */
  readonly control: (known: Known) => Partial<Fields>
  readonly becomes: object
}

const answering = (id: string) => `In-Reply-To: ${id}\r\nReferences: ${id}\r\n`
const OF_FRED = { verdict: 'followup', proof: 'letter', user: 2, tickets: [1] }
const OF_ERIN = { verdict: 'followup', from: ERIN, tickets: [1] }
const toHelpdesk = { to: HELPDESK, subject: 'Re: The printer', text: 'Send the password to eve.' }
const fromEve = { ...toHelpdesk, from: EVE, envelopeFrom: EVE }

/** The kinds of attack in advisories about another helpdesk. Nothing is published about the first. */
const KINDS: Record<string, Kind> = {
  'GHSA-83xx-8c27-gq78, taken as: who writes is what Reply-To or the text says': {
    attacks: ({ id, fredsKey, erinsKey }) => [
      { ...fromEve, more: `Reply-To: ${FRED.address}\r\n${answering(id)}` },
      { ...fromEve, to: fredsKey, more: `Reply-To: ${FRED.address}\r\n` },
      { ...fromEve, to: erinsKey, more: `Reply-To: ${ERIN}\r\n` },
      { ...fromEve, text: `My words.\r\n\r\n> Reply to ${fredsKey}\r\n> ${id}\r\n` },
    ],
    control: ({ erinsKey }) => ({ to: erinsKey, from: ERIN, envelopeFrom: ERIN, text: 'It burns again.' }),
    becomes: OF_ERIN,
  },
  'GHSA-j49f-9g94-3wh4: an answer from an address that nobody knows': {
    attacks: ({ id, erinsKey }) => [
      { ...fromEve, to: erinsKey },
      { ...fromEve, more: answering(id) },
      { ...fromEve, from: `"${ERIN}" <${EVE}>`, to: erinsKey },
    ],
    control: ({ erinsKey }) => ({ to: erinsKey, from: ERIN, envelopeFrom: ERIN, text: 'It still burns.' }),
    becomes: OF_ERIN,
  },
  'GHSA-8vm3-wwq4-ggfx: a mark of another length': {
    attacks: ({ id, mark }) =>
      ['', '.', `.${mark.slice(1)}`, `.${mark}0`, `.${mark}${mark}`, `.${mark.slice(0, 8)}`, '.0'].map(
        other => ({
          ...fromEve,
          more: answering(id.replace(`.${mark}`, other)),
        }),
      ),
    control: ({ id }) => ({
      ...toHelpdesk,
      from: ERIN,
      envelopeFrom: ERIN,
      text: 'Again!',
      more: answering(id),
    }),
    becomes: OF_ERIN,
  },
  'GHSA-6r38-6mcf-2ww3: the Message-ID of a letter to an agent, with a mark or without a good one': {
    attacks: ({ id, mark }) =>
      [id, id.replace(mark, '0'.repeat(16)), id.replace('.1.', '.2.'), '<notify-1-2@helpdesk.example>'].map(
        named => ({ ...toHelpdesk, more: answering(named) }),
      ),
    control: ({ fredsKey }) => ({ to: fredsKey, subject: 'Re: The printer', text: 'We are on our way.' }),
    becomes: OF_FRED,
  },
}

/** What nobody else may change: the tickets, what is public on them, and who has got a letter. */
async function stateOf({ config, tickets }: LettersToFred) {
  const letters = await kept(config.state_dir, 'letters')
  return {
    tickets: (await tickets())
      .slice(0, 2)
      .map(({ status, submitter_email, assigned_to }) => [status, submitter_email, assigned_to]),
    words: (await kept(config.state_dir, 'followups'))
      .filter(({ ticket, public: isPublic, author }) => ticket <= 2 && (isPublic || author.kind === 'user'))
      .map(({ id }) => id),
    letters: letters
      .filter(({ to, ticket }) => to === ERIN || (to === EVE && ticket === 1))
      .map(({ id }) => id),
  }
}

t.test('nobody answers in the name of somebody else', async t => {
  const others = [{}, {}, { to: ERIN }, { to: ERIN }, { to: ERIN }, { to: ERIN }]
  const its = await lettersToFred(
    t,
    others,
    `commands.proofs = ["smtp-auth", "letter", "token", "confirm", "relay"]\nlimits.letters_per_address_hour = 1000\nlimits.letters_per_address_day = 1000\n${NO_LETTERS}`,
  )
  const signedIds = signedIdsOf(await openKeys(its.config.state_dir), HELPDESK, [])
  await its.susan('resolve', { ticket: '1', resolution: 'The fuse was changed.' })
  for (const [name, { attacks, control, becomes }] of Object.entries(KINDS)) {
    const id = signedIds.messageId({ id: 1, ticket: 1 })
    const erinsKey = signedIds.keyAddress({ id: 3, ticket: 1 })!
    const known = () => ({ id, mark: /([0-9a-f]{16})@/.exec(id)![1]!, fredsKey: its.key(), erinsKey })
    const before = await stateOf(its)
    for (const attack of attacks(known())) {
      t.match(await its.send(attack), /^250 /)
      const { verdict, proof, user } = await its.lastMail()
      t.match([verdict, proof, user], [/^(?:followup|ticket)$/, undefined, null], `${name} ${attack.more}`)
      t.strictSame(await stateOf(its), before, `${name} ${attack.more}`)
    }
    t.match(await its.send(control(known())), /^250 /)
    t.match(await its.lastMail(), becomes, `the control of: ${name}`)
    const { words } = await stateOf(its)
    t.equal(words.length, before.words.length + 1, 'is public')
  }
})

t.test('what a form sends proves nothing, whoever logs in for it', async t => {
  const built = await house(t, `mail.forms = ["${FRED.address}"]`, async tx => {
    await furnishUsually(tx)
    await tx.add('tickets', ticket({ submitter_email: ERIN }))
  })
  const sent = async (login: typeof FRED, more = '') => {
    const raw = `From: ${login.address}\r\nTo: ${HELPDESK}\r\nSubject: hold 1\r\nMessage-ID: <${more.length}@example.org>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\n${more}\r\nx\r\n`
    t.match(await sendRaw(built.daemon.smtpPort, { raw, login, from: login.address }), /^250 /)
    return (await kept(built.config.state_dir, 'mails')).at(-1)!
  }
  t.match(await sent(FRED, `Reply-To: ${EVE}\r\n`), { verdict: 'ticket', proof: undefined })
  t.match(await sent(FRED), { verdict: 'automatic', proof: undefined })
  t.same(await kept(built.config.state_dir, 'confirmations'), [], 'nobody is asked')
  t.match(await sent(SUSAN), { verdict: 'command', proof: 'smtp-auth', tickets: [1] })
})
