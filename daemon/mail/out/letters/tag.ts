import type { Queue, Ticket } from '../../../../data/tables.ts'

/** The mark of a ticket in subjects. */
export function tagOf({ id }: Pick<Ticket, 'id'>, { slug }: Pick<Queue, 'slug'>): string {
  return `[${slug}-${id}]`
}
