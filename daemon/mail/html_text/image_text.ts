import type { Attributes } from './tags.ts'

/** What an image says: the name of its file if it is attached, or the text that stands for it. */
export type ImageText = { readonly name: string } | { readonly alt: string }

const CID = /^cid:/i
const TINY = /^\s{0,4}[01](?:px)?\s{0,4}$/
const TINY_STYLE = /(?:^|[;\s])(?:width|height)\s{0,4}:\s{0,4}[01](?:px)?(?:[;\s!]|$)/i
/** Texts that only repeat that there is an image, and names of files. */
const SAYS_NOTHING =
  /^(?:image|img|spacer|pixel|cid:.*|https?:.*|[\w .()-]{1,80}\.(?:png|jpe?g|gif|bmp|svg|webp))$/i

/** `names` has the file names of the attached images by their Content-IDs. A tracking pixel says nothing. */
export function imageText(attributes: Attributes, names: ReadonlyMap<string, string>): ImageText {
  const source = attributes.get('src')?.trim() ?? ''
  const name = CID.test(source) ? nameOf(source.replace(CID, ''), names) : undefined
  if (name !== undefined) return { name }
  const alt = attributes.get('alt')?.trim() ?? ''
  return { alt: isTiny(attributes) || SAYS_NOTHING.test(alt) ? '' : alt }
}

function isTiny(attributes: Attributes): boolean {
  if (TINY.test(attributes.get('width') ?? '') || TINY.test(attributes.get('height') ?? '')) return true
  return TINY_STYLE.test(attributes.get('style') ?? '')
}

/** A cid: URL is percent-encoded (RFC 2392). */
function nameOf(cid: string, names: ReadonlyMap<string, string>): string | undefined {
  const name = names.get(cid)
  if (name !== undefined || !cid.includes('%')) return name
  try {
    return names.get(decodeURIComponent(cid))
  } catch {
    return undefined
  }
}
