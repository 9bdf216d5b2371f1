import { mailbox } from '../../../../data/address.ts'
import type { Ticket } from '../../../../data/tables.ts'
import type { Wording } from './wording.ts'

/** An address that a letter did not reach, and whether it gets no more letters. */
export interface Unreached {
  readonly address: string
  readonly isStopped: boolean
}

/** What can be done about an address that a letter about a ticket did not reach, a line each. */
export function correctionsOf(
  words: Wording,
  { id, submitter_email, watchers = [] }: Ticket,
  { address, isStopped }: Unreached,
): string {
  const isIt = (other: string | null) => other !== null && mailbox(other) === mailbox(address)
  const [isSubmitters, isWatchers] = [isIt(submitter_email), watchers.some(isIt)]
  const subjects: [string, string][] = []
  if (isSubmitters) subjects.push([`submitter ${id} ADDRESS`, words.say('correction.submitter')])
  if (isWatchers) subjects.push([`unwatch ${id} ${address}`, words.say('correction.watcher')])
  if (isStopped) subjects.push([`clear ${address}`, words.say('correction.clear')])
  if (!isSubmitters && !isWatchers)
    subjects.push(
      ['change_user username=NAME email=ADDRESS', words.say('correction.user')],
      ['change_queue queue=NAME updated_ticket_cc=ADDRESS', words.say('correction.queue')],
    )
  const width = Math.max(...subjects.map(([subject]) => subject.length))
  return [
    ...(isStopped ? [words.say('correction.stopped', { failing: address }), ''] : []),
    words.say(subjects.length === 1 ? 'correction.one' : 'correction.several'),
    ...subjects.map(([subject, when]) => `  ${subject.padEnd(width)}  ${when}`),
  ].join('\n')
}
