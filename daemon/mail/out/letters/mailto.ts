import type { Mailto } from '../links.ts'

/**
 * A `mailto:` URI (RFC 6068) with subject and text ready, in angle brackets, so that mail programs make a link of it (RFC 3986, appendix C).
 * All but letters, digits and a few signs are percent-encoded, and a line ends with CRLF. The `+` of an address stands for itself.
 */
export function mailto({ address, subject, text }: Mailto): string {
  const body = text === undefined ? '' : `&body=${encodeURIComponent(text.replaceAll('\n', '\r\n'))}`
  const to = encodeURIComponent(address).replaceAll('%40', '@').replaceAll('%2B', '+')
  return `<mailto:${to}?subject=${encodeURIComponent(subject)}${body}>`
}
