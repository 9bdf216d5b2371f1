import { method } from '../method.ts'
import { addresses } from '../params/addresses.ts'
import { flag } from '../params/flags.ts'
import { optional } from '../params/kind.ts'
import { username } from '../params/names.ts'
import { newPassword } from '../params/passwords.ts'
import { queues } from '../params/several_queues.ts'
import { line } from '../params/texts.ts'
import { ID } from '../result_schema.ts'
import { checkUser } from '../unique.ts'
import { limitedTo } from '../visible.ts'

export default method({
  name: 'add_user',
  summary: 'Add a user.',
  description: 'A user without a password can log in only with a token, until set_password sets a password.',
  may: 'admin',
  doors: ['http', 'shell'],
  login: 'password',
  params: {
    username: username('Login name.'),
    email: addresses('Mail addresses that the user writes from; letters go to the first.'),
    full_name: optional(line('Full name.', 100)),
    new_password: optional(newPassword('Password.')),
    admin: optional(flag('Whether the user is an administrator.')),
    queues: optional(
      queues(
        'The queues that the user is limited to: tickets, letters and lists of other queues do not exist for the user; not for administrators.',
      ),
    ),
  },
  example: {
    command: 'add_user username=tom email=tom@example.org',
    says: 'User tom is added with the id 3.',
    gives: 3,
  },
  run: async ({ username, email, full_name, new_password, admin, queues }, { tx, now }) => {
    const user = {
      username,
      full_name: full_name ?? '',
      addresses: email.map(address => address.toLowerCase()),
      addresses_since: now,
      password_hash: new_password ?? null,
      admin: admin ?? false,
      active: true,
      ...limitedTo(queues),
    }
    await checkUser(tx, user)
    return tx.add('users', user)
  },
  says: user => `User ${user.username} is added with the id ${user.id}.`,
  gives: user => user.id,
  givesAs: 'user',
  givesSchema: ID,
})
