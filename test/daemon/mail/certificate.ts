import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Creates a key and a certificate for localhost, as PEM files in a directory. Needs openssl. */
export function certificateIn(directory: string): { key: string; cert: string } {
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  const how = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost'
  execFileSync('openssl', [...how.split(' '), '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { key, cert }
}
