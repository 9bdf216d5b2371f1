import type { Kind } from '../method.ts'
import { kind } from './kind.ts'

/** A new password. `run` gets its hash, which is made before the transaction begins. */
export function newPassword(about: string): Kind<string> {
  return kind({
    about,
    rule: 'at least 8 characters and at most 72 bytes',
    schema: { type: 'string', format: 'password', minLength: 8, maxLength: 72 },
    secret: true,
    parse: () => {
      throw new Error('a password needs to be hashed')
    },
    prepare: (given, passwords) => passwords.hash(given),
  })
}
