import { join } from 'node:path'
import t from 'tap'
import { signedIdsOf } from '../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../data/secret.ts'
import { HELPDESK, SUPPORT } from '../house.ts'
import { adapted, dotted, recipe } from '../systemd/recipe.ts'
import { deskFor } from './desk.ts'
import { emlNames } from './eml_names.ts'
import { filled } from './filled.ts'
import { done, mailCase, recordsIn } from './mail_case.ts'

const CASES = join(import.meta.dirname, '../../../test/cases/forwarders')
const names = emlNames(CASES)

t.test('what Exchange, Microsoft 365 and Google hand over is what it was before', async t => {
  const [toml = ''] = recipe('Exchange, Microsoft 365 and Google Workspace')
  const aliases = adapted(dotted(toml), { '@example.org': '@company.example' })
  const { config, send, ready } = await deskFor(t, aliases)
  const ids = signedIdsOf(await openKeys(config.state_dir), HELPDESK, [])
  for (const name of names) {
    const before = await ready()
    const { sending, wanted } = mailCase(CASES, name, SUPPORT, text => filled(text, ids, before))
    t.match(await send(sending), /^250 /, name)
    t.strictSame(done(before, await recordsIn(config.state_dir), wanted), wanted, name)
  }
  t.ok(names.length > 20)
})
