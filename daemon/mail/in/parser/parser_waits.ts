import { SECOND } from '../../../../data/durations.ts'

/** How long the parsing of mail may take, in milliseconds. */
export const PARSER_WAITS = {
  /** Parsing a mail is aborted after this time. */
  longest: 10 * SECOND,
  /** The same while mail from other sources waits for the process. */
  underLoad: SECOND,
  /** The same for a large mail, for which only other large mail counts. */
  largeUnderLoad: 4 * SECOND,
  /** A mail that takes longer is slow. Normal mail takes a few milliseconds, long mail about 100. */
  slow: 250,
  /** How long a source has at most one process after a slow mail. */
  slowFor: 30 * SECOND,
}
export type ParserWaits = typeof PARSER_WAITS
