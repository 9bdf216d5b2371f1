import { existsSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { openStore } from '../../data/json/open.ts'
import { snapshotPath } from '../../data/json/snapshot/snapshot.ts'
import type { Config } from '../config/config.ts'
import { isCredential } from '../config/named_file.ts'
import type { Events } from '../log/events.ts'
import { storeEvents } from '../log/store_events.ts'
import { smarthostPassword } from '../mail/out/smarthost_password.ts'
import { isReached } from '../shell/client.ts'
import { certificatesToRenew } from './certificates.ts'
import { portsInUse } from './ports_in_use.ts'
import { queueWarnings } from './queue_warnings.ts'

/**
 * What the daemon will meet with this config, if this user starts it: a sentence for each thing to look at. Throws Failure, or the system
 * error, for what keeps it from starting: files that cannot be read or used, a state directory without access.
 */
export async function checkConfig(config: Config, events: Events): Promise<string[]> {
  const found = certificatesToRenew(config, Date.now())
  if (isCredential(config['smarthost.password_file']) && !process.env.CREDENTIALS_DIRECTORY)
    found.push('smarthost.password_file is not checked: only the service can read credentials of systemd.')
  else smarthostPassword(config)
  const directory = config.state_dir
  if (!existsSync(directory))
    return [
      ...found,
      ...(await portsInUse(config)),
      `There is no state directory ${directory} yet; check again when it exists, since its owner must be able to read all files.`,
    ]
  await access(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  // A daemon that runs has its ports, and has logged what it thinks of the queues.
  if (await isReached(directory)) return found
  return [...found, ...(await portsInUse(config)), ...(await queuesIn(config, events))]
}

async function queuesIn(config: Config, events: Events): Promise<string[]> {
  if (!existsSync(snapshotPath(config.state_dir))) return []
  const store = await openStore(config.state_dir, storeEvents(events))
  try {
    const queues = await store.read(tx => tx.find('queues', {}))
    return queueWarnings(queues, config).map(({ sentence }) => sentence)
  } finally {
    await store.close()
  }
}
