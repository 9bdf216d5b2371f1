import { join } from 'node:path'
import t from 'tap'
import { SUPPORT } from '../house.ts'
import { deskFor } from './desk.ts'
import { emlNames } from './eml_names.ts'
import { done, mailCase, recordsIn } from './mail_case.ts'

const THREADS = join(import.meta.dirname, '../../../test/cases/threads')
const names = emlNames(THREADS)

t.test('each answer finds its ticket by the tag in its subject', async t => {
  const { config, send, ready } = await deskFor(t, '')
  for (const name of names) {
    const { sending, wanted } = mailCase(THREADS, name, SUPPORT, text => text)
    const before = await ready()
    t.match(await send(sending), /^250 /, name)
    t.strictSame(done(before, await recordsIn(config.state_dir), wanted), wanted, name)
  }
  t.ok(names.length > 30)
})
