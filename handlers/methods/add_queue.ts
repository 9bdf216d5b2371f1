import { hoursWords } from '../escalation/hours.ts'
import { method } from '../method.ts'
import { address, addresses } from '../params/addresses.ts'
import { flag } from '../params/flags.ts'
import { hourOfDay, zoneName } from '../params/hours.ts'
import { optional } from '../params/kind.ts'
import { slug } from '../params/names.ts'
import { whole } from '../params/numbers_and_dates.ts'
import { activeUser } from '../params/references.ts'
import { line } from '../params/texts.ts'
import { defaultQueue } from '../queues/default_queue.ts'
import { letterLines, letterParams } from '../queues/letter_params.ts'
import { mailParams } from '../queues/mail_params.ts'
import { toldOfNew } from '../queues/told_of_new.ts'
import { ID } from '../result_schema.ts'
import { checkQueue } from '../unique.ts'

export default method({
  name: 'add_queue',
  summary: 'Add a queue.',
  description:
    'Mail to its address creates tickets in the queue, and letters about them are sent from that address. The answer says who is notified of new tickets, and where mail to the address of the helpdesk itself goes.',
  may: 'admin',
  params: {
    title: line('Title of the queue.', 100),
    slug: slug('Short name of the queue in commands and in the subjects of letters.'),
    email_address: optional(address('Mail address of the queue.')),
    new_ticket_cc: optional(addresses('CC addresses that are notified of new tickets.')),
    updated_ticket_cc: optional(
      addresses('CC addresses that are notified of new tickets and of all updates.'),
    ),
    escalate_days: optional(
      whole('Days without progress after which a ticket is escalated; 0 for never.', 0, 3650),
    ),
    escalate_at: optional(
      hourOfDay(
        'The local hour at which tickets rise and wake; without it, escalation.at of the configuration.',
      ),
    ),
    time_zone: optional(
      zoneName('The time zone of its days; without it, escalation.time_zone of the configuration.'),
    ),
    tells_escalation: optional(
      flag('Whether submitters are told by letter that their ticket rises; defaults to n.'),
    ),
    default_owner: optional(activeUser('The user that tickets are assigned to if assigned_to is not given.')),
    locale: optional(letterParams.locale),
    greeting: optional(letterParams.greeting),
    signature: optional(letterParams.signature),
    quote: optional(letterParams.quote),
    join_minutes: optional(mailParams.join_minutes),
    importance: optional(mailParams.importance),
    forwards: optional(mailParams.forwards),
  },
  example: {
    command: 'add_queue title=Sales slug=sales',
    says: "Queue Sales is added with the id 2. Letters about its new tickets go to the administrators (susan), since it has neither a default owner nor CC addresses. Mail to the helpdesk's own address goes to queue Support, unless mail.queue names another.",
    gives: 2,
  },
  run: async (
    {
      title,
      slug,
      email_address,
      default_owner,
      escalate_days,
      escalate_at,
      time_zone,
      tells_escalation,
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
    const queue = {
      title,
      slug,
      email_address: email_address?.toLowerCase() ?? null,
      new_ticket_cc: cc.new_ticket_cc ?? [],
      updated_ticket_cc: cc.updated_ticket_cc ?? [],
      escalate_days: escalate_days || null,
      ...(escalate_at === undefined ? {} : { escalate_at }),
      ...(time_zone === undefined ? {} : { time_zone }),
      ...(tells_escalation ? { tells_escalation } : {}),
      default_owner: default_owner?.id ?? null,
      locale: locale ?? 'auto',
      ...letterLines({ greeting, signature }, {}),
      ...(quote ? { quote } : {}),
      ...(join_minutes ? { join_minutes } : {}),
      ...(importance ? { importance } : {}),
      ...(forwards ? { forwards } : {}),
    }
    await checkQueue(tx, queue)
    const added = await tx.add('queues', queue)
    const { title: general } = (await defaultQueue(tx, ''))!
    const when = escalate_at === undefined && time_zone === undefined ? '' : hoursWords(added, hours)
    return { queue: added, told: await toldOfNew(tx, added), general, when }
  },
  says: ({ queue, told, general, when }) =>
    `Queue ${queue.title} is added with the id ${queue.id}. ${told}${when} Mail to the helpdesk's own address goes to queue ${general}, unless mail.queue names another.`,
  gives: ({ queue }) => queue.id,
  givesAs: 'queue',
  givesSchema: ID,
})
