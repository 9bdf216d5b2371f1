import type { Letter } from '../../../../data/tables.ts'
import type { About } from '../about.ts'
import { tagOf } from './tag.ts'
import { together } from './together.ts'
import type { Wording } from './wording.ts'

/** The text of a letter about the steps of several tickets in one run; `more` means that not all are named. */
export function escalationsText(
  words: Wording,
  all: readonly About[],
  { more }: Pick<Letter, 'more'>,
): string {
  const [own, staffs] = [all.filter(({ quotes }) => !quotes), all.filter(({ quotes }) => quotes)]
  const [first] = own
  return together([
    ...(staffs.length > 0 ? [words.say('several.escalations'), ...staffs.map(stepOf)] : []),
    ...(first
      ? [
          words.say('several.own_escalations'),
          own.map(titleOf).join('\n'),
          words.say('several.add', { tag: tagOf(first.ticket, first.queue) }),
        ]
      : []),
    more ? words.say('several.more') : '',
    staffs.length > 0 ? `${words.say('several.show')}\n${words.say('several.new_ticket')}` : '',
  ])
}

function titleOf({ ticket, queue }: About): string {
  return `${tagOf(ticket, queue)} ${ticket.title}`
}

function stepOf(about: About): string {
  const { words, owner } = about
  const line = owner === undefined ? words.say('card.no_owner') : words.say('card.owner', { owner })
  return `${titleOf(about)}\n  ${about.followup!.comment}\n  ${words.capital(line)}`
}
