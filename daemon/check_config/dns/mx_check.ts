import { shown } from '../../../data/failure.ts'
import type { DnsAnswers } from './dns_answers.ts'
import { type Finding, faulty } from './finding.ts'

/** Other servers seldom try more. */
const MOST_HOSTS = 5
const WHAT_TO_DO =
  'add an MX record that names the host of the mail door, or of the server that hands over its mail.'

/** Whether mail to a domain has somewhere to go (RFC 5321 5.1). Throws DnsSilent. */
export async function checkMx(answers: DnsAnswers, domain: string): Promise<Finding> {
  const hosts = (await answers.mailHosts(domain)).map(({ exchange }) => exchange).slice(0, MOST_HOSTS)
  if (hosts.length === 0) return withoutMx(answers, domain)
  if (hosts.every(host => host === '' || host === '.'))
    return faulty('a null MX', `The MX record of ${domain} says that it takes no mail; ${WHAT_TO_DO}`)
  const found = await Promise.all(hosts.map(host => answers.addresses(host)))
  const names = hosts.map(shown).join(', ')
  return found.some(addresses => addresses.length > 0)
    ? { note: `MX ${names}`, warnings: [] }
    : faulty(
        `MX ${names} without an address`,
        `Mail to ${domain} cannot arrive: ${names} of its MX record has no address in DNS; correct one of them.`,
      )
}

async function withoutMx(answers: DnsAnswers, domain: string): Promise<Finding> {
  const addresses = await answers.addresses(domain)
  return addresses.length > 0
    ? { note: `no MX, so mail goes to ${addresses[0]}`, warnings: [] }
    : faulty('no MX', `Mail to ${domain} cannot arrive: it has no MX record and no address; ${WHAT_TO_DO}`)
}
