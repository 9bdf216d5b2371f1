import { type Code, Failure } from '../data/failure.ts'
import { DiskFault } from './disk_fault.ts'

interface Meanings {
  readonly http: number
  /** Reply code and enhanced status code (RFC 3463). */
  readonly smtp: readonly [number, string]
  /** As in sysexits.h. */
  readonly exit: number
}

/** The code of a Failure at each door. */
const meanings: Readonly<Record<Code, Meanings>> = {
  invalid: { http: 400, smtp: [550, '5.6.0'], exit: 65 },
  unauthenticated: { http: 403, smtp: [535, '5.7.8'], exit: 77 },
  forbidden: { http: 403, smtp: [550, '5.7.1'], exit: 77 },
  not_found: { http: 404, smtp: [550, '5.1.1'], exit: 66 },
  conflict: { http: 409, smtp: [451, '4.3.0'], exit: 75 },
  too_large: { http: 413, smtp: [552, '5.3.4'], exit: 65 },
  too_slow: { http: 408, smtp: [421, '4.4.2'], exit: 75 },
  unsupported: { http: 415, smtp: [554, '5.6.1'], exit: 65 },
  too_many: { http: 429, smtp: [451, '4.7.1'], exit: 75 },
  full: { http: 503, smtp: [452, '4.3.1'], exit: 75 },
  unavailable: { http: 503, smtp: [451, '4.3.0'], exit: 75 },
}
/** The exit code of an unexpected error: EX_SOFTWARE. */
export const CRASH_EXIT = 70
/** The exit code of a disk that fails to store or to return data: EX_IOERR. */
export const DISK_FAILED_EXIT = 74
/** The exit code of an unknown command or option: EX_USAGE. */
export const USAGE_EXIT = 64
/** The exit codes of the program (sysexits.h), and what each means. */
export const exitCodes: ReadonlyMap<number, string> = new Map([
  [0, 'done'],
  [USAGE_EXIT, 'wrong usage: an unknown option or command'],
  [65, 'a value or the configuration is wrong'],
  [66, 'something named does not exist'],
  [CRASH_EXIT, 'an internal error (a bug)'],
  [DISK_FAILED_EXIT, 'the disk fails to write or to read'],
  [75, 'not possible now, or already taken'],
  [77, 'not allowed'],
])
/** The codes of an unexpected error: a bug, or a failing machine. It is logged completely; the caller gets only a general sentence. */
const unexpected: Meanings = { http: 500, smtp: [451, '4.3.0'], exit: CRASH_EXIT }
const failingDisk: Meanings = { ...unexpected, exit: DISK_FAILED_EXIT }
const UNEXPECTED_SENTENCE =
  'An internal error occurred and was logged. Check whether your request was carried out, and tell an administrator of this helpdesk.'

export function meaningOf(error: unknown): Meanings {
  if (error instanceof DiskFault) return failingDisk
  return error instanceof Failure ? meanings[error.code] : unexpected
}

/** The sentence for the caller, who gets no details of an unexpected error. */
export function sentenceOf(error: unknown): string {
  const isTold = error instanceof Failure || error instanceof DiskFault
  return isTold ? error.message : UNEXPECTED_SENTENCE
}
