import { X509Certificate } from 'node:crypto'
import type { Config } from '../config/config.ts'
import { isCredential } from '../config/named_file.ts'
import { certificateOf, RENEWED_BEFORE } from '../net/certificate.ts'

/**
 * A sentence for each door whose certificate is too old or will soon be, at this time in milliseconds, or cannot be checked here. Throws as
 * `certificateOf`.
 */
export function certificatesToRenew(config: Config, now: number): string[] {
  return (['http', 'smtp'] as const).flatMap(section => {
    const key = `${section}.tls_cert` as const
    const files = [config[key], config[`${section}.tls_key`]]
    if (files.some(isCredential) && !process.env.CREDENTIALS_DIRECTORY)
      return [`${key} is not checked: only the service can read credentials of systemd.`]
    const pair = certificateOf(config, section)
    return pair ? told(key, new X509Certificate(pair.cert), now) : []
  })
}

function told(key: string, { validFrom, validTo }: X509Certificate, now: number): string[] {
  const [begin, end] = [Date.parse(validFrom), Date.parse(validTo)]
  const day = (time: number) => new Date(time).toISOString().slice(0, 10)
  if (now < begin) return [`${key}: the certificate is not valid before ${day(begin)}; check the clock.`]
  if (now > end) return [`${key}: the certificate expired on ${day(end)}; renew it.`]
  if (now > end - RENEWED_BEFORE) return [`${key}: the certificate expires on ${day(end)}; renew it.`]
  return []
}
