// One thing: the parameters that name a record, which are written, loaded and refused in the same way.
import { strictPattern } from '../../data/address_pattern.ts'
import { Failure, shown } from '../../data/failure.ts'
import type { Ignore, Queue, Ticket, User } from '../../data/tables.ts'
import type { Kind, Loading } from '../method.ts'
import { beyond } from '../only_ticket.ts'
import { queueWithSlug } from '../queues/queue_with_slug.ts'
import type { TypedValue } from '../value.ts'
import { actorSees } from '../visible.ts'
import { kind, shownTyped } from './kind.ts'
import { SLUG, USERNAME } from './names.ts'
import { REFERENCE_SCHEMA, referenceIn, ticketWith } from './ticket_reference.ts'
import { TICKET_SLOT, TICKETS_SLOT, ticketsIn } from './tickets_in_command.ts'

const NUMBER = /^[1-9][0-9]*$/
const PADDED = /^0+[1-9][0-9]*$/
const LARGEST = Number.MAX_SAFE_INTEGER
/** For records that have a name besides the id. */
const ID_OR_NAME = { type: ['integer', 'string'], minimum: 1, maximum: LARGEST, minLength: 1 }

/** What a reference is, and how to write it, for refusals. */
interface Named {
  readonly what: string
  readonly give: string
}
const TICKET: Named = { what: 'a ticket number', give: 'only digits, like 31794' }
const QUEUE: Named = { what: 'a queue id or slug', give: 'one like 1 or support' }
const IGNORE: Named = { what: 'the number of an entry', give: 'one like 1, or its address or pattern' }
const USER: Named = { what: 'a user id or username', give: 'one like 1 or susan' }

/**
 * A ticket by its number, or by its reference as `ref:NAME`; `run` gets the ticket. In a command, and as text, there may be several:
 * `call` then runs once for each. Throws Failure `not_found` if it does not exist.
 */
export function ticket(about: string): Kind<Ticket> {
  return kind({
    about,
    rule: 'a ticket number, like 31794, or a reference, like ref:INV-7',
    schema: { anyOf: [{ type: 'integer', minimum: 1, maximum: LARGEST }, REFERENCE_SCHEMA] },
    namesTicket: true,
    slot: TICKETS_SLOT,
    fromSlot: ticketsIn,
    parse: (text): number | string => referenceIn(text) ?? idIn(text, TICKET),
    accept: value => acceptId(value, TICKET),
    load: loadTicket,
  })
}

/** Another ticket than the one that the call is about: always one. */
export function otherTicket(about: string): Kind<Ticket> {
  return { ...ticket(about), namesTicket: false, slot: TICKET_SLOT }
}

/** A ticket that the actor does not see is absent. Throws Failure `forbidden` for another ticket than the only one of the call. */
async function loadTicket(given: number | string, { tx, actor, onlyTicket }: Loading): Promise<Ticket> {
  const isNumber = typeof given === 'number'
  const found = isNumber ? await tx.get('tickets', given) : await ticketWith(tx, given)
  if (onlyTicket !== undefined && (isNumber ? given : found?.id) !== onlyTicket) throw beyond(onlyTicket)
  if (found && actorSees(actor, found.queue)) return found
  return absent(isNumber ? `ticket ${given}` : `ticket with the reference ${shown(given)}`)
}

/** A queue by its id or slug; `run` gets the queue. Throws Failure `not_found` if it does not exist. */
export function queue(about: string): Kind<Queue> {
  return kind({
    about,
    rule: 'a queue id or slug, like 1 or support',
    schema: ID_OR_NAME,
    slot: '[A-Za-z0-9][A-Za-z0-9_-]*',
    parse: text => {
      const slug = text.toLowerCase()
      return SLUG.test(slug) ? slug : idIn(text, QUEUE)
    },
    accept: value => acceptId(value, QUEUE),
    load: loadQueue,
  })
}

async function loadQueue(given: number | string, { tx, actor }: Loading): Promise<Queue> {
  const found = typeof given === 'number' ? await tx.get('queues', given) : await queueWithSlug(tx, given)
  return found && actorSees(actor, found.id) ? found : absent(`queue ${given}`)
}

/** A user by id or username; `run` gets the user. Throws Failure `not_found` if the user does not exist. */
export function user(about: string): Kind<User> {
  return userLoadedBy(loadUser, about, 'a user id or username, like 1 or susan')
}

/** The same for an active user. Throws Failure `invalid` for an inactive one. */
export function activeUser(about: string): Kind<User> {
  return userLoadedBy(loadActiveUser, about, 'the id or username of an active user')
}

function userLoadedBy(load: typeof loadUser, about: string, rule: string): Kind<User> {
  return kind({
    about,
    rule,
    schema: ID_OR_NAME,
    slot: '@?[A-Za-z0-9][A-Za-z0-9._@+-]*',
    fromSlot: words => (words.startsWith('@') ? words.slice(1) : words),
    parse: (text): number | string => (USERNAME.test(text) ? text : idIn(text, USER)),
    accept: value => acceptId(value, USER),
    load,
  })
}

async function loadUser(given: number | string, { tx }: Loading): Promise<User> {
  const named = async (username: string) => (await tx.find('users', { username }))[0]
  const found =
    typeof given === 'number'
      ? await tx.get('users', given)
      : // Phones begin words with a capital.
        ((await named(given)) ?? (await named(given.toLowerCase())))
  return found ?? absent(`user ${given}`)
}

async function loadActiveUser(given: number | string, call: Loading): Promise<User> {
  const found = await loadUser(given, call)
  if (!found.active) throw new Failure('invalid', `${found.username} is inactive; name an active user.`)
  return found
}

/** An entry of the ignore list by its number, address or pattern; `run` gets the entry. Throws Failure `not_found` if it does not exist. */
export function ignore(about: string): Kind<Ignore> {
  return kind({
    about,
    rule: 'the number of an entry, or its address or pattern, like 1 or *@spam.example',
    schema: ID_OR_NAME,
    slot: '(?:[0-9]+|[^ \\t:@]+@[^ \\t:@]+)',
    parse: (text): number | string => (text.includes('@') ? strictPattern(text) : idIn(text, IGNORE)),
    accept: value => acceptId(value, IGNORE),
    load: loadIgnore,
  })
}

async function loadIgnore(given: number | string, { tx }: Loading): Promise<Ignore> {
  const found =
    typeof given === 'number'
      ? await tx.get('ignores', given)
      : (await tx.find('ignores', { email: given }))[0]
  return found ?? absent(`entry ${given} in the ignore list`)
}

/** Parses a canonical decimal from 1 to 2^53 - 1. Throws Failure `invalid`. */
function idIn(text: string, named: Named): number {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value)) return value
  if (PADDED.test(text))
    throw new Failure('invalid', `${shown(text)} is not ${named.what}; leave out the zeros in front.`)
  throw noId(shown(text), /^[0-9]+$/.test(text), named)
}

/** The same for a number of a JSON body. */
function acceptId(value: TypedValue, named: Named): number {
  const isWhole = Number.isInteger(value)
  if (typeof value === 'number' && isWhole && value >= 1 && value <= LARGEST) return value
  throw noId(shownTyped(value), isWhole, named)
}

function noId(told: string, isWhole: boolean, { what, give }: Named): Failure {
  const hint = isWhole ? `numbers go from 1 to ${LARGEST}` : `give ${give}`
  return new Failure('invalid', `${told} is not ${what}; ${hint}.`)
}

function absent(what: string): never {
  throw new Failure('not_found', `There is no ${what}.`)
}
