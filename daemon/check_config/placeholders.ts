import { domainOf } from '../../data/address.ts'
import type { Config } from '../config/config.ts'
import { smarthostHost } from './dns/dns_check.ts'

/** The domains that documents use, as does the configuration to begin with (RFC 2606). */
const DOCUMENTS = ['example.com', 'example.net', 'example.org']

/** A sentence for each option that still has a name of an example, which no mail reaches. */
export function placeholders(config: Config): string[] {
  const names = {
    'mail.address': domainOf(config['mail.address']),
    'smarthost.url': smarthostHost(config['smarthost.url']) ?? '',
  }
  return Object.entries(names)
    .filter(([, name]) => isOfDocuments(name.toLowerCase()))
    .map(([key, name]) => `${key} still has the example ${name}, which no mail reaches; write your own.`)
}

function isOfDocuments(name: string): boolean {
  return DOCUMENTS.some(one => name === one || name.endsWith(`.${one}`))
}
