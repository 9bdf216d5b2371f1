import { join } from 'node:path'
import t from 'tap'
import { signedIdsOf } from '../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../data/secret.ts'
import { HELPDESK, SUPPORT } from '../house.ts'
import { deskFor } from './desk.ts'
import { emlNames } from './eml_names.ts'
import { filled } from './filled.ts'
import { done, mailCase, recordsIn } from './mail_case.ts'

const MIDDLE = join(import.meta.dirname, '../../../test/cases/middle')
const names = emlNames(MIDDLE)

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
