import { join } from 'node:path'
import t from 'tap'
import { SUPPORT } from '../house.ts'
import { deskFor } from './desk.ts'
import { emlNames } from './eml_names.ts'
import { done, mailCase, recordsIn } from './mail_case.ts'

/** What the site says about itself. */
const SITE = `
mail.lists = ["it@company.example", "hausmeister@lists.company.example", "caretakers@listes.company.example"]
mail.aliases = ["help@company.example"]
mail.spam_header = "X-Spam-Flag: YES"
`
const CASES = join(import.meta.dirname, '../../../test/cases/site')
const names = emlNames(CASES)

t.test('the lists, aliases and filters that the site names count', async t => {
  const { config, send, ready } = await deskFor(t, SITE)
  for (const name of names) {
    const { sending, wanted } = mailCase(CASES, name, SUPPORT, text => text)
    const before = await ready()
    t.match(await send(sending), /^250 /, name)
    t.strictSame(done(before, await recordsIn(config.state_dir), wanted), wanted, name)
  }
  t.ok(names.length > 15)
})
