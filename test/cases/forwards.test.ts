import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { rawMailer } from '../daemon/mail/wire.ts'
import { FRED, SUPPORT } from '../house.ts'
import { deskFor } from './desk.ts'
import { emlNames } from './eml_names.ts'
import { type Records, recordsIn } from './mail_case.ts'

const FORWARDS = join(import.meta.dirname, '../../../test/cases/forwards')
const names = emlNames(FORWARDS)

t.test('each mail that an agent forwards opens the ticket of the right submitter', async t => {
  const { config, daemon, shell } = await deskFor(t, '')
  await shell('change_queue', 'queue=billing', 'forwards=y')
  const agent = await rawMailer(t, daemon.smtpPort, FRED)
  for (const name of names) {
    const before = await recordsIn(config.state_dir)
    const raw = readFileSync(join(FORWARDS, `${name}.eml`))
    const { to = SUPPORT, ...wanted } = JSON.parse(readFileSync(join(FORWARDS, `${name}.json`), 'utf8'))
    t.match(await agent({ raw, from: FRED.address, to }), /^250 /, name)
    t.strictSame(opened(before, await recordsIn(config.state_dir)), wanted, name)
  }
  t.ok(names.length > 40)
})

/** The ticket that a mail opened, what stands in it, and what is told of it. */
function opened(before: Records, after: Records) {
  const { submitter_email, submitter_name, title } = after.tickets.at(-1)!
  const followups = after.followups.slice(before.followups.length)
  const letters = after.letters.slice(before.letters.length)
  return {
    tickets: after.tickets.length - before.tickets.length,
    submitter: submitter_name === undefined ? submitter_email : `${submitter_name} <${submitter_email}>`,
    title,
    followups: followups.map(({ public: isPublic, author, comment, attachments, original }) => ({
      by: author.kind === 'user' ? 'fred' : author.kind === 'submitter' ? author.address : author.kind,
      public: isPublic,
      text: comment.split('\n'),
      files: attachments.map(({ filename }) => filename),
      ...(original ? { original: original.filename } : {}),
    })),
    letters: letters.map(({ event, to }) => `${event} ${to}`),
    says: letters.flatMap(({ answer }) => answer?.sentences ?? []).map(says => says.replace(/[0-9]+/g, 'N')),
  }
}
