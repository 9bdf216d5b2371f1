import t, { type Test } from 'tap'
import { sha256 } from '../../../../../data/secret.ts'
import type { Mail } from '../../../../../data/tables.ts'
import { newToken } from '../../../../../data/token.ts'
import { ticket } from '../../../../data/records.ts'
import {
  FRED,
  furnishUsually,
  HELPDESK,
  type House,
  house,
  SUPPORT,
  SUSAN,
  secretsIn,
} from '../../../../house.ts'
import { kept, keptAll } from '../../kept.ts'
import { rawMailer } from '../../wire.ts'

const EVE = 'eve@evil.example'

interface Fields {
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly more: string
  readonly ids: string
  readonly text: string
  readonly recipients: readonly string[]
}
/** A helpdesk with ticket 1 and the tokens of fred, whose numbers are their places. */
interface WithTokens extends House {
  /** Sends a mail, by default from fred to the address with the first token: hold 1. Gives the reply. */
  send(fields?: Partial<Fields>): Promise<string>
  lastMail(): Promise<Mail>
  holds(): Promise<boolean>
  at(token: string, address?: string): string
}

const [GOOD, LIMITED, EXPIRED, SUSANS, LEFT] = Array.from({ length: 5 }, newToken) as [
  string,
  string,
  string,
  string,
  string,
]
const ALL = [GOOD, LIMITED, EXPIRED, SUSANS, LEFT]

async function withTokens(t: Test, more = ''): Promise<WithTokens> {
  const built = await house(t, more, async tx => {
    await furnishUsually(tx)
    await tx.add('tickets', ticket({ title: 'The printer', submitter_email: 'erin@example.net' }))
    const left = {
      ...(await tx.get('users', 2))!,
      username: 'lee',
      addresses: ['lee@example.org'],
      active: false,
    }
    await tx.add('users', left)
    for (const [user, secret, methods, expires] of [
      [2, GOOD, [], null],
      [2, LIMITED, ['hold_ticket'], null],
      [2, EXPIRED, [], '2026-01-01T00:00:00.000Z'],
      [1, SUSANS, [], null],
      [3, LEFT, [], null],
    ] as const)
      await tx.add('tokens', {
        user,
        label: 'program',
        hash: sha256(secret),
        methods,
        created: '2026-01-01T00:00:00.000Z',
        expires,
        last_used: null,
      })
  })
  const post = await rawMailer(t, built.daemon.smtpPort)
  let sent = 0
  const at = (token: string, address = HELPDESK) => address.replace('@', `+${token}@`)
  return {
    ...built,
    at,
    send: (fields = {}) => {
      const { from = FRED.address, to = at(GOOD), subject = 'hold 1', more = '', text = 'Later.' } = fields
      const {
        ids = `Date: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${++sent}@example.org>\r\n`,
        recipients = [to],
      } = fields
      const raw = `From: ${from}\r\nTo: ${to}\r\nSubject: ${subject}\r\n${ids}${more}\r\n${text}\r\n`
      return post({ raw: Buffer.from(raw, 'latin1'), to: recipients, from: 'root@monitor.example' })
    },
    lastMail: async () => (await kept(built.config.state_dir, 'mails')).at(-1)!,
    holds: async () => (await (await keptAll(built.config.state_dir)).get('tickets', 1))!.on_hold,
  }
}

/** Mails that must not hold ticket 1, and the beginning of the reply to each, besides those of `attacks.ts`. */
const ATTACKS: Record<string, readonly [RegExp, (its: WithTokens) => Partial<Fields>]> = {
  'no token': [/^250/, () => ({ to: HELPDESK })],
  'the token in To alone': [/^250/, its => ({ to: its.at(GOOD), recipients: [HELPDESK] })],
  'the token in Delivered-To alone': [
    /^250/,
    its => ({ to: HELPDESK, more: `Delivered-To: ${its.at(GOOD)}\r\n` }),
  ],
  'the token in the subject': [/^250/, () => ({ to: HELPDESK, subject: `hold 1: ${GOOD}` })],
  'another token': [/^550 5\.1\.1/, its => ({ to: its.at(newToken()) })],
  'an altered token': [
    /^550/,
    its => ({ to: its.at(GOOD.replace(/.$/, last => (last === 'a' ? 'b' : 'a'))) }),
  ],
  'a token that is cut': [/^550/, its => ({ to: its.at(GOOD.slice(0, -1)) })],
  'a token with something behind it': [/^550/, its => ({ to: its.at(`${GOOD}.x`) })],
  'an expired token': [/^550/, its => ({ to: its.at(EXPIRED) })],
  'the token of somebody who has left': [/^550/, its => ({ to: its.at(LEFT), from: 'lee@example.org' })],
  'a token at an address that is not ours': [/^550/, its => ({ to: its.at(GOOD, 'other@helpdesk.example') })],
  'two tokens': [/^250/, its => ({ recipients: [its.at(GOOD), its.at(LIMITED)] })],
  'the token of somebody else': [/^250/, its => ({ to: its.at(SUSANS) })],
  'From is a colleague': [/^250/, () => ({ from: SUSAN.address })],
  'From is a stranger': [/^250/, () => ({ from: EVE })],
  'no Date': [/^250/, () => ({ ids: 'Message-ID: <nodate@example.org>\r\n' })],
  'an automatic reply': [/^250/, () => ({ more: 'Auto-Submitted: auto-replied\r\n' })],
  'a mailing list': [/^250/, () => ({ more: 'List-Id: <all.example.org>\r\n' })],
  'a method that the token cannot call': [
    /^250/,
    its => ({ to: its.at(LIMITED), subject: 'resolve 1: done' }),
  ],
  'a method that no token can call': [/^250/, () => ({ subject: 'issue_token username=fred label=x' })],
}

t.test('no attack does anything, and the same mail without it does', async t => {
  const its = await withTokens(
    t,
    'limits.letters_per_address_hour = 1000\nlimits.letters_per_address_day = 1000',
  )
  for (const [what, [reply, attack]] of Object.entries(ATTACKS)) {
    t.match(await its.send(attack(its)), reply, what)
    const { on_hold, status } = (await kept(its.config.state_dir, 'tickets'))[0]!
    t.strictSame([on_hold, status], [false, 1], what)
  }
  for (const [to, more] of [
    [its.at(GOOD), ''],
    [its.at(LIMITED), ''],
    [its.at(GOOD.toUpperCase()), ''],
    [its.at(GOOD, SUPPORT), ''],
    [its.at(GOOD), 'Auto-Submitted: auto-generated\r\n'],
    [its.at(GOOD), 'X-Helpdesk-Test: x\r\n'],
  ] as const) {
    t.match(await its.send({ to, more }), /^250/)
    t.ok(await its.holds(), `${to} ${more}`)
    t.match(await its.lastMail(), { verdict: 'command', proof: 'token', user: 2, proven: true })
    t.match(await its.susan('unhold_ticket', { ticket: '1' }), { status: 200 })
  }
  const program = { to: 'undisclosed-recipients:;', recipients: [its.at(LIMITED)] }
  t.match(await its.send(program), /^250/)
  t.ok(await its.holds(), 'a program need not name us in To')
  t.equal((await kept(its.config.state_dir, 'tokens')).length, 5)
  await its.daemon.stop()
  t.same(
    secretsIn(
      its.directory,
      its.log,
      ALL.flatMap(token => [token, token.toUpperCase()]),
    ),
    [],
  )
})

t.test('a token is mailed in all places, revoked and mailed again: it is kept only as a hash', async t => {
  const its = await withTokens(t)
  const address = its.at(GOOD)
  const soft = `${address.slice(0, 20)}=\r\n${address.slice(20)}`
  const mails: Partial<Fields>[] = [
    { more: `Cc: "${address}" <${its.at(GOOD.toUpperCase())}>\r\nDelivered-To: ${address}\r\n` },
    { more: `Received: from a by b\r\n\tfor <${address}>; Tue, 24 Nov 2026 10:00:00 +0000\r\n` },
    { subject: 'The lamp', text: `To: ${address}\r\n> ${GOOD}` },
    { subject: `The ${GOOD} lamp` },
    { subject: 'Soft', more: 'Content-Transfer-Encoding: quoted-printable\r\n', text: `It is ${soft}.` },
    {
      subject: 'Encoded',
      more: 'Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n',
      text: Buffer.from(`<p>Write to <a href="mailto:${address}">${address}</a></p>`).toString('base64'),
    },
    { subject: 'Large', text: `${'x'.repeat(70)}\r\n`.repeat(6000) + address },
    { from: `Fred <${address}>`, more: `Reply-To: ${address}\r\n` },
    { from: SUSAN.address, subject: `Re: ${address}`, text: address },
    { to: HELPDESK, more: `Cc: ${address}\r\n` },
  ]
  for (const fields of mails) t.match(await its.send(fields), /^250/, JSON.stringify(fields).slice(0, 100))
  const tokens = await kept(its.config.state_dir, 'tokens')
  t.match(tokens[0], { hash: sha256(GOOD), last_used: String }, 'its use is noted')
  for (const { recipients } of await kept(its.config.state_dir, 'mails')) t.strictSame(recipients, [HELPDESK])
  t.match(await its.susan('revoke_token', { token: '1' }), { status: 200 })
  t.match(await its.send({ subject: 'unhold 1' }), /^550 5\.1\.1 Unknown recipient address\.$/)
  t.ok(await its.holds())
  const fresh = (await its.susan('issue_token', { username: 'fred', label: 'new' })).body
  t.match(await its.send({ to: its.at(fresh), subject: 'unhold 1' }), /^250/)
  t.notOk(await its.holds())
  t.match(await its.shell('why', String((await its.lastMail()).id)), {
    says: /It is proven to be from fred: it went to the address of token 6, and From is an address of that user\./,
  })
  t.match(await its.send({ to: its.at(GOOD), from: its.at(GOOD) }), /^550/)
  await its.daemon.stop()
  t.same(secretsIn(its.directory, its.log, [GOOD, fresh, GOOD.toUpperCase()]), [])
})

t.test('where tokens prove nothing, an address with one is not ours', async t => {
  for (const more of ['commands.proofs = ["smtp-auth"]', 'mail.plus = false']) {
    const its = await withTokens(t, more)
    t.match(await its.send(), /^550 5\.1\.1/, more)
    t.match(await its.send({ to: its.at('phone') }), /^250/, 'another extension is')
    t.notOk(await its.holds())
  }
})
