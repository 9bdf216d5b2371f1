import { Failure } from '../../../data/failure.ts'
import type { Config } from '../../config/config.ts'
import { bytesNamed } from '../../config/named_file.ts'
import { diskFault } from '../../disk_fault.ts'

/**
 * The URL of the smarthost, with the password that `smarthost.password_file` holds. Throws Failure `invalid` if that file cannot be read, or
 * the URL has no username; DiskFault if the disk fails.
 */
export function smarthostUrl(config: Config): string {
  const [url, file] = [config['smarthost.url'], config['smarthost.password_file']]
  if (file === '') return url
  const login = new URL(url)
  if (login.username === '' || login.password !== '')
    throw new Failure(
      'invalid',
      'smarthost.password_file needs a username without a password in smarthost.url, like "smtps://user@mail.example.org"; change one of them.',
    )
  login.password = encodeURIComponent(passwordIn(file))
  return login.href
}

/** Without the line feed at its end. */
function passwordIn(file: string): string {
  try {
    return bytesNamed(file).toString('utf8').trimEnd()
  } catch (error) {
    const fault = diskFault(error)
    if (fault) throw fault
    throw new Failure(
      'invalid',
      `The password of the smarthost cannot be read (${(error as Error).message}); check smarthost.password_file.`,
    )
  }
}
