import { Failure } from '../../data/failure.ts'
import type { Reader } from '../../data/store.ts'
import type { User } from '../../data/tables.ts'
import { method } from '../method.ts'
import { addresses } from '../params/addresses.ts'
import { flag } from '../params/flags.ts'
import { clearable, optional } from '../params/kind.ts'
import { user } from '../params/references.ts'
import { line } from '../params/texts.ts'
import { checkUser } from '../unique.ts'

export default method({
  name: 'change_user',
  summary: 'Change a user, or switch one off.',
  description:
    'What is not given stays as it is. A user who is not active can log in nowhere and gets no letters.',
  may: 'admin',
  doors: ['http', 'shell'],
  login: 'password',
  params: {
    username: user('The user to change.'),
    email: optional(addresses('All the addresses that the user writes from.')),
    full_name: clearable(line('His name, for people to read.', 100)),
    admin: optional(flag('Whether the user is an administrator.')),
    active: optional(flag('Whether the user can log in: n switches the user off, y on again.')),
    force: optional(flag('Whether to do it to the last active administrator, too.')),
  },
  example: { command: 'change_user username=susan full_name="Susan Bones"', says: 'User susan is changed.' },
  run: async ({ username: user, email, full_name, admin, active, force }, { tx }) => {
    const changed = {
      ...user,
      addresses: email?.map(address => address.toLowerCase()) ?? user.addresses,
      full_name: full_name === undefined ? user.full_name : (full_name ?? ''),
      admin: admin ?? user.admin,
      active: active ?? user.active,
    }
    await checkUser(tx, changed)
    if (!force && administers(user) && !administers(changed)) await refuseLast(tx, user)
    return tx.put('users', changed)
  },
  says: user => `User ${user.username} is changed.`,
})

function administers({ active, admin }: User): boolean {
  return active && admin
}

/** Throws Failure `invalid` where nobody else administers the helpdesk. */
async function refuseLast(tx: Reader, { id, username }: User): Promise<void> {
  const users = await tx.find('users', {})
  if (users.some(other => other.id !== id && administers(other))) return
  throw new Failure(
    'invalid',
    `${username} is the last active administrator; make another user one first, or give force=y.`,
  )
}
