import { join } from 'node:path'
import t from 'tap'
import { type SignedIds, signedIdsOf } from '../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../data/secret.ts'
import { rawMailer } from '../daemon/mail/wire.ts'
import { FRED, HELPDESK } from '../house.ts'
import { deskFor } from './desk.ts'
import { emlNames } from './eml_names.ts'
import { done, mailCase, type Records, recordsIn } from './mail_case.ts'

const AGENTS = join(import.meta.dirname, '../../../test/cases/agents')
const names = emlNames(AGENTS)

t.test('each answer of an agent who logs in goes where its letter says', async t => {
  const { config, daemon, ready, shell } = await deskFor(t, '')
  const ids = signedIdsOf(await openKeys(config.state_dir), HELPDESK, [])
  await shell('followup', '2:', 'A note.')
  // Who has left joins no more, so that one case does not change the letters of the next.
  for (const cc of ['susan@example.org', 'colleague@example.org', 'zoe@other.example']) {
    await shell('watch', '2', cc)
    await shell('unwatch', '2', cc)
  }
  const agent = await rawMailer(t, daemon.smtpPort, FRED)
  const { letters } = await ready()
  for (const name of names) {
    const before = await ready()
    const { sending, wanted } = mailCase(AGENTS, name, '%KEY%', text => filled(text, ids, letters))
    t.match(await agent({ ...sending, from: FRED.address }), /^250 /, name)
    t.strictSame(done(before, await recordsIn(config.state_dir), wanted), wanted, name)
  }
  t.ok(names.length > 20)
})

/** A mail that refers to fred's letters about ticket 2: that it is open, and that there is a note. */
function filled(text: string, ids: SignedIds, letters: Records['letters']): string {
  const own = letters.filter(({ to, ticket }) => to === FRED.address && ticket === 2)
  const opened = own.find(({ event }) => event === 'opened')!
  const note = own.find(({ event }) => event === 'followed_up')!
  return text
    .replaceAll('%ID%', ids.messageId(opened))
    .replaceAll('%KEY%', ids.keyAddress(opened)!)
    .replaceAll('%PRIVATE-ID%', ids.messageId(note))
    .replaceAll('%PRIVATE-KEY%', ids.keyAddress(note)!)
    .replaceAll('%THREAD-ID%', ids.threadId(2))
    .replaceAll('%OTHER-ID%', ids.threadId(1))
}
