import { Failure } from '../../data/failure.ts'
import { method } from '../method.ts'
import { refuseOthers } from '../ownership.ts'
import { whole } from '../params/numbers_and_dates.ts'

export default method({
  name: 'revoke_token',
  summary: 'Revoke a token.',
  description: 'From then on nobody logs in with it. Users revoke their own, an administrator any.',
  may: 'agent',
  frees: true,
  params: { token: whole('The number of the token; list_tokens shows it.', 1, Number.MAX_SAFE_INTEGER) },
  example: { command: 'revoke_token token=1', says: 'Token 1, invoices, is revoked.' },
  run: async ({ token: id }, { tx, actor }) => {
    const token = await tx.get('tokens', id)
    if (!token) throw new Failure('not_found', `There is no token ${id}.`)
    refuseOthers(actor, token.user, 'revokes the token of somebody else')
    await tx.delete('tokens', id)
    return token
  },
  says: ({ id, label }) => `Token ${id}, ${label}, is revoked.`,
})
