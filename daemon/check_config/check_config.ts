import { existsSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { openStore } from '../../data/json/open.ts'
import { snapshotPath } from '../../data/json/snapshot/snapshot.ts'
import type { Config } from '../config/config.ts'
import { isCredential } from '../config/named_file.ts'
import type { Events } from '../log/events.ts'
import { storeEvents } from '../log/store_events.ts'
import { smarthostPassword } from '../mail/out/smarthost_password.ts'
import { connect, isReached } from '../shell/client.ts'
import { STATUS_ERRAND } from '../status/errand.ts'
import type { SiteStatus } from '../status/site_status.ts'
import { certificatesToRenew } from './certificates.ts'
import type { DnsSetting } from './dns/dns_answers.ts'
import { checkDns, type DnsFindings } from './dns/dns_check.ts'
import { placeholders } from './placeholders.ts'
import { portsInUse } from './ports_in_use.ts'
import { queueWarnings } from './queue_warnings.ts'
import { ADDRESSES_ERRAND, siteAddresses } from './site_addresses.ts'

/** What was found on this machine, and the addresses of the site. */
interface Found {
  readonly warnings: readonly string[]
  readonly addresses: readonly string[]
}

/**
 * What the daemon will meet with this config, if this user starts it: a sentence for each thing to look at, and what DNS says of the site.
 * Throws Failure, or the system error, for what keeps the daemon from starting: files that cannot be read or used, a state directory without
 * access. Only tests have a setting of DNS.
 */
export async function checkConfig(
  config: Config,
  events: Events,
  setting?: DnsSetting,
): Promise<DnsFindings> {
  const files = [...placeholders(config), ...filesToLookAt(config)]
  const { warnings, addresses } = await foundIn(config, events)
  const dns = await checkDns(addresses, config['smarthost.url'], setting)
  return { warnings: [...files, ...warnings, ...dns.warnings], notes: dns.notes }
}

function filesToLookAt(config: Config): string[] {
  const found = certificatesToRenew(config, Date.now())
  if (isCredential(config['smarthost.password_file']) && !process.env.CREDENTIALS_DIRECTORY)
    return [
      ...found,
      'smarthost.password_file is not checked: only the service can read credentials of systemd.',
    ]
  smarthostPassword(config)
  return found
}

async function foundIn(config: Config, events: Events): Promise<Found> {
  const directory = config.state_dir
  const addresses = [config['mail.address']]
  if (!existsSync(directory)) {
    const absent = `There is no state directory ${directory} yet; check again when it exists, since its owner must be able to read all files.`
    return { warnings: [...(await portsInUse(config)), absent], addresses }
  }
  await access(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  // A daemon that runs has logged what it thinks of the queues.
  if (await isReached(directory)) {
    const { addresses, listens } = await toldByDaemon(config, events)
    return { warnings: listens ? await portsInUse(config, listens) : [], addresses }
  }
  const ports = await portsInUse(config)
  if (!existsSync(snapshotPath(directory))) return { warnings: ports, addresses }
  const store = await openStore(directory, storeEvents(events))
  try {
    const queues = await store.read(tx => tx.find('queues', {}))
    const sentences = queueWarnings(queues, config).map(({ sentence }) => sentence)
    return { warnings: [...ports, ...sentences], addresses: await siteAddresses(store, config) }
  } finally {
    await store.close()
  }
}

/** What a running daemon tells. */
interface Told {
  /** The address in the config, and those of the daemon, whose config may be an older one. */
  readonly addresses: readonly string[]
  /** Where it listens; undefined if it does not tell, since its own ports would look like those of others. */
  readonly listens: readonly string[] | undefined
}

/** A daemon of an earlier version may tell less. */
async function toldByDaemon(config: Config, events: Events): Promise<Told> {
  const client = await connect(config.state_dir, events)
  try {
    const site = await client.run({ method: ADDRESSES_ERRAND, params: {} })
    const status = await client.run({ method: STATUS_ERRAND, params: {} })
    const doors = status.exit === 0 ? (status.gives as SiteStatus).doors : undefined
    return {
      addresses: [config['mail.address'], ...(site.exit === 0 ? site.says.split('\n') : [])],
      listens: doors?.flatMap(({ listens }) => listens),
    }
  } finally {
    await client.close()
  }
}
