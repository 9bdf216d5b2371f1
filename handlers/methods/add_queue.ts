import { method } from '../method.ts'
import { address, addresses } from '../params/addresses.ts'
import { optional } from '../params/kind.ts'
import { locale, slug } from '../params/names.ts'
import { whole } from '../params/numbers_and_dates.ts'
import { activeUser } from '../params/references.ts'
import { line } from '../params/texts.ts'
import { ID } from '../result_schema.ts'
import { checkQueue } from '../unique.ts'

export default method({
  name: 'add_queue',
  summary: 'Add a queue.',
  description: 'Mail to its address opens tickets in it, and its letters come from there.',
  may: 'admin',
  params: {
    title: line('Its name, for people to read.', 100),
    slug: slug('Its name in commands and in the subjects of letters.'),
    email_address: optional(address('The address that it is written to.')),
    new_ticket_cc: optional(addresses('Who else hears of new tickets.')),
    updated_ticket_cc: optional(addresses('Who else hears of everything.')),
    escalate_days: optional(
      whole('After so many days without progress a ticket rises; 0 for never.', 0, 3650),
    ),
    default_owner: optional(activeUser('Who gets its tickets when nobody else is named.')),
    locale: optional(locale('The language of its letters; en when not given.')),
  },
  example: {
    command: 'add_queue title=Sales slug=sales',
    says: 'Queue Sales is added with the id 2.',
    gives: 2,
  },
  run: async ({ title, slug, email_address, default_owner, escalate_days, locale, ...cc }, { tx }) => {
    const queue = {
      title,
      slug,
      email_address: email_address?.toLowerCase() ?? null,
      new_ticket_cc: cc.new_ticket_cc ?? [],
      updated_ticket_cc: cc.updated_ticket_cc ?? [],
      escalate_days: escalate_days || null,
      default_owner: default_owner?.id ?? null,
      locale: locale ?? 'en',
    }
    await checkQueue(tx, queue)
    return tx.add('queues', queue)
  },
  says: queue => `Queue ${queue.title} is added with the id ${queue.id}.`,
  gives: queue => queue.id,
  givesSchema: ID,
})
