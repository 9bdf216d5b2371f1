import { method } from '../method.ts'
import { refuseOthers } from '../ownership.ts'
import { newPassword } from '../params/passwords.ts'
import { user } from '../params/references.ts'

export default method({
  name: 'set_password',
  summary: 'Set a password.',
  description:
    'Users can set their own password, administrators that of any user. The old password is no longer valid.',
  may: 'agent',
  doors: ['http', 'shell'],
  login: 'password',
  params: {
    username: user('The user whose password is set.'),
    new_password: newPassword('The new password.'),
  },
  example: {
    command: 'set_password username=susan new_password="a long sentence"',
    says: 'The password of susan is set.',
  },
  run: async ({ username: user, new_password }, { tx, actor }) => {
    refuseOthers(actor, user.id, 'set the password of another user')
    return tx.put('users', { ...user, password_hash: new_password })
  },
  says: user => `The password of ${user.username} is set.`,
})
