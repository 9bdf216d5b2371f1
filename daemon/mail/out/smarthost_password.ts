import { Failure } from '../../../data/failure.ts'
import type { Config } from '../../config/config.ts'
import { bytesNamed } from '../../config/named_file.ts'
import { diskFault } from '../../disk_fault.ts'

/** In characters. */
const LONGEST = 4096

/**
 * The password in the file or credential that `smarthost.password_file` names, without the end of its line; empty if the option is empty.
 * Throws Failure `invalid` if there is no such password, or the URL has no username for it; DiskFault if the disk fails.
 */
export function smarthostPassword(config: Config): string {
  const [url, file] = [config['smarthost.url'], config['smarthost.password_file']]
  if (file === '') return ''
  const login = new URL(url)
  if (login.username === '' || login.password !== '')
    throw new Failure(
      'invalid',
      'smarthost.password_file needs a username without a password in smarthost.url, like "smtps://user@mail.example.org"; change one of them.',
    )
  const password = textOf(file).replace(/\r?\n$/, '')
  if (password !== '' && password.length <= LONGEST && !/\p{Cc}/u.test(password)) return password
  throw new Failure(
    'invalid',
    `${file} has no password; write one line into it, or change smarthost.password_file.`,
  )
}

function textOf(file: string): string {
  try {
    return bytesNamed(file).toString('utf8')
  } catch (error) {
    const fault = diskFault(error)
    if (fault) throw fault
    throw new Failure(
      'invalid',
      `The password of the smarthost cannot be read (${(error as Error).message}); check smarthost.password_file.`,
    )
  }
}
