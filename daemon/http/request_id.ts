import { randomBytes } from 'node:crypto'

/** How the log and the response identify a request. */
export type Asked = {
  /** The id of the request. */
  readonly request: string
  /** The address of the client. */
  readonly peer: string
}

export const REQUEST_ID = 'X-Request-Id'

/** Makes ids for requests: unique in one process, and almost certainly across processes. */
export function newRequestIds(): () => string {
  const process = randomBytes(5).toString('hex')
  let count = 0
  return () => `${process}-${(++count).toString(36)}`
}
