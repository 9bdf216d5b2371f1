import { Failure } from '../../data/failure.ts'
import { choiceWords, NOTIFY, withChoice } from '../hearers/choice.ts'
import { method } from '../method.ts'
import { actingUser } from '../ownership.ts'
import { choice } from '../params/choices.ts'
import { hourOrNone } from '../params/hours.ts'
import { optional } from '../params/kind.ts'

export default method({
  name: 'set_notify',
  summary: 'Choose which letters you get.',
  description:
    'all: every letter about tickets that is meant for you; mine: only those about your own tickets and those that you have answered; none: no letters about tickets, unless nobody else would hear. What you get as the submitter or a watcher of a ticket stays the same, and so do letters that failed and answers to your commands. A digest is one letter each morning, at an hour of the time zone of the helpdesk, about the tickets that wait for you; digest=n ends it. What is left out stays unchanged.',
  may: 'agent',
  params: {
    notify: optional(choice('Which letters about tickets you get.', NOTIFY)),
    digest: optional(hourOrNone('The local hour of your digest.')),
  },
  command: ['notify <notify>', 'digest <digest>'],
  example: {
    command: 'notify mine',
    says: 'You get letters about your own tickets and those that you have answered, and no digest.',
  },
  run: async ({ notify, digest }, call) => {
    const user = actingUser(call.actor, 'The operator gets no letters; use change_user for those of a user.')
    if (notify === undefined && digest === undefined)
      throw new Failure(
        'invalid',
        `Give notify, which is one of ${NOTIFY.join(', ')}, or digest, an hour or n.`,
      )
    return call.tx.put('users', withChoice(user, { notify, digest }, call))
  },
  says: choiceWords,
})
