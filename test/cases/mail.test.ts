import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Attachment, Followup, Mail, Ticket } from '../../data/tables.ts'
import { kept } from '../daemon/mail/kept.ts'
import { NO_LETTERS } from '../daemon/mail/no_letters.ts'
import { rawMailer } from '../daemon/mail/wire.ts'
import { house, SUPPORT } from '../house.ts'
import { emlNames } from './eml_names.ts'

/** What a mail must become: the file NAME.json beside NAME.eml. */
export interface Expected {
  readonly title: string
  readonly text: string
  /** The name, the type and the size of each file, or its text. */
  readonly files?: readonly (readonly [name: string, type: string, content: number | string])[]
  readonly submitter: string | null
  /** The reasons of the verdict, and what was guessed; none if left out. */
  readonly reasons?: readonly string[]
}

const MAILS = join(import.meta.dirname, '../../../test/cases/mail')
const names = emlNames(MAILS)

t.test('each mail becomes what a careful reader sees in it', async t => {
  t.ok(names.length > 100)
  const { daemon, config } = await house(t, `${NO_LETTERS}\nmail.aliases = ["support@example.org"]`)
  const send = await rawMailer(t, daemon.smtpPort)
  for (const name of names) {
    const raw = readFileSync(join(MAILS, `${name}.eml`))
    t.match(await send({ raw, from: 'ann@customer.example', to: SUPPORT }), /^250 /, name)
  }
  const mails = await kept(config.state_dir, 'mails')
  const tickets = await kept(config.state_dir, 'tickets')
  const followups = await kept(config.state_dir, 'followups')
  for (const [at, name] of names.entries()) {
    const expected: Expected = JSON.parse(readFileSync(join(MAILS, `${name}.json`), 'utf8'))
    const mail = mails[at]!
    const ticket = tickets.find(({ id }) => id === mail.tickets[0])!
    const followup = followups.find(one => one.ticket === ticket.id)!
    t.same(becameOf(config.state_dir, mail, ticket, followup, expected), expected, name)
  }
})

/** What became of a mail, in the form of `expected`. */
function becameOf(
  stateDirectory: string,
  { reasons }: Mail,
  { title, submitter_email }: Ticket,
  { comment, comment_file, attachments }: Followup,
  expected: Expected,
): Expected {
  const content = ({ file, size }: Attachment, wanted: number | string | undefined) =>
    typeof wanted === 'string' ? stored(stateDirectory, file).toString() : size
  return {
    title,
    text: comment_file === undefined ? comment : stored(stateDirectory, comment_file).toString(),
    ...(expected.files || attachments.length > 0
      ? {
          files: attachments.map((one, at) => [
            one.filename,
            one.mime_type,
            content(one, expected.files?.[at]?.[2]),
          ]),
        }
      : {}),
    submitter: submitter_email,
    ...(reasons.length > 0 ? { reasons } : {}),
  }
}

function stored(stateDirectory: string, file: string): Buffer {
  return readFileSync(join(stateDirectory, 'files', file.slice(0, 2), file))
}
