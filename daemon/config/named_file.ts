import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withPath } from '../../data/disk.ts'
import { Failure } from '../../data/failure.ts'

const CREDENTIAL = 'credential:'

/** Whether an option names a credential of systemd, which only the service can read. */
export function isCredential(value: string): boolean {
  return value.startsWith(CREDENTIAL)
}

/**
 * The bytes of the file that an option names by its path, or as `credential:NAME`, which systemd passes to the service (systemd.exec(5)).
 * Throws the system error, with the path, if it cannot be read, and Failure `invalid` if systemd passes no credentials.
 */
export function bytesNamed(value: string): Buffer {
  const path = isCredential(value) ? join(credentials(value), value.slice(CREDENTIAL.length)) : value
  try {
    return readFileSync(path)
  } catch (error) {
    throw withPath(error, path)
  }
}

function credentials(value: string): string {
  const directory = process.env.CREDENTIALS_DIRECTORY
  if (directory) return directory
  const name = value.slice(CREDENTIAL.length)
  throw new Failure(
    'invalid',
    `systemd passes no credential ${name} to this process; add LoadCredential=${name}:PATH to its unit`,
  )
}
