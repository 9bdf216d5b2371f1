import type { Leaf } from './structure/parts.ts'

/** The sentence about a file that hides the text or the files of its mail; undefined for other files. */
export function fileNote({ type, fields }: Leaf, name: string): string | undefined {
  if (type === 'application/ms-tnef' || name.toLowerCase() === 'winmail.dat')
    return `(Outlook has packed parts of this mail into ${name}, which few other programs can open.)`
  if (type === 'application/pkcs7-mime' || type === 'application/x-pkcs7-mime') {
    const isSigned = /smime-type="?(?:signed|certs)/i.test(fields.get('content-type') ?? '')
    return isSigned
      ? `(This mail is signed with S/MIME; its content is in ${name}.)`
      : `(This mail is encrypted with S/MIME; its content is in ${name}.)`
  }
  if (type === 'application/pgp-encrypted')
    return '(This mail is encrypted with OpenPGP; its content is attached.)'
  return undefined
}
