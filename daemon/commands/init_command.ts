import { relative } from 'node:path'
import { Failure } from '../../data/failure.ts'
import type { Config } from '../config/config.ts'
import { becomeOwner } from '../drop_privileges.ts'
import type { Events } from '../log/events.ts'
import { SELF_TEST_ERRAND } from '../self_test/self_test.ts'
import { connectAtStart, isReached } from '../shell/client.ts'
import { NotACommand } from '../shell/not_a_command.ts'
import type { Done } from '../shell/run.ts'
import { quoted } from '../shell_word.ts'
import { ownTerminal } from './ask_address.ts'
import { init } from './init.ts'

/** The word for the self-test. */
const SELF_TEST = '--selftest'

/**
 * Adds the first queue and user; then, with `--selftest`, has the running daemon send letters to itself. `[ADDRESS] [--selftest]` are the
 * words; `option` names the configuration in the commands to try. Gives the result of the last step. Throws NotACommand for other words, and
 * Failure: those of `init`, and, before anything is done, `unavailable` if a self-test has no daemon.
 */
export async function initCommand(
  config: Config,
  events: Events,
  words: readonly string[],
  option: string,
): Promise<Done> {
  const [address, ...more] = words.filter(word => word !== SELF_TEST)
  if (more.length > 0 || address?.startsWith('-'))
    throw new NotACommand('invalid', `Write: init [ADDRESS] [${SELF_TEST}].`)
  const directory = config.state_dir
  await becomeOwner(directory)
  const client = await connectAtStart(directory, events, () =>
    note(
      'Another process has the state directory; waiting for a minute at most, in case a daemon is starting.',
    ),
  )
  try {
    if (words.includes(SELF_TEST) && !(await isReached(directory)))
      throw new Failure(
        'unavailable',
        'The daemon is not running, and a self-test needs it; start it, then run init --selftest.',
      )
    // When npm starts it, there is no helpdeskd in the PATH, and nobody is to be asked.
    const isNpm = process.env.npm_lifecycle_event === 'start'
    const program = isNpm ? `node ${quoted(relative('', process.argv[1]!))}` : 'helpdeskd'
    const terminal = isNpm ? undefined : ownTerminal()
    const says = await init(client, config, program + option, { address, terminal })
    if (!words.includes(SELF_TEST)) return { exit: 0, says, gives: says }
    process.stdout.write(`${says}\n`)
    note('Sends letters to the helpdesk itself, and waits for them for a minute at most.')
    return await client.run({ method: SELF_TEST_ERRAND, params: {} })
  } finally {
    await client.close()
  }
}

/** Tells the operator what it waits for. */
function note(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
}
