/**
 * The tags of a record like `v=DMARC1; p=none` (RFC 6376 3.2), by their names in lower case; the first of several counts. A part without an
 * equals sign is left out.
 */
export function tagsOf(record: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>()
  for (const part of record.split(';')) {
    const at = part.indexOf('=')
    const name = part.slice(0, Math.max(at, 0)).trim().toLowerCase()
    if (at > 0 && !tags.has(name)) tags.set(name, part.slice(at + 1).trim())
  }
  return tags
}
