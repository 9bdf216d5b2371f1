import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { signedIdsOf } from '../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../data/secret.ts'
import { letter, ticket } from '../data/records.ts'
import { kept } from '../daemon/mail/kept.ts'
import { NO_LETTERS } from '../daemon/mail/no_letters.ts'
import { rawMailer } from '../daemon/mail/wire.ts'
import { furnishUsually, HELPDESK, house, SUSAN } from '../house.ts'
import { emlNames } from './eml_names.ts'

/**
 * What a mail to the return path of a letter must tell about it: the file NAME.json beside NAME.eml. `%RETURN-PATH%` and `%MESSAGE-ID%` in
 * a mail stand for those of the letter.
 */
interface Expected {
  /** Null for a mail that is no report. */
  readonly outcome: 'failed' | 'delayed' | 'delivered' | 'read' | 'complaint' | null
  /** The whole reason; null if it does not matter. */
  readonly reason: string | null
  /** Words of the receiving server that the reason must have. */
  readonly says?: string
}

const REPORTS = join(import.meta.dirname, '../../../test/cases/reports')
const names = emlNames(REPORTS)
const senders = ['', 'mailer@mx.example.net']

t.test('each report tells the fate of the letter that it came back for, whoever sent it', async t => {
  const to = 'ann@customer.example'
  const now = new Date().toISOString()
  const sent = { to, state: 'sent', created: now, due: now } as const
  const options = `${NO_LETTERS}\nmail.aliases = ["helpdesk@example.org"]`
  const { daemon, config } = await house(t, options, async tx => {
    await furnishUsually(tx)
    for (const title of names)
      for (const _ of senders) {
        const { id } = await tx.add('tickets', ticket({ title, submitter_email: to, created: now }))
        await tx.add('letters', letter({ ...sent, ticket: id }))
      }
  })
  const marks = signedIdsOf(await openKeys(config.state_dir), HELPDESK, [])
  const send = await rawMailer(t, daemon.smtpPort)
  let id = 0
  for (const name of names) {
    const raw = readFileSync(join(REPORTS, `${name}.eml`))
    for (const from of senders) {
      id++
      const letter = { id, ticket: id }
      const to = marks.returnPath(letter)
      const filled = raw
        .toString('latin1')
        .replaceAll('%RETURN-PATH%', to)
        .replaceAll('%MESSAGE-ID%', marks.messageId(letter))
      t.match(await send({ raw: Buffer.from(filled, 'latin1'), from, to }), /^250 /, name)
    }
  }
  const mails = await kept(config.state_dir, 'mails')
  const allLetters = await kept(config.state_dir, 'letters')
  const [reported, told] = [allLetters.slice(0, mails.length), allLetters.slice(mails.length)]
  const followups = await kept(config.state_dir, 'followups')
  t.equal((await kept(config.state_dir, 'tickets')).length, mails.length, 'none opens a ticket')
  t.ok(
    told.every(
      ({ to, event }) => to === SUSAN.address && ['followed_up', 'letter_failed', 'summary'].includes(event),
    ),
    'only the author and administrator is told',
  )
  for (const [at, mail] of mails.entries()) {
    const name = names[Math.floor(at / senders.length)]!
    const what = `${name}, sent by <${senders[at % senders.length]}>`
    const { outcome, reason, says = '' }: Expected = JSON.parse(readFileSync(join(REPORTS, `${name}.json`), 'utf8'))
    const { state, attempts } = reported[at]!
    t.equal(state, outcome === 'failed' ? 'failed' : 'sent', what)
    t.equal(mail.verdict, outcome === null ? 'automatic' : 'report', what)
    t.strictSame(mail.tickets, [at + 1], what)
    const added = followups.filter(({ ticket }) => ticket === at + 1)
    t.equal(added.length, outcome === null || ['failed', 'complaint'].includes(outcome) ? 1 : 0, what)
    t.notOk(
      added.some(followup => followup.public),
      what,
    )
    const words = outcome === 'failed' ? attempts.at(-1)!.reply : mail.reasons[0]!
    const prefix = outcome === 'failed' || outcome === null ? '' : `${outcome}: `
    t.ok(words.startsWith(prefix), what)
    if (reason !== null) t.equal(words, `${prefix}${reason}`, what)
    t.ok(words.includes(says), `${what}: ${words}`)
  }
  t.ok(names.length > 90)
})
