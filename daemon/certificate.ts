import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { Failure } from '../data/failure.ts'
import type { Config } from './config.ts'

/** In PEM. */
export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
}

const doors = { http: 'POST door', smtp: 'mail door' } as const

/**
 * The certificate that a section of the config names, and its key, read anew; undefined where it names none. Throws Failure
 * `invalid` for files that are none, or that do not belong together.
 */
export function certificateOf(config: Config, section: keyof typeof doors): Certificate | undefined {
  const [certPath, keyPath] = [config[`${section}.tls_cert`], config[`${section}.tls_key`]]
  if (certPath === '') return undefined
  try {
    const pair = { cert: readFileSync(certPath), key: readFileSync(keyPath) }
    createSecureContext(pair)
    return pair
  } catch (error) {
    throw new Failure(
      'invalid',
      `The certificate of the ${doors[section]} cannot be used (${(error as Error).message}); look at ${section}.tls_cert and ${section}.tls_key.`,
    )
  }
}
