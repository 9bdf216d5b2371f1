import { domainOf } from '../../data/address.ts'
import type { Config } from '../config/config.ts'
import { smarthostHost } from './dns/dns_check.ts'
import { isOfDocuments } from './dns/reserved_domain.ts'

/** A sentence for each option that still has a name of an example, which no mail reaches. */
export function placeholders(config: Config): string[] {
  const names = {
    'mail.address': domainOf(config['mail.address']),
    'smarthost.url': smarthostHost(config['smarthost.url']) ?? '',
  }
  return Object.entries(names)
    .filter(([, name]) => isOfDocuments(name))
    .map(([key, name]) => `${key} still has the example ${name}, which no mail reaches; write your own.`)
}
