import { Failure } from '../../data/failure.ts'
import { method } from '../method.ts'
import { refuseOthers } from '../ownership.ts'
import { whole } from '../params/numbers_and_dates.ts'

export default method({
  name: 'revoke_token',
  summary: 'Revoke a token.',
  description:
    'Nobody can log in with it any longer. Users can revoke their own tokens, administrators those of any user.',
  may: 'agent',
  frees: true,
  params: { token: whole('The number of the token; list_tokens shows it.', 1) },
  example: { command: 'revoke_token token=1', says: 'Token 1, invoices, is revoked.' },
  run: async ({ token: id }, { tx, actor }) => {
    const token = await tx.get('tokens', id)
    if (!token) throw new Failure('not_found', `There is no token ${id}.`)
    refuseOthers(actor, token.user, 'revoke a token of another user')
    await tx.delete('tokens', id)
    return token
  },
  says: ({ id, label }) => `Token ${id}, ${label}, is revoked.`,
})
