import type { User } from '../../data/tables.ts'
import { CHOICE, choiceOf } from '../hearers/choice.ts'
import { method } from '../method.ts'
import { BOOLEAN, ID, listOf, objectOf, TEXT } from '../result_schema.ts'

export default method({
  name: 'list_users',
  summary: 'List the users.',
  description: 'The list is sorted by id and includes inactive users.',
  may: 'admin',
  reads: true,
  params: {},
  command: 'users',
  example: {
    command: 'users',
    says: '1 susan susan@example.org administrator\n2 fred fred@example.org',
    gives: [
      {
        id: 1,
        username: 'susan',
        full_name: '',
        addresses: ['susan@example.org'],
        admin: true,
        active: true,
        queues: [],
        notify: 'all',
        digest: null,
      },
      {
        id: 2,
        username: 'fred',
        full_name: '',
        addresses: ['fred@example.org'],
        admin: false,
        active: true,
        queues: [],
        notify: 'all',
        digest: null,
      },
    ],
  },
  run: async (_, { tx }) => {
    const queues = new Map((await tx.find('queues', {})).map(({ id, slug }) => [id, slug]))
    const users = await tx.find('users', {})
    return users.map(user => ({
      ...user,
      queues: (user.queues ?? []).map(id => queues.get(id) ?? String(id)),
    }))
  },
  says: users => users.map(lineOf).join('\n') || 'There are no users.',
  gives: users =>
    users.map(({ password_hash, addresses_since, digested_on, ...told }) => ({ ...told, ...choiceOf(told) })),
  givesAs: 'users',
  givesSchema: listOf(
    objectOf({
      id: ID,
      username: TEXT,
      full_name: TEXT,
      addresses: listOf(TEXT),
      admin: BOOLEAN,
      active: BOOLEAN,
      queues: listOf(TEXT),
      ...CHOICE,
    }),
  ),
})

interface Shown extends Omit<User, 'queues'> {
  /** Slugs; empty for all. */
  readonly queues: readonly string[]
}

function lineOf({ id, username, addresses, admin, active, queues, notify, digest }: Shown): string {
  const words = [
    id,
    username,
    addresses.join(','),
    admin ? 'administrator' : '',
    active ? '' : 'inactive',
    queues.length ? `only ${queues.join(',')}` : '',
    notify === undefined ? '' : `letters ${notify}`,
    digest === undefined ? '' : `digest ${digest}`,
  ]
  return words.filter(word => word !== '').join(' ')
}
