/** Names that public DNS does not have, or that nobody can have (RFC 2606, 6761, 6762, 8375, and `internal` by ICANN). */
const RESERVED: readonly string[] = [
  'example',
  'example.com',
  'example.net',
  'example.org',
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
  const name = domain.toLowerCase()
  return !name.includes('.') || RESERVED.some(one => name === one || name.endsWith(`.${one}`))
}
