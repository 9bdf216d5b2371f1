import type { Test } from 'tap'
import { Passwords } from '../data/password/password.ts'
import { fileOf } from './lasting_parser.ts'

/** Passwords that the end of a daemon leaves open. */
class LastingPasswords extends Passwords {
  override async close(): Promise<void> {}

  end(): Promise<void> {
    return super.close()
  }
}

const byFile = new WeakMap<Test, Passwords>()

/**
 * The passwords of all daemons of a test file, which remember the logins of the file: a check takes 0.1 s, as does the start of the thread
 * that makes it. They end with the file.
 */
export function lastingPasswords(t: Test): Passwords {
  const file = fileOf(t)
  const found = byFile.get(file)
  if (found) return found
  const passwords = new LastingPasswords()
  file.teardown(() => passwords.end())
  byFile.set(file, passwords)
  return passwords
}
