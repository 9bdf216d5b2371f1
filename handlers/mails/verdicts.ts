import type { Verdict } from '../../data/tables.ts'

/** What a mail with each verdict was taken for, and what was done with it. */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  command: 'a command of a proven user, which was answered by mail',
  status: 'a request for the state of the tickets of its sender, which was answered by mail',
  near_miss:
    'what a proven user meant as a command, but mistyped or misplaced: nothing was done, and a letter said what was wrong',
  unconfirmed:
    'a command without proof in the name of a user, who was asked by letter whether to carry it out, or told why not',
  confirmed: 'the yes of a user to a command that we had asked about, which was answered by mail',
  cancelled: 'an answer that is not yes to a command that we had asked about: the command is cancelled',
  automatic: 'mail that a machine wrote: it is kept, and not acknowledged',
  report: 'a report about the delivery of one of our letters',
  spam: 'mail that the spam filter of this site has marked: it is kept, and nothing else is done',
  loop: 'mail in a loop, which is one of our own letters or a letter of a helpdesk to a helpdesk: it is kept, and nothing else is done',
  stop: 'the wish of a watcher or the submitter to get no more mail about a ticket',
  choice: 'what a submitter says of a resolution, by a link in the letter about it',
  ignored: 'mail of a sender on the ignore list: it is kept, and nothing else is done',
  followup: 'an answer to a ticket',
  ticket: 'a new request, which opens a ticket',
}
export const verdicts = Object.keys(verdictWords) as readonly Verdict[]
