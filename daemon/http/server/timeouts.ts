import { SECOND } from '../../../data/durations.ts'
import { KIB } from '../../../data/sizes.ts'

/** How long a client may keep the POST door waiting for all but a body, in milliseconds. */
export const HTTP_WAITS = {
  /** For the end of the headers, from the connection or the answer before them. */
  headers: 10 * SECOND,
  /** For the next request on the same connection. */
  keepAlive: 5 * SECOND,
  /** For the end of the TLS handshake. */
  handshake: 10 * SECOND,
  /** How often it is looked at who is late. */
  look: SECOND,
  /** For the end of what is under way when the door closes. */
  closing: 10 * SECOND,
}
export type HttpWaits = typeof HTTP_WAITS
/** How long a client may pause when it was answered while it still sends, and how long it may go on, so that it gets to read the answer. */
export const LINGER_MILLISECONDS = 5 * SECOND
export const LONGEST_LINGER_MILLISECONDS = 30 * SECOND
/** What anything may take, in milliseconds. */
const GRACE = 30 * SECOND
/** What more than that may take: the pace of a bad line. */
export const LEAST_BYTES_A_SECOND = 8 * KIB

/** How many milliseconds so many bytes may take on their way to or from a client. */
export function patienceFor(bytes: number): number {
  return GRACE + (bytes / LEAST_BYTES_A_SECOND) * SECOND
}

/** The same for a body while others wait for its room: less, but enough for any good line. */
const PRESSED_GRACE = 2 * SECOND
const PRESSED_BYTES_A_SECOND = 128 * KIB

/** How many milliseconds so many bytes of a body may take while others wait for its room. */
export function pressedPatienceFor(bytes: number): number {
  return PRESSED_GRACE + (bytes / PRESSED_BYTES_A_SECOND) * SECOND
}
