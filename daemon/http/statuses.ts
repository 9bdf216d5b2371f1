/** What each status of a response means, for the texts about this door. */
export const httpStatuses: ReadonlyMap<number, string> = new Map([
  [200, 'The call was carried out, and its changes are on disk.'],
  [400, 'Something in the request is wrong, a parameter for example. The text says what, and what to do.'],
  [403, 'The login is missing or wrong, the user is not active, or the user is not allowed to do this.'],
  [404, 'There is no such method, or no such ticket, queue or user, for example. The text says which.'],
  [405, 'The verb, GET, PUT or DELETE for example, is not allowed. Use POST, as the header Allow says.'],
  [408, 'The request arrived too slowly. Send it again.'],
  [409, 'The value is taken, or another call came in between. The text says what.'],
  [413, 'The body or a file in it is too large. The text says how large it may be.'],
  [415, 'The type of the body is not supported. The text says which types are.'],
  [429, 'Too many logins failed. Try again after the seconds in the header Retry-After.'],
  [431, 'The headers are too large.'],
  [
    500,
    'An internal error, which is logged. Check whether the call was carried out before you send it again.',
  ],
  [
    503,
    'Not possible now: too much is in progress, or the disk is full. Try again after the seconds in Retry-After.',
  ],
])
/** The statuses that come with a Retry-After. */
export const later: ReadonlySet<number> = new Set([429, 503])
