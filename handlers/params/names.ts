import { Failure, shown } from '../../data/failure.ts'
import type { Kind } from '../method.ts'
import { kind } from './kind.ts'

export const SLUG = /^[a-z][a-z0-9_-]{0,49}$/
export const USERNAME = /^[A-Za-z][A-Za-z0-9._@+-]{0,63}$/

export function username(about: string): Kind<string> {
  return kind({
    about,
    rule: 'a username: a letter, then letters, digits and . _ @ + -, at most 64 characters',
    schema: { type: 'string', pattern: USERNAME.source },
    parse: given =>
      matching(
        given,
        USERNAME,
        'a username; give a letter, then letters, digits and . _ @ + -, at most 64 characters',
      ),
  })
}

export function slug(about: string): Kind<string> {
  return kind({
    about,
    rule: 'a slug: a lowercase letter, then lowercase letters, digits, _ and -, at most 50 characters',
    schema: { type: 'string', pattern: SLUG.source },
    parse: given =>
      matching(
        given,
        SLUG,
        'a slug; give a lowercase letter, then lowercase letters, digits, _ and -, at most 50 characters',
      ),
  })
}

function matching(given: string, pattern: RegExp, rule: string): string {
  if (pattern.test(given)) return given
  throw new Failure('invalid', `${shown(given)} is not ${rule}.`)
}
