import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { DAY } from '../../data/durations.ts'
import { Failure } from '../../data/failure.ts'
import type { Instant } from '../../data/tables.ts'
import type { Config } from '../config/config.ts'
import { bytesNamed } from '../config/named_file.ts'
import { diskFault } from '../disk_fault.ts'

/** How long before its end a certificate should be renewed, in milliseconds. */
export const RENEWED_BEFORE = 14 * DAY

/** A certificate and its private key, in PEM. */
export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
}

const doors = { http: 'HTTP door', smtp: 'mail door' } as const

/**
 * Reads the certificate and key that a section of the config names; undefined if it names none. Throws Failure `invalid` for files that
 * cannot be read or used, or do not belong together; DiskFault if the disk fails.
 */
export function certificateOf(config: Config, section: keyof typeof doors): Certificate | undefined {
  const [certPath, keyPath] = [config[`${section}.tls_cert`], config[`${section}.tls_key`]]
  if (certPath === '') return undefined
  try {
    const pair = { cert: bytesNamed(certPath), key: bytesNamed(keyPath) }
    createSecureContext(pair)
    return pair
  } catch (error) {
    const fault = diskFault(error)
    if (fault) throw fault
    throw new Failure(
      'invalid',
      `The certificate of the ${doors[section]} cannot be used (${(error as Error).message}); check ${section}.tls_cert and ${section}.tls_key.`,
    )
  }
}

/** Until when a certificate is valid: the first one of its file, which is that of the server. */
export function validUntil({ cert }: Pick<Certificate, 'cert'>): Instant {
  return new Date(new X509Certificate(cert).validTo).toISOString()
}
