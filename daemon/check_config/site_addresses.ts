import type { Store } from '../../data/store.ts'
import type { Config } from '../config/config.ts'

/** What `check-config` asks a running daemon for, by its name. */
export const ADDRESSES_ERRAND = 'site_addresses'

/** The addresses of a site: `mail.address`, and those of its queues. */
export async function siteAddresses(store: Store, config: Config): Promise<string[]> {
  const queues = await store.read(tx => tx.find('queues', {}))
  return [config['mail.address'], ...queues.flatMap(({ email_address }) => email_address ?? [])]
}

/** The same for the daemon to answer, one on each line. */
export function addressesErrand(store: Store, config: Config) {
  const answer = async () => (await siteAddresses(store, config)).join('\n')
  return [ADDRESSES_ERRAND, answer] as const
}
