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

/** Beyond it an instant is written with more digits, and sorts before all others. */
const LAST_YEAR = 9999

/** The method that makes a token, which can be held to some of the others. */
export function issue_token(others: readonly Method[]): Method {
  return method({
    name: 'issue_token',
    summary: 'Issue a token to log in with.',
    description:
      'A program logs in with it in place of a password. It is told once and kept as a hash. Users issue their own, an administrator any; a token issues none.',
    may: 'agent',
    doors: ['http', 'shell'],
    login: 'password',
    params: {
      username: activeUser('Whose token.'),
      label: line('What it is for.', 100),
      expires: optional(
        date('The last day on which it is good, in UTC; without one it is good until it is revoked.'),
      ),
      // Left empty it is looked at, and refused: a list that came out empty must not come to mean all.
      methods: { ...optional(methodNames(others)), need: 'clearable' },
    },
    example: {
      command: 'issue_token username=susan label=invoices methods=create_ticket,list_queues',
      says: 'Token 3 of susan, told this once: hdt_…',
      gives: 'hdt_…',
    },
    run: async ({ username: user, label, expires, methods }, { tx, actor, now }) => {
      refuseOthers(actor, user.id, 'issues a token for somebody else')
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
    says: ({ token, user, secret }) => `Token ${token.id} of ${user.username}, told this once: ${secret}`,
    gives: ({ secret }) => secret,
    givesSchema: TEXT,
    toldOnce: ({ token }) =>
      `Token ${token.id} was issued to the first call with this Idempotency-Key and told to that alone; revoke it and issue another.`,
  })
}

/** The first moment at which it is good no more. Throws Failure `invalid` when that is over. */
function endOf(lastDay: string | undefined, now: string): Token['expires'] {
  if (lastDay === undefined) return null
  const end = new Date(Date.parse(lastDay) + DAY)
  if (end.getTime() <= Date.parse(now))
    throw new Failure('invalid', `expires: ${lastDay} is over; give a day to come.`)
  if (end.getUTCFullYear() > LAST_YEAR)
    throw new Failure('invalid', `expires: ${lastDay} is too far off; leave it out for a token without end.`)
  return end.toISOString()
}

function methodNames(others: readonly Method[]): Kind<readonly string[]> {
  const names = others.filter(({ login }) => login !== 'password').map(({ name }) => name)
  return kind({
    about: 'The methods that it may call; all that its user may without them.',
    rule: 'names of methods with commas between',
    parse: given => {
      const wanted = [...new Set(listed(given).map(name => name.trim()))]
      const unknown = wanted.find(name => !names.includes(name))
      if (unknown === undefined) return wanted
      throw new Failure('invalid', `${shown(unknown)} is no method that a token can call; "help" lists them.`)
    },
  })
}
