import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { SUPPORT } from '../house.ts'
import { deskFor } from './desk.ts'
import { emlNames } from './eml_names.ts'
import { done, mailCase, recordsIn } from './mail_case.ts'

const FORMS = 'mail.forms = ["forms@shop.example", "wordpress@site.example"]'
const WHO = join(import.meta.dirname, '../../../test/cases/who')

// Each folder has a helpdesk of its own, since its staff gets a summary from the 61st letter of an hour on.
for (const kind of readdirSync(WHO))
  t.test(`each mail of ${kind} is taken for what wrote it`, async t => {
    const folder = join(WHO, kind)
    const names = emlNames(folder)
    const { config, send, ready } = await deskFor(t, FORMS)
    for (const name of names) {
      const { sending, wanted } = mailCase(folder, name, SUPPORT, text => text)
      const before = await ready()
      t.match(await send(sending), /^250 /, name)
      t.strictSame(done(before, await recordsIn(config.state_dir), wanted), wanted, name)
    }
    t.ok(names.length > 15)
  })
