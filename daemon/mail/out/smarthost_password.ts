import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withPath } from '../../../data/disk.ts'
import { Failure } from '../../../data/failure.ts'
import { diskFault } from '../../disk_fault.ts'

/** In characters. */
const LONGEST = 4096

/**
 * The password in the file that smarthost.password_file names, without the end of its line; a name without a slash is that of a systemd
 * credential. Empty if the option is empty. Throws Failure `invalid` if there is no such password; DiskFault if the disk fails.
 */
export function smarthostPassword(name: string): string {
  if (name === '') return ''
  const path = name.includes('/') ? name : join(credentialsFor(name), name)
  const password = textOf(path).replace(/\r?\n$/, '')
  if (password !== '' && password.length <= LONGEST && !/\p{Cc}/u.test(password)) return password
  throw new Failure(
    'invalid',
    `The file ${path} has no password; write one line into it, or change smarthost.password_file.`,
  )
}

function credentialsFor(name: string): string {
  const { CREDENTIALS_DIRECTORY: directory } = process.env
  if (directory) return directory
  throw new Failure(
    'invalid',
    `smarthost.password_file names the systemd credential ${name}, but there are none; add LoadCredential= to the unit, or give the path of a file.`,
  )
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const fault = diskFault(withPath(error, path))
    if (fault) throw fault
    const { code } = error as NodeJS.ErrnoException
    throw new Failure(
      'invalid',
      `The password of the smarthost cannot be read (${code}: ${path}); check smarthost.password_file.`,
    )
  }
}
