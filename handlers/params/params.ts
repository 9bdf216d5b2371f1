// One file, since it is a list: each kind of parameter is one short function, and a method picks what it needs.
import { mailbox, address as strictAddress } from '../../data/address.ts'
import { Failure, shown } from '../../data/failure.ts'
import { withoutSecrets } from '../../data/secret_words.ts'
import type { Attachment, Priority, Queue, Ticket, User } from '../../data/tables.ts'
import type { Kind } from '../method.ts'
import { type KeptText, keepText } from './kept_text.ts'
import { kind } from './kind.ts'
import { notBlank, refuseBlank } from './not_blank.ts'
import { oneLine, plainPieces, plainText } from './plain_text.ts'

export { clearable, optional } from './kind.ts'

/** Of a line or a list. What is far longer than anybody means is not taken apart first: 25 MB of it hold up everybody. */
const LONGEST = 10_000
const NUMBER = /^[1-9][0-9]*$/
const LARGEST = Number.MAX_SAFE_INTEGER
/** Of a record that has a name beside its id. */
const ID_OR_NAME = { type: ['integer', 'string'], minimum: 1, maximum: LARGEST, minLength: 1 }
const SLUG = /^[a-z][a-z0-9_-]{0,49}$/
const USERNAME = /^[A-Za-z][A-Za-z0-9._@+-]{0,63}$/
const LOCALE = /^[a-z]{2,3}(?:-[A-Z]{2})?$/

/** A ticket by its number; `run` gets the ticket. Failure `not_found` where there is none. */
export function ticket(about: string): Kind<Ticket> {
  return kind({
    about,
    rule: 'a ticket number, like 31794',
    schema: { type: 'integer', minimum: 1, maximum: LARGEST },
    namesTicket: true,
    slot: '(?:#?[0-9]+|\\[[a-z][a-z0-9_-]*-[0-9]+\\])',
    fromSlot: words => /^(?:#|\[.*-)?([0-9]+)\]?$/s.exec(words)![1]!,
    parse: text => number(text, 'a ticket number', 'digits alone, like 31794'),
    load: async (id: number, { tx }) => (await tx.get('tickets', id)) ?? absent(`ticket ${id}`),
  })
}

/** A queue by its id or its slug. */
export function queue(about: string): Kind<Queue> {
  return kind({
    about,
    rule: 'a queue id or slug, like 1 or support',
    schema: ID_OR_NAME,
    slot: '[A-Za-z0-9][A-Za-z0-9_-]*',
    parse: text => {
      const slug = text.toLowerCase()
      return SLUG.test(slug) ? slug : number(text, 'a queue id or slug', 'one like 1 or support')
    },
    load: async (given: number | string, { tx }) => {
      const found =
        typeof given === 'number' ? tx.get('queues', given) : first(tx.find('queues', { slug: given }))
      return (await found) ?? absent(`queue ${given}`)
    },
  })
}

/** A user, by id or username. */
export function user(about: string): Kind<User> {
  return kind({
    about,
    rule: 'a user id or username, like 1 or susan',
    schema: ID_OR_NAME,
    slot: '[A-Za-z0-9][A-Za-z0-9._@+-]*',
    parse: text =>
      USERNAME.test(text) ? text : number(text, 'a user id or username', 'one like 1 or susan'),
    load: async (given: number | string, { tx }) => {
      const found =
        typeof given === 'number' ? tx.get('users', given) : first(tx.find('users', { username: given }))
      return (await found) ?? absent(`user ${given}`)
    },
  })
}

/** The same, of a user who is not switched off. */
export function activeUser(about: string): Kind<User> {
  const any = user(about)
  return {
    ...any,
    rule: 'the id or username of an active user',
    load: async (value, call) => {
      const found = await any.load(value, call)
      if (!found.active) throw new Failure('invalid', `${found.username} is not active; name an active user.`)
      return found
    },
  }
}

/** Text of any length with something in it, plain; a long one is put in a file. */
export function text(about: string): Kind<KeptText> {
  return kind({
    about,
    rule: 'some text',
    words: true,
    parse: given => notBlank(plainText(given)),
    keep: (given, files) => {
      refuseBlank(plainPieces(given))
      return keepText(files, plainPieces(given))
    },
    load: async (beginning: string) => ({ beginning }),
  })
}

/** One line of 1 to `most` characters after trimming; control characters become blanks. */
export function line(about: string, most: number): Kind<string> {
  return kind({
    about,
    rule: `1 to ${most} characters on one line`,
    words: true,
    schema: { type: 'string', minLength: 1, maxLength: most },
    parse: given => {
      if (given.length > LONGEST) throw tooLong(given, given.length, most)
      const trimmed = notBlank(oneLine(given))
      const { length } = [...trimmed]
      if (length > most) throw tooLong(trimmed, length, most)
      return trimmed
    },
  })
}

/** The same of a title, which all letters carry: kept without what follows where it names a secret. */
export function title(about: string, most: number): Kind<string> {
  const any = line(about, most)
  return { ...any, parse: given => withoutSecrets(any.parse(given) as string) }
}

export function address(about: string): Kind<string> {
  return kind({
    about,
    rule: 'a mail address, like susan@example.org',
    schema: { type: 'string', format: 'email' },
    parse: strictAddress,
  })
}

/** One or more addresses, each once. */
export function addresses(about: string): Kind<readonly string[]> {
  return kind({
    about,
    rule: 'mail addresses with commas between',
    parse: given => [
      ...new Map(
        listed(given)
          .map(strictAddress)
          .map(one => [mailbox(one), one]),
      ).values(),
    ],
  })
}

export function username(about: string): Kind<string> {
  return kind({
    about,
    rule: 'a username: a letter, then letters, digits and . _ @ + -, at most 64 characters',
    schema: { type: 'string', pattern: USERNAME.source },
    parse: given =>
      matching(given, USERNAME, 'a username; begin with a letter, go on with letters, digits and . _ @ + -'),
  })
}

export function slug(about: string): Kind<string> {
  return kind({
    about,
    rule: 'a slug: a small letter, then small letters, digits, _ and -, at most 50 characters',
    schema: { type: 'string', pattern: SLUG.source },
    parse: given =>
      matching(given, SLUG, 'a slug; begin with a small letter, go on with small letters, digits, _ and -'),
  })
}

export function locale(about: string): Kind<string> {
  return kind({
    about,
    rule: 'a locale, like en or pt-BR',
    schema: { type: 'string', pattern: LOCALE.source },
    parse: given => matching(given, LOCALE, 'a locale; give one like en or pt-BR'),
  })
}

/** A whole number between two bounds, both allowed. */
export function whole(about: string, from: number, to: number): Kind<number> {
  return kind({
    about,
    rule: `a whole number from ${from} to ${to}`,
    schema: { type: 'integer', minimum: from, maximum: to },
    parse: given => {
      const value = given === '0' || NUMBER.test(given) ? Number(given) : Number.NaN
      if (value >= from && value <= to) return value
      throw new Failure('invalid', `${shown(given)} is not a whole number from ${from} to ${to}.`)
    },
  })
}

export function priority(about: string): Kind<Priority> {
  return whole(about, 1, 5) as Kind<Priority>
}

/** `y` or `n`; in a command the bare name of the parameter is `y`. */
export function flag(about: string): Kind<boolean> {
  return kind({
    about,
    rule: 'y or n',
    schema: { type: 'string', enum: ['y', 'n'] },
    fromSlot: () => 'y',
    fromBoolean: value => (value ? 'y' : 'n'),
    parse: given => {
      if (given === 'y' || given === 'n') return given === 'y'
      throw new Failure('invalid', `${shown(given)} is neither y nor n.`)
    },
  })
}

/** Anything at all, as long as it is there. */
export function anything(about: string): Kind<string> {
  return kind({
    about,
    rule: 'any value',
    fromSlot: () => 'y',
    fromBoolean: value => (value ? 'y' : ''),
    parse: given => given,
  })
}

/** A day of the calendar. */
export function date(about: string): Kind<string> {
  return kind({
    about,
    rule: 'a date, like 2026-12-31',
    schema: { type: 'string', format: 'date' },
    parse: given => {
      const day = new Date(`${given}T00:00:00Z`)
      const valid = /^\d{4}-\d{2}-\d{2}$/.test(given) && !Number.isNaN(day.getTime())
      if (valid && day.toISOString().startsWith(given)) return given
      throw new Failure('invalid', `${shown(given)} is not a date; give one like 2026-12-31.`)
    },
  })
}

/** A password that is to be set; `run` gets its hash, made before the transaction begins. */
export function newPassword(about: string): Kind<string> {
  return kind({
    about,
    rule: '8 characters to 72 bytes',
    schema: { type: 'string', format: 'password', writeOnly: true, minLength: 8, maxLength: 72 },
    secret: true,
    parse: () => {
      throw new Error('a password needs to be hashed')
    },
    prepare: (given, passwords) => passwords.hash(given),
  })
}

/** Files that came beside the parameters. Only a door can hand them over, as `given`; there is no text for them. */
export function attachments(about: string): Kind<readonly Attachment[]> {
  return kind({
    about,
    rule: 'one or more files',
    schema: { type: 'array', items: { type: 'string', format: 'binary' } },
    fromDoor: true,
    parse: () => {
      throw new Failure(
        'invalid',
        'Attachments come as files, with a mail or a POST; there is no text for them.',
      )
    },
  })
}

/** A canonical decimal from 1 to 2^53 - 1. */
function number(given: string, what: string, give: string): number {
  const value = NUMBER.test(given) ? Number(given) : Number.NaN
  if (Number.isSafeInteger(value)) return value
  const hint = /^[0-9]+$/.test(given) ? `numbers go from 1 to ${Number.MAX_SAFE_INTEGER}` : `give ${give}`
  throw new Failure('invalid', `${shown(given)} is not ${what}; ${hint}.`)
}

/** What stands between the commas. */
export function listed(given: string): string[] {
  if (given.length > LONGEST) throw tooLong(given, given.length, LONGEST)
  return given.split(',')
}

function tooLong(given: string, length: number, most: number): Failure {
  return new Failure('invalid', `${shown(given)} has ${length} characters; give at most ${most}.`)
}

function matching(given: string, pattern: RegExp, rule: string): string {
  if (pattern.test(given)) return given
  throw new Failure('invalid', `${shown(given)} is not ${rule}.`)
}

function absent(what: string): never {
  throw new Failure('not_found', `There is no ${what}.`)
}

async function first<R>(found: Promise<readonly R[]>): Promise<R | undefined> {
  return (await found)[0]
}
