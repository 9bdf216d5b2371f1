import type { Token, User } from '../../data/tables.ts'
import { method } from '../method.ts'
import { refuseOthers } from '../ownership.ts'
import { optional } from '../params/kind.ts'
import { user } from '../params/references.ts'
import { ID, INSTANT, listOf, objectOf, orNull, TEXT } from '../result_schema.ts'

export default method({
  name: 'list_tokens',
  summary: 'List the tokens.',
  description:
    'The list shows when each token was last used, to the hour, but not the token itself, which is not kept. Without username, agents get their own tokens, and administrators get all.',
  may: 'agent',
  reads: true,
  params: { username: optional(user('The user whose tokens are listed.')) },
  example: {
    command: 'list_tokens username=susan',
    says:
      '1 susan invoices, never used\n' +
      '2 susan alarms, last used 2026-03-01T12:00:00.000Z, valid until 2027-01-01T00:00:00.000Z, for create_ticket',
    gives: [
      {
        token: 1,
        username: 'susan',
        label: 'invoices',
        methods: [],
        created: '2026-03-01T12:00:00.000Z',
        expires: null,
        last_used: null,
      },
      {
        token: 2,
        username: 'susan',
        label: 'alarms',
        methods: ['create_ticket'],
        created: '2026-03-01T12:00:00.000Z',
        expires: '2027-01-01T00:00:00.000Z',
        last_used: '2026-03-01T12:00:00.000Z',
      },
    ],
  },
  run: async ({ username: user }, { tx, actor }) => {
    const own = actor.kind === 'user' && !actor.user.admin ? actor.user.id : undefined
    const wanted = user?.id ?? own
    if (wanted !== undefined) refuseOthers(actor, wanted, 'list the tokens of another user')
    const tokens = await tx.find('tokens', wanted === undefined ? {} : { user: wanted })
    return Promise.all(tokens.map(async token => ({ token, user: (await tx.get('users', token.user))! })))
  },
  says: tokens => tokens.map(lineOf).join('\n') || 'There are no tokens.',
  gives: tokens =>
    tokens.map(({ token: { id, label, methods, created, expires, last_used }, user }) => {
      return { token: id, username: user.username, label, methods, created, expires, last_used }
    }),
  givesAs: 'tokens',
  givesSchema: listOf(
    objectOf({
      token: ID,
      username: TEXT,
      label: TEXT,
      methods: listOf(TEXT),
      created: INSTANT,
      expires: orNull(INSTANT),
      last_used: orNull(INSTANT),
    }),
  ),
})

function lineOf({ token, user }: { token: Token; user: User }): string {
  const { id, label, methods, expires, last_used } = token
  const facts = [
    `${id} ${user.username} ${label}`,
    last_used === null ? 'never used' : `last used ${last_used}`,
    ...(expires === null ? [] : [`valid until ${expires}`]),
    ...(methods.length === 0 ? [] : [`for ${methods.join(' ')}`]),
  ]
  return facts.join(', ')
}
