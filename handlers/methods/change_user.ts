import { Failure } from '../../data/failure.ts'
import type { Reader } from '../../data/store.ts'
import type { User } from '../../data/tables.ts'
import { NOTIFY, withChoice } from '../hearers/choice.ts'
import { method } from '../method.ts'
import { addresses } from '../params/addresses.ts'
import { choice } from '../params/choices.ts'
import { flag } from '../params/flags.ts'
import { hourOrNone } from '../params/hours.ts'
import { clearable, optional } from '../params/kind.ts'
import { user } from '../params/references.ts'
import { queues } from '../params/several_queues.ts'
import { line } from '../params/texts.ts'
import { checkUser } from '../unique.ts'
import { limitedTo } from '../visible.ts'

export default method({
  name: 'change_user',
  summary: 'Change or deactivate a user.',
  description:
    'Parameters that are left out stay unchanged. An inactive user cannot log in and gets no letters.',
  may: 'admin',
  doors: ['http', 'shell'],
  login: 'password',
  params: {
    username: user('The user to change.'),
    email: optional(addresses('All mail addresses that the user writes from; letters go to the first.')),
    full_name: clearable(line('Full name.', 100)),
    admin: optional(flag('Whether the user is an administrator.')),
    active: optional(flag('Whether the user is active; n deactivates the user, y activates the user again.')),
    queues: clearable(
      queues(
        'The queues that the user is limited to: tickets, letters and lists of other queues do not exist for the user. Administrators see all queues.',
      ),
    ),
    notify: optional(choice('Which letters about tickets the user gets, as with set_notify.', NOTIFY)),
    digest: optional(hourOrNone("The local hour of the user's digest.")),
    force: optional(flag('Whether to make the change even if no active administrator is left.')),
  },
  example: { command: 'change_user username=susan full_name="Susan Bones"', says: 'User susan is changed.' },
  run: async ({ username: user, email, full_name, admin, active, queues, notify, digest, force }, call) => {
    const { tx, now } = call
    const { queues: before, ...rest } = withChoice(user, { notify, digest }, call)
    const addresses = email?.map(address => address.toLowerCase()) ?? user.addresses
    const isAdded = addresses.some(address => !user.addresses.includes(address))
    const changed = {
      ...rest,
      ...(queues === undefined && before ? { queues: before } : limitedTo(queues)),
      addresses,
      ...(isAdded ? { addresses_since: now } : {}),
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

/** Throws Failure `invalid` if no other active administrator exists. */
async function refuseLast(tx: Reader, { id, username }: User): Promise<void> {
  const users = await tx.find('users', {})
  if (users.some(other => other.id !== id && administers(other))) return
  throw new Failure(
    'invalid',
    `${username} is the last active administrator; make another user an administrator first, or give force=y.`,
  )
}
