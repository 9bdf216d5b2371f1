import { isAscii, isUtf8 } from 'node:buffer'
import { domainToASCII, domainToUnicode } from 'node:url'

/**
 * A domain, given as its bytes in Latin-1, in ASCII: a label that is not ASCII becomes an A-label (RFC 5890 2.3.2.1). Undefined if it is
 * neither ASCII nor UTF-8, or if the conversion would change more than case and composition: UTS 46 makes ASCII of some characters, and
 * that is a domain that nobody has written.
 */
export function asciiDomain(raw: string): string | undefined {
  const bytes = Buffer.from(raw, 'latin1')
  if (isAscii(bytes)) return raw
  if (!isUtf8(bytes)) return
  const labels = bytes.toString().split('.')
  const converted = domainToASCII(labels.join('.')).split('.')
  const isSame = labels.every((label, at) => isLabel(label, converted[at]))
  return isSame && labels.length === converted.length ? converted.join('.') : undefined
}

function isLabel(label: string, converted: string | undefined): boolean {
  const lower = label.toLowerCase()
  if (isAscii(Buffer.from(label))) return lower === converted
  if (!converted?.startsWith('xn--')) return false
  return domainToUnicode(converted) === lower.normalize('NFC')
}
