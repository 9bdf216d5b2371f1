import { join } from 'node:path'
import t from 'tap'
import { type SignedIds, signedIdsOf } from '../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../data/secret.ts'
import { HELPDESK, SUPPORT } from '../house.ts'
import { deskFor } from './desk.ts'
import { emlNames } from './eml_names.ts'
import { done, mailCase, type Records, recordsIn } from './mail_case.ts'

const MIDDLE = join(import.meta.dirname, '../../../test/cases/middle')
const names = emlNames(MIDDLE)
const BOB = 'bob@customer.example'

t.test('each answer finds its ticket, whatever stands between us and its writer', async t => {
  const { config, send, ready } = await deskFor(t, '')
  const ids = signedIdsOf(await openKeys(config.state_dir), HELPDESK, [])
  for (const name of names) {
    const before = await ready()
    const { sending, wanted } = mailCase(MIDDLE, name, SUPPORT, text => filled(text, ids, before))
    t.match(await send(sending), /^250 /, name)
    t.strictSame(done(before, await recordsIn(config.state_dir), wanted), wanted, name)
  }
  t.ok(names.length > 30)
})

/** A mail that refers to the last letter to bob about ticket 2, or to the one before. */
function filled(text: string, ids: SignedIds, { letters }: Records): string {
  const [earlier, letter] = letters.filter(({ to, ticket }) => to === BOB && ticket === 2).slice(-2)
  const key = ids.keyAddress(letter!)!
  return text
    .replaceAll('%MESSAGE-ID%', ids.messageId(letter!))
    .replaceAll('%EARLIER-MESSAGE-ID%', ids.messageId(earlier!))
    .replaceAll('%THREAD-ID%', ids.threadId(2))
    .replaceAll('%KEY%', key)
    .replaceAll('%KEY-IN-CAPITALS%', key.toUpperCase())
}
