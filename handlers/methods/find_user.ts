import { Failure, shown } from '../../data/failure.ts'
import { method } from '../method.ts'
import { line } from '../params/texts.ts'
import { ID } from '../result_schema.ts'

export default method({
  name: 'find_user',
  summary: 'Find the id of a user.',
  description: 'The id can be used as assigned_to in create_ticket.',
  may: 'agent',
  reads: true,
  params: { username: line('The case-sensitive username.', 64) },
  command: 'user <username>',
  example: { command: 'user susan', says: 'User susan has the id 1.', gives: 1 },
  run: async ({ username }, { tx }) => {
    const [user] = await tx.find('users', { username })
    if (!user)
      throw new Failure('not_found', `There is no user ${shown(username)}; usernames are case-sensitive.`, {
        parameter: 'username',
      })
    return user
  },
  says: user => `User ${user.username} has the id ${user.id}.`,
  gives: user => user.id,
  givesAs: 'user',
  givesSchema: ID,
})
