import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { Failure } from '../../data/failure.ts'
import type { Config } from '../config.ts'

/** The mail door's certificate and its key as the config names them; undefined where it names none. Throws Failure `invalid` for files that are none. */
export function certificateOf(config: Config): { cert: Buffer; key: Buffer } | undefined {
  if (config['smtp.tls_cert'] === '') return undefined
  try {
    const pair = { cert: readFileSync(config['smtp.tls_cert']), key: readFileSync(config['smtp.tls_key']) }
    createSecureContext(pair)
    return pair
  } catch (error) {
    throw new Failure(
      'invalid',
      `The certificate of the mail door cannot be used (${(error as Error).message}); look at smtp.tls_cert and smtp.tls_key.`,
    )
  }
}
