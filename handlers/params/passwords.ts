import type { Kind } from '../method.ts'
import { kind } from './kind.ts'

/** A password that is to be set; `run` gets its hash, made before the transaction begins. */
export function newPassword(about: string): Kind<string> {
  return kind({
    about,
    rule: '8 characters to 72 bytes',
    schema: { type: 'string', format: 'password', writeOnly: true, minLength: 8, maxLength: 72 },
    secret: true,
    parse: () => {
      throw new Error('a password needs to be hashed')
    },
    prepare: (given, passwords) => passwords.hash(given),
  })
}
