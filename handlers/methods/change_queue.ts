import { hoursWords } from '../escalation/hours.ts'
import { method } from '../method.ts'
import { address, addresses } from '../params/addresses.ts'
import { flag } from '../params/flags.ts'
import { hourOfDay, zoneName } from '../params/hours.ts'
import { clearable, optional } from '../params/kind.ts'
import { slug } from '../params/names.ts'
import { whole } from '../params/numbers_and_dates.ts'
import { activeUser, queue } from '../params/references.ts'
import { line } from '../params/texts.ts'
import { letterLines, letterParams } from '../queues/letter_params.ts'
import { mailParams } from '../queues/mail_params.ts'
import { formerSlugs } from '../queues/queue_with_slug.ts'
import { toldOfNew } from '../queues/told_of_new.ts'
import { checkQueue } from '../unique.ts'

export default method({
  name: 'change_queue',
  summary: 'Change a queue.',
  description:
    'Parameters that are left out stay unchanged. An empty value clears a parameter that may be empty. After a change of the slug, the former one still names the queue. The answer says who is notified of new tickets.',
  may: 'admin',
  params: {
    queue: queue('The queue to change.'),
    title: optional(line('Title of the queue.', 100)),
    slug: optional(slug('Short name of the queue in commands and in the subjects of letters.')),
    email_address: clearable(address('Mail address of the queue.')),
    new_ticket_cc: clearable(addresses('CC addresses that are notified of new tickets.')),
    updated_ticket_cc: clearable(
      addresses('CC addresses that are notified of new tickets and of all updates.'),
    ),
    escalate_days: clearable(
      whole('Days without progress after which a ticket is escalated; 0 for never.', 0, 3650),
    ),
    escalate_at: clearable(
      hourOfDay(
        'The local hour at which tickets rise and wake; without it, escalation.at of the configuration.',
      ),
    ),
    time_zone: clearable(
      zoneName('The time zone of its days; without it, escalation.time_zone of the configuration.'),
    ),
    tells_escalation: optional(flag('Whether submitters are told by letter that their ticket rises.')),
    default_owner: clearable(
      activeUser('The user that tickets are assigned to if assigned_to is not given.'),
    ),
    locale: optional(letterParams.locale),
    greeting: clearable(letterParams.greeting),
    signature: clearable(letterParams.signature),
    quote: optional(letterParams.quote),
    join_minutes: clearable(mailParams.join_minutes),
    importance: optional(mailParams.importance),
    forwards: optional(mailParams.forwards),
  },
  example: {
    command: 'change_queue queue=support escalate_days=3',
    says: 'Queue Support is changed. Letters about its new tickets go to the administrators (susan), since it has neither a default owner nor CC addresses.',
  },
  run: async (
    {
      queue,
      title,
      slug,
      email_address,
      default_owner,
      escalate_days,
      escalate_at,
      time_zone,
      locale,
      greeting,
      signature,
      quote,
      join_minutes,
      importance,
      forwards,
      ...cc
    },
    { tx, hours },
  ) => {
    const { greeting: _, signature: __, ...unlined } = queue
    const { tells_escalation: told, escalate_at: formerHour, time_zone: formerZone, ...same } = unlined
    const hour = escalate_at === undefined ? formerHour : escalate_at
    const zone = time_zone === undefined ? formerZone : time_zone
    const tells_escalation = cc.tells_escalation ?? told
    const changed = {
      ...same,
      ...(hour ? { escalate_at: hour } : {}),
      ...(zone ? { time_zone: zone } : {}),
      ...(tells_escalation ? { tells_escalation } : {}),
      ...formerSlugs(queue, slug ?? queue.slug),
      title: title ?? queue.title,
      slug: slug ?? queue.slug,
      email_address:
        email_address === undefined ? queue.email_address : (email_address?.toLowerCase() ?? null),
      new_ticket_cc: cc.new_ticket_cc === undefined ? queue.new_ticket_cc : (cc.new_ticket_cc ?? []),
      updated_ticket_cc:
        cc.updated_ticket_cc === undefined ? queue.updated_ticket_cc : (cc.updated_ticket_cc ?? []),
      escalate_days: escalate_days === undefined ? queue.escalate_days : escalate_days || null,
      default_owner: default_owner === undefined ? queue.default_owner : (default_owner?.id ?? null),
      locale: locale ?? queue.locale,
      ...letterLines({ greeting, signature }, queue),
      ...(quote === undefined ? {} : { quote }),
      ...(join_minutes === undefined ? {} : { join_minutes: join_minutes ?? 0 }),
      ...(importance === undefined ? {} : { importance }),
      ...(forwards === undefined ? {} : { forwards }),
    }
    await checkQueue(tx, changed)
    return {
      queue: await tx.put('queues', changed),
      told: await toldOfNew(tx, changed),
      when: escalate_at === undefined && time_zone === undefined ? '' : hoursWords(changed, hours),
    }
  },
  says: ({ queue, told, when }) => `Queue ${queue.title} is changed. ${told}${when}`,
})
