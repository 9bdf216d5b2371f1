import { DAY } from '../../data/durations.ts'
import { Failure, shown } from '../../data/failure.ts'
import { sha256 } from '../../data/secret.ts'
import type { Token } from '../../data/tables.ts'
import { newToken } from '../../data/token.ts'
import { type Kind, type Method, method } from '../method.ts'
import { refuseOthers } from '../ownership.ts'
import { kind, optional } from '../params/kind.ts'
import { listed } from '../params/longest.ts'
import { date } from '../params/numbers_and_dates.ts'
import { activeUser } from '../params/references.ts'
import { line } from '../params/texts.ts'
import { TEXT } from '../result_schema.ts'

/** A later year is written with a sign and six digits, and would sort before all other instants. */
const LAST_YEAR = 9999

/** Makes the method `issue_token`; a token can be limited to some of the other methods. */
export function issue_token(others: readonly Method[]): Method {
  return method({
    name: 'issue_token',
    summary: 'Issue a token to log in with.',
    description:
      'A program logs in with a token instead of a password. The token is shown only once; the helpdesk keeps a hash of it. Users can issue tokens for themselves, administrators for any user. Issuing a token takes a login with a password.',
    may: 'agent',
    doors: ['http', 'shell'],
    login: 'password',
    params: {
      username: activeUser('The user that the token logs in as.'),
      label: line('What the token is for.', 100),
      expires: optional(
        date(
          'The last day on which the token is valid, in UTC; without it, the token is valid until it is revoked.',
        ),
      ),
      // An empty list is refused: it must not mean all methods.
      methods: { ...optional(methodNames(others)), need: 'clearable' },
    },
    example: {
      command: 'issue_token username=susan label=invoices methods=create_ticket,list_queues',
      says: 'Token 3 of susan, shown only once: hdt_…',
      gives: 'hdt_…',
    },
    run: async ({ username: user, label, expires, methods }, { tx, actor, now }) => {
      refuseOthers(actor, user.id, 'issue a token for another user')
      const secret = newToken()
      const token = await tx.add('tokens', {
        user: user.id,
        label,
        hash: sha256(secret),
        methods: methods ?? [],
        created: now,
        expires: endOf(expires, now),
        last_used: null,
      })
      return { token, user, secret }
    },
    says: ({ token, user, secret }) => `Token ${token.id} of ${user.username}, shown only once: ${secret}`,
    gives: ({ secret }) => secret,
    givesAs: 'token',
    givesSchema: TEXT,
    toldOnce: ({ token }) =>
      `Token ${token.id} was issued to the first call with this Idempotency-Key and is not shown again; revoke it and issue another.`,
  })
}

/** The moment at which the token expires. Throws Failure `invalid` if that is in the past or too far in the future. */
function endOf(lastDay: string | undefined, now: string): Token['expires'] {
  if (lastDay === undefined) return null
  const end = new Date(Date.parse(lastDay) + DAY)
  if (end.getTime() <= Date.parse(now))
    throw new Failure('invalid', `expires: ${lastDay} is in the past; give today or a later day.`, {
      parameter: 'expires',
    })
  if (end.getUTCFullYear() > LAST_YEAR)
    throw new Failure(
      'invalid',
      `expires: ${lastDay} is too far in the future; leave it out for a token that does not expire.`,
      { parameter: 'expires' },
    )
  return end.toISOString()
}

function methodNames(others: readonly Method[]): Kind<readonly string[]> {
  const names = others.filter(({ login }) => login !== 'password').map(({ name }) => name)
  return kind({
    about: 'The methods that the token may call; without them, all that its user may call.',
    rule: 'method names separated by commas',
    parse: given => {
      const wanted = [...new Set(listed(given).map(name => name.trim()))]
      const unknown = wanted.find(name => !names.includes(name))
      if (unknown === undefined) return wanted
      throw new Failure(
        'invalid',
        `${shown(unknown)} is not a method that a token can call; "help" lists the methods.`,
      )
    },
  })
}
