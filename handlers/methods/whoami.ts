import type { Token } from '../../data/tables.ts'
import { CHOICE, choiceOf, choiceWords } from '../hearers/choice.ts'
import { type Actor, method } from '../method.ts'
import { BOOLEAN, ID, listOf, objectOf, orNull, TEXT } from '../result_schema.ts'

export default method({
  name: 'whoami',
  summary: 'Show who you are.',
  description:
    'A program gets the username (null for the operator), the mail addresses, whether you are an administrator, which letters you get, and the number and the label of the token that you logged in with.',
  may: 'agent',
  reads: true,
  params: {},
  command: 'whoami',
  example: {
    command: 'whoami',
    says: 'You are susan, an administrator, with the address susan@example.org.',
    gives: {
      username: 'susan',
      full_name: '',
      addresses: ['susan@example.org'],
      admin: true,
      notify: 'all',
      digest: null,
      token: null,
      label: null,
    },
  },
  run: async (_, { tx, actor, token }) => {
    return { actor, token: token === undefined ? undefined : await tx.get('tokens', token) }
  },
  says: ({ actor, token }) => `${sentence(actor)}${token ? ` ${tokenSentence(token)}` : ''}`,
  gives: ({ actor, token }) => {
    const { username, full_name, addresses, admin } = actor.kind === 'user' ? actor.user : OPERATOR
    const choice = choiceOf(actor.kind === 'user' ? actor.user : {})
    return {
      username,
      full_name,
      addresses,
      admin,
      ...choice,
      token: token?.id ?? null,
      label: token?.label ?? null,
    }
  },
  givesSchema: objectOf({
    username: orNull(TEXT),
    full_name: TEXT,
    addresses: listOf(TEXT),
    admin: BOOLEAN,
    ...CHOICE,
    token: orNull(ID),
    label: orNull(TEXT),
  }),
})

/** What the operator counts as, who may call every method. */
const OPERATOR = { username: null, full_name: '', addresses: [], admin: true }

function sentence(actor: Actor): string {
  if (actor.kind !== 'user') return 'You are the operator, who may call every method.'
  const { username, full_name, addresses, admin, notify, digest } = actor.user
  const name = full_name === '' ? username : `${username} (${full_name})`
  const chosen = notify || digest ? ` ${choiceWords(actor.user)}` : ''
  return `You are ${name}${admin ? ', an administrator' : ''}, with the address${addresses.length > 1 ? 'es' : ''} ${addresses.join(', ')}.${chosen}`
}

function tokenSentence({ id, label, methods }: Token): string {
  const limit = methods.length === 0 ? '' : `, which can call only ${methods.join(', ')}`
  return `You logged in with token ${id}, ${label}${limit}.`
}
