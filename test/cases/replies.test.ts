import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { statuses, type Verdict } from '../../data/tables.ts'
import { kept } from '../daemon/mail/kept.ts'
import { rawMailer } from '../daemon/mail/wire.ts'
import { FRED, house, SUPPORT, SUSAN } from '../house.ts'
import { emlNames } from './eml_names.ts'

/** What a mail must do: the file NAME.json beside NAME.eml. */
interface Expected {
  readonly verdict: Verdict
  readonly reasons: readonly string[]
  /** The ticket that it belongs to, a new one, or none. */
  readonly ticket: number | 'new' | null
  /** Whether its follow-up is public. */
  readonly public?: boolean
  /** Of the ticket, afterwards. */
  readonly status?: string
  /** The events and the recipients of the letters that it causes, without those that tell the administrator of a new ticket. */
  readonly letters: readonly string[]
  /** Of a new ticket. */
  readonly title?: string
  readonly submitter?: string | null
  /** The envelope sender, if it is not bob. */
  readonly envelope?: string
  /** Whether its session logs in as susan. */
  readonly login?: boolean
  /** How often it is sent and does the same each time; once if absent. */
  readonly times?: number
}

const RESOLVED = 3
const BOB = 'bob@customer.example'
const EVE = 'eve@friend.example'
/** The same people write again and again. */
const NO_CAPS = ['letters_per_address_hour', 'letters_per_address_day', 'letters_hour']
  .map(cap => `limits.${cap} = 1000`)
  .join('\n')
const REPLIES = join(import.meta.dirname, '../../../test/cases/replies')
const names = emlNames(REPLIES)

t.test('each answer does what its writer means', async t => {
  const { daemon, config, susan, shell } = await house(t, NO_CAPS)
  const submitters = ['erin@example.net', BOB, 'carl@customer.example', 'dora@customer.example', EVE]
  for (const submitter_email of submitters)
    await susan('create_ticket', { queue: '1', title: 't', submitter_email, assigned_to: FRED.username })
  await shell('watch', '2', EVE)
  const stranger = await rawMailer(t, daemon.smtpPort)
  const user = await rawMailer(t, daemon.smtpPort, SUSAN)
  const all = async () => ({
    mails: await kept(config.state_dir, 'mails'),
    tickets: await kept(config.state_dir, 'tickets'),
    followups: await kept(config.state_dir, 'followups'),
    letters: await kept(config.state_dir, 'letters'),
  })
  for (const name of names) {
    const raw = readFileSync(join(REPLIES, `${name}.eml`))
    const expected: Expected = JSON.parse(readFileSync(join(REPLIES, `${name}.json`), 'utf8'))
    const { envelope = BOB, login = false, times = 1, ...wanted } = expected
    for (let n = 1; n <= times; n++) {
      if ((await all()).tickets[1]!.status !== RESOLVED) await shell('resolve', '2:', 'Done.')
      await shell('unhold', '2')
      const before = await all()
      const mail = login ? { raw, from: SUSAN.address } : { raw, from: envelope, to: SUPPORT }
      t.match(await (login ? user : stranger)(mail), /^250 /, name)
      t.strictSame(done(before, await all(), wanted), wanted, `${name}, sent for the ${n}. time`)
    }
  }
  t.ok(names.length > 30)
})

type Kept = {
  readonly [T in 'mails' | 'tickets' | 'followups' | 'letters']: Awaited<ReturnType<typeof kept<T>>>
}

/** What a mail did, with the facts that `wanted` names. */
function done(before: Kept, after: Kept, wanted: Expected): Partial<Expected> {
  const { verdict, reasons, tickets } = after.mails.at(-1)!
  const isNew = after.tickets.length > before.tickets.length
  const ticket = after.tickets.find(({ id }) => id === tickets[0])
  const followup = after.followups.at(-1)!
  const hasFollowup = after.followups.length > before.followups.length
  const facts = {
    verdict,
    reasons,
    ticket: isNew ? 'new' : (ticket?.id ?? null),
    public: hasFollowup ? followup.public : undefined,
    status: ticket && statuses[ticket.status],
    letters: after.letters
      .slice(before.letters.length)
      .filter(({ event, to }) => event !== 'opened' || to !== SUSAN.address)
      .map(({ event, to }) => `${event} ${to}`),
    title: ticket?.title,
    submitter: ticket?.submitter_email,
  } as const
  return Object.fromEntries(Object.entries(facts).filter(([name]) => name in wanted)) as Partial<Expected>
}
