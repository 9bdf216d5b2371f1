import { SECOND } from '../../../data/durations.ts'
import { KIB } from '../../../data/sizes.ts'

/** How long the HTTP door waits for a client, except for bodies, in milliseconds. */
export const HTTP_WAITS = {
  /** For the end of the headers, since the connection or the last response. */
  headers: 10 * SECOND,
  /** For the next request on the same connection. */
  keepAlive: 5 * SECOND,
  /** For the end of the TLS handshake. */
  handshake: 10 * SECOND,
  /** How often late connections are looked for. */
  look: SECOND,
  /** For the requests in progress when the door closes. */
  closing: 10 * SECOND,
}
export type HttpWaits = typeof HTTP_WAITS

/** How long an answered client that still sends may pause, and how long it may go on, so that it can read the response. */
export const LINGER_MILLISECONDS = 5 * SECOND
export const LONGEST_LINGER_MILLISECONDS = 30 * SECOND
/** The time for any body or response, in milliseconds. */
const GRACE = 30 * SECOND
/** The speed for which further time is given: that of a bad line. */
export const LEAST_BYTES_A_SECOND = 8 * KIB

/** How many milliseconds `bytes` bytes may take to or from a client. */
export function patienceFor(bytes: number): number {
  return GRACE + (bytes / LEAST_BYTES_A_SECOND) * SECOND
}

/** The same for a body while others wait for its room: less, but enough for a good line. */
const PRESSED_GRACE = 2 * SECOND
const PRESSED_BYTES_A_SECOND = 128 * KIB

/** How many milliseconds `bytes` bytes of a body may take while others wait for its room. */
export function pressedPatienceFor(bytes: number): number {
  return PRESSED_GRACE + (bytes / PRESSED_BYTES_A_SECOND) * SECOND
}
