import libmime from 'libmime'
import { firstOf, readHeaders } from '../headers.ts'
import { headerText } from './charset/header_words.ts'
import type { Leaf } from './structure/parts.ts'

/** Names for unnamed files of types whose name or extension says little. */
const NAMES: Readonly<Record<string, string>> = {
  'application/pgp-encrypted': 'version.txt',
  'application/pgp-signature': 'signature.asc',
  'application/pkcs7-mime': 'smime.p7m',
  'application/pkcs7-signature': 'smime.p7s',
  'application/x-pkcs7-mime': 'smime.p7m',
  'application/x-pkcs7-signature': 'smime.p7s',
  'application/ms-tnef': 'winmail.dat',
  'text/calendar': 'invitation.ics',
  'text/vcard': 'contact.vcf',
  'text/x-vcard': 'contact.vcf',
  'message/delivery-status': 'delivery-status.txt',
  'text/rfc822-headers': 'header.txt',
}

/** A name for a part that has none: the subject of a mail, else a name by its type; undefined if that says nothing. `charsets` are those of the mail's other parts. */
export function nameByContent({ type, content }: Leaf, charsets: readonly string[]): string | undefined {
  if (type === 'message/rfc822') return `${subjectIn(content, charsets) || 'mail'}.eml`
  if (Object.hasOwn(NAMES, type)) return NAMES[type]
  const extension = libmime.detectExtension(type)
  if (extension === 'bin') return undefined
  return `${/^(?:image|audio|video)\//.exec(type)?.[0].slice(0, -1) ?? 'attachment'}.${extension}`
}

function subjectIn(mail: Buffer, charsets: readonly string[]): string {
  return headerText(firstOf(readHeaders(mail), 'subject') ?? '', charsets).text.trim()
}
