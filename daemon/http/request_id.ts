import { randomBytes } from 'node:crypto'

/** How the log and the answer name a request. */
export type Asked = {
  /** Its id. */
  readonly request: string
  /** The address of the client. */
  readonly peer: string
}

export const REQUEST_ID = 'X-Request-Id'

/** Gives ids for requests: no id comes twice in one process, nor most likely in two. */
export function newRequestIds(): () => string {
  const process = randomBytes(5).toString('hex')
  let count = 0
  return () => `${process}-${(++count).toString(36)}`
}
