import type { Test } from 'tap'
import { NO_LETTERS } from '../daemon/mail/no_letters.ts'
import { rawMailer } from '../daemon/mail/wire.ts'
import { FRED, type House, house, SUPPORT } from '../house.ts'
import { recordsIn } from './mail_case.ts'

/** The submitters of the tickets 1 to 5, and the watcher of ticket 2. */
const SUBMITTERS = [
  'erin@example.net',
  'bob@customer.example',
  'carl@customer.example',
  'dora@customer.example',
  'eve@friend.example',
]
const TITLES = ['Badge lost', 'Printer on floor 3', 'VPN drops', 'New laptop', 'Parking space']
const WATCHER = 'eve@friend.example'
/** Hears of every new ticket. */
const DESK = 'desk@example.org'
const RESOLVED = 3
/** The same people write again and again. */
const NO_CAPS = ['letters_per_address_hour', 'letters_per_address_day', 'letters_hour']
  .map(cap => `limits.${cap} = 1000`)
  .join('\n')

/** A helpdesk with five tickets, to which mail is sent. */
export interface Desk extends House {
  readonly send: Awaited<ReturnType<typeof rawMailer>>
  /** Resolves ticket 2 by its owner, who gets no letter about that, if it is not resolved; gives the records. */
  ready(): ReturnType<typeof recordsIn>
}

export async function deskFor(t: Test, more: string): Promise<Desk> {
  const its = await house(t, `${NO_CAPS}\n${NO_LETTERS}\n${more}`)
  const { susan, post, shell, daemon, config } = its
  await susan('change_queue', { queue: '1', new_ticket_cc: DESK })
  for (const [at, submitter_email] of SUBMITTERS.entries())
    await susan('create_ticket', {
      queue: '1',
      title: TITLES[at]!,
      submitter_email,
      assigned_to: FRED.username,
    })
  await shell('watch', '2', WATCHER)
  await shell('add_queue', 'title=Billing', 'slug=billing', `email_address=${SUPPORT.replace('support', 'billing')}`)
  const send = await rawMailer(t, daemon.smtpPort)
  const ready = async () => {
    const records = await recordsIn(config.state_dir)
    if (records.tickets[1]!.status === RESOLVED) return records
    await post('resolve', { user: FRED.username, password: FRED.password, ticket: '2', resolution: 'Done.' })
    return recordsIn(config.state_dir)
  }
  return { ...its, send, ready }
}
