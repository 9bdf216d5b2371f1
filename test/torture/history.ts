import type { Followup, Letter } from '../../data/tables.ts'
import { SUSAN } from '../house.ts'
import type { Records } from './process.ts'

/** A request of a client. Its token is in the one follow-up that it makes, so that its effects can be counted. */
export interface Deed {
  readonly token: string
  readonly client: string
  /** It opens a ticket with the token as its title. */
  readonly opens: boolean
  /** The number of letters about its follow-up that must be sent, besides those to the administrator, of which some go into summaries. */
  readonly letters: number
  /** By mail: its Message-ID, and whether it is answered by letter. */
  readonly mail?: { readonly messageId: string; readonly answered: boolean }
  /** The highest ticket number that had been confirmed when it began. */
  readonly above: number
  fate: 'unknown' | 'done' | 'refused'
  /** The number of the ticket that it opened, if the door says it. */
  ticket?: number
}
export interface History {
  readonly deeds: Deed[]
  highest: number
}

/** Compares the records with what was confirmed; gives a sentence for each broken promise. */
export function broken({ deeds }: History, records: Records): string[] {
  const found = indexed(records)
  return [
    ...deeds.flatMap(deed => brokenBy(deed, found)),
    ...risingNumbers(deeds, found),
    ...wholeTickets(records, found),
    ...strangers(deeds, records),
  ]
}

interface Found {
  readonly titles: ReadonlyMap<string, number[]>
  readonly comments: ReadonlyMap<string, Followup[]>
  readonly followups: ReadonlyMap<number, Followup[]>
  readonly letters: ReadonlyMap<number | null, Letter[]>
  readonly answers: ReadonlyMap<string | null | undefined, Letter[]>
  readonly mails: ReadonlyMap<string | null, unknown[]>
}

function indexed({ tickets, followups, letters, mails }: Records): Found {
  const titles = new Map(
    [...grouped(tickets, ({ title }) => title)].map(([title, all]) => [title, all.map(({ id }) => id)]),
  )
  return {
    titles,
    comments: grouped(followups, ({ comment }) => comment),
    followups: grouped(followups, ({ ticket }) => ticket),
    letters: grouped(
      letters.filter(({ to }) => to !== SUSAN.address),
      ({ followup }) => followup,
    ),
    answers: grouped(letters, ({ answer }) => answer?.message_id),
    mails: grouped(mails, ({ message_id }) => message_id),
  }
}

function brokenBy(deed: Deed, found: Found): string[] {
  const { token, fate, opens, letters, mail, above, ticket } = deed
  const made = found.comments.get(token) ?? []
  const times = made.length
  const wrong: string[] = []
  const must = (holds: boolean, what: string) => {
    if (!holds) wrong.push(`${token} (${fate}, ${times} times): ${what}`)
  }
  must(times <= 1, 'it happened twice')
  must(fate !== 'done' || times === 1, 'it was confirmed and is lost')
  must(fate !== 'refused' || times === 0, 'it was refused and happened')
  const titled = found.titles.get(token) ?? []
  must(titled.length === (opens ? times : 0), `there are ${titled.length} tickets of it`)
  if (mail) {
    must((found.mails.get(mail.messageId) ?? []).length === times, 'the record of its mail does not match')
    const answers = found.answers.get(mail.messageId) ?? []
    must(answers.length === (mail.answered ? times : 0), `there are ${answers.length} answers to its mail`)
  }
  const [followup] = made
  if (!followup) return wrong
  const told = (found.letters.get(followup.id) ?? []).length
  must(told === letters, `there are ${told} letters about it instead of ${letters}`)
  if (!opens) return wrong
  must(titled[0] === followup.ticket, 'its follow-up belongs to another ticket')
  must(
    ticket === undefined || ticket === titled[0],
    `it is ticket ${titled[0]} but was reported as ${ticket}`,
  )
  must(followup.ticket > above, `it is ticket ${followup.ticket}, and ${above} had been given out`)
  return wrong
}

/** A client makes one request after another, so their follow-ups are numbered in that order. A mail may have been sent again later. */
function risingNumbers(deeds: readonly Deed[], { comments }: Found): string[] {
  const last = new Map<string, number>()
  return deeds.flatMap(({ client, token, mail }) => {
    const id = comments.get(token)?.[0]?.id
    if (id === undefined || mail) return []
    const before = last.get(client) ?? 0
    last.set(client, id)
    return id > before ? [] : [`${token} has follow-up ${id}, and ${before} came before it`]
  })
}

/** Each version of a ticket has a follow-up, and the ticket matches the last one. */
function wholeTickets({ tickets }: Records, { followups }: Found): string[] {
  return tickets.flatMap(({ id, version, on_hold }) => {
    const all = followups.get(id) ?? []
    const holds = all.flatMap(({ changes }) => changes.filter(({ field }) => field === 'on_hold'))
    const last = holds.at(-1)?.to ?? false
    const chained = holds.every(({ from, to }, at) => from !== to && from === (holds[at - 1]?.to ?? false))
    return [
      ...(all.length === version ? [] : [`ticket ${id} has version ${version} and ${all.length} follow-ups`]),
      ...(last === on_hold ? [] : [`ticket ${id} does not match its last follow-up`]),
      ...(chained ? [] : [`the holds of ticket ${id} are not a chain`]),
    ]
  })
}

/** There is nothing that no client asked for. */
function strangers(deeds: readonly Deed[], { followups, letters }: Records): string[] {
  const tokens = new Set(deeds.map(({ token }) => token))
  const ids = new Set(followups.map(({ id }) => id))
  return [
    ...followups
      .filter(({ comment }) => !tokens.has(comment))
      .map(({ id }) => `no client asked for follow-up ${id}`),
    ...letters
      .filter(({ followup }) => followup !== null && !ids.has(followup))
      .map(({ id }) => `letter ${id} is about no follow-up`),
  ]
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}
