/** What each status of an answer means, for the texts about this door. */
export const httpStatuses: ReadonlyMap<number, string> = new Map([
  [200, 'It is done, and on disk.'],
  [400, 'Something in the request is wrong, a parameter for example. The text says what, and what to give.'],
  [403, 'The login is missing or wrong, the user is not active, or the user may not do it.'],
  [404, 'There is no such thing, a ticket for example, or no such method. The text says what.'],
  [405, 'This verb is not possible, GET, PUT or DELETE for example. The header Allow says which is: POST.'],
  [408, 'The request came too slowly. Send it again.'],
  [409, 'It is taken, or something else came in between. The text says what.'],
  [413, 'The body or a file in it is too large. The text says how large it may be.'],
  [415, 'The body is of a type that is not read here. The text says which are.'],
  [429, 'Too many wrong logins. The header Retry-After says after how many seconds to try again.'],
  [431, 'The headers are too long.'],
  [500, 'A bug, or a machine that fails. It is logged. Look whether it was done before you send it again.'],
  [503, 'Not now: too much is under way, or the disk is full. Try again after the seconds in Retry-After.'],
])
/** Those that come with a Retry-After. */
export const later: ReadonlySet<number> = new Set([429, 503])
