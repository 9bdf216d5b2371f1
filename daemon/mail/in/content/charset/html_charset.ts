/** In bytes; browsers look at 1,024, but mail programs write long comments first. */
const LOOKED_AT = 4096

/**
 * The charset that HTML names itself: by a byte order mark, `<meta charset>`, `<meta http-equiv content>` or its XML declaration, in the
 * first 4,096 bytes (HTML 13.2.3.2). The label is as written.
 */
export function htmlCharset(html: Uint8Array): string | undefined {
  const head = Buffer.from(html.subarray(0, LOOKED_AT)).toString('latin1').toLowerCase()
  if (head.startsWith('\xef\xbb\xbf')) return 'utf-8'
  if (head.startsWith('\xff\xfe')) return 'utf-16le'
  if (head.startsWith('\xfe\xff')) return 'utf-16be'
  for (let at = head.indexOf('<meta'); at >= 0; at = head.indexOf('<meta', at + 1)) {
    const label = valueIn(tagAt(head, at), 'charset')
    if (label !== undefined) return asRead(label)
  }
  const xml = head.startsWith('<?xml') ? valueIn(tagAt(head, 0), 'encoding') : undefined
  return xml === undefined ? undefined : asRead(xml)
}

function tagAt(head: string, at: number): string {
  const end = head.indexOf('>', at)
  return head.slice(at, end < 0 ? undefined : end)
}

/** What follows `name =` in a tag, without quotes. */
function valueIn(tag: string, name: string): string | undefined {
  for (let at = tag.indexOf(name); at >= 0; at = tag.indexOf(name, at + 1)) {
    const rest = tag.slice(at + name.length).trimStart()
    const value = rest.startsWith('=') ? /[^\s"'=;/?]+/.exec(rest)?.[0] : undefined
    if (value !== undefined) return value
  }
  return
}

/** A declaration that can be read as ASCII is not in UTF-16. */
function asRead(label: string): string {
  return label.startsWith('utf-16') ? 'utf-8' : label
}
