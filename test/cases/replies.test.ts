import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { NO_LETTERS } from '../daemon/mail/no_letters.ts'
import { rawMailer } from '../daemon/mail/wire.ts'
import { FRED, house, SUPPORT, SUSAN } from '../house.ts'
import { emlNames } from './eml_names.ts'
import { done, type Expected, recordsIn } from './mail_case.ts'

/** A case also says how it is sent. */
interface Sent extends Expected {
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
  const { daemon, config, susan, shell } = await house(t, `mail.aliases = ["support@example.org"]\n${NO_CAPS}\n${NO_LETTERS}`)
  const submitters = ['erin@example.net', BOB, 'carl@customer.example', 'dora@customer.example', EVE]
  for (const submitter_email of submitters)
    await susan('create_ticket', { queue: '1', title: 't', submitter_email, assigned_to: FRED.username })
  await shell('watch', '2', EVE)
  const stranger = await rawMailer(t, daemon.smtpPort)
  const user = await rawMailer(t, daemon.smtpPort, SUSAN)
  const all = () => recordsIn(config.state_dir)
  for (const name of names) {
    const raw = readFileSync(join(REPLIES, `${name}.eml`))
    const expected: Sent = JSON.parse(readFileSync(join(REPLIES, `${name}.json`), 'utf8'))
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
