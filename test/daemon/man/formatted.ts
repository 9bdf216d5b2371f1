import { spawnSync } from 'node:child_process'

/** A manual page as mandoc shows it, without bold and underlined letters, and without blanks that only fill lines. */
export function formatted(page: string): string {
  const { stdout } = spawnSync('mandoc', ['-mdoc', '-Tutf8'], { input: page, encoding: 'utf8' })
  // A letter, a backspace, and the letter again.
  return stdout.replace(/.[\b]/gu, '').replace(/\s+/g, ' ')
}
