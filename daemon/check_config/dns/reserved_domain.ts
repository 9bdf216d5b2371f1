/** The domains that documents use, as does the configuration to begin with (RFC 2606). */
const DOCUMENTS = ['example.com', 'example.net', 'example.org']
/** Names that public DNS does not have, or that nobody can have (RFC 2606, 6761, 6762, 8375, and `internal` by ICANN). */
const RESERVED = [
  ...DOCUMENTS,
  'example',
  'home.arpa',
  'internal',
  'invalid',
  'local',
  'localhost',
  'onion',
  'test',
]

/** Whether to ask DNS about a domain makes no sense: it is reserved, or a name within a site. */
export function isReserved(domain: string): boolean {
  return !domain.includes('.') || isWithin(domain, RESERVED)
}

/** Whether a domain is one that documents use. */
export function isOfDocuments(domain: string): boolean {
  return isWithin(domain, DOCUMENTS)
}

function isWithin(domain: string, ones: readonly string[]): boolean {
  const name = domain.toLowerCase()
  return ones.some(one => name === one || name.endsWith(`.${one}`))
}
