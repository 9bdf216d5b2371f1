import { randomBytes } from 'node:crypto'

/** One request as the log and the answer name it. */
export type Asked = {
  /** In its answer and in each line of the log about it. */
  readonly request: string
  /** The address of whoever asks. */
  readonly peer: string
}

export const REQUEST_ID = 'X-Request-Id'

/** Gives an id for each request: the same twice neither in one process nor, most likely, in two. */
export function newRequestIds(): () => string {
  const process = randomBytes(5).toString('hex')
  let count = 0
  return () => `${process}-${(++count).toString(36)}`
}
