import { Failure } from '../../data/failure.ts'
import type { Config } from '../config/config.ts'
import { becomeOwner } from '../drop_privileges.ts'
import type { Events } from '../log/events.ts'
import { connect, isReached } from '../shell/client.ts'
import { NotACommand } from '../shell/not_a_command.ts'
import type { Done } from '../shell/run.ts'

/**
 * Lets the running daemon replay a mail: `MAIL [--yes]` are the words. Throws NotACommand for other words, and Failure `unavailable` if no
 * daemon runs: the letters that a mail causes wait for one anyway.
 */
export async function replayCommand(
  { state_dir: directory }: Config,
  events: Events,
  words: readonly string[],
): Promise<Done> {
  const [number = '', ...more] = words.filter(word => word !== '--yes')
  const mail = number.startsWith('#') ? number.slice(1) : number
  if (!Number.isSafeInteger(Number(mail)) || !/^[1-9][0-9]*$/.test(mail) || more.length > 0)
    throw new NotACommand('invalid', 'Write: replay MAIL [--yes]. "mails" lists the numbers of mails.')
  await becomeOwner(directory)
  if (!(await isReached(directory)))
    throw new Failure('unavailable', 'The daemon is not running; start it, then replay the mail.')
  const client = await connect(directory, events)
  try {
    const yes = words.includes('--yes') ? { yes: 'y' } : {}
    return await client.run({ method: 'replay_mail', params: { mail, ...yes } })
  } finally {
    await client.close()
  }
}
