/** One step of a day: who does what, and a part of the answer. */
export interface Step {
  readonly who: 'susan' | 'fred'
  /** The subject of a mail, or the words of a shell command. */
  readonly command: string
  /** The text of the mail, or the standard input of the shell. */
  readonly text?: string
  readonly says: string
}

/**
 * A day at the helpdesk: handlers/README.md tells it, and a test does it by mail alone, by POST alone and at the shell alone. Its tickets
 * get the numbers 1 to 3.
 */
export const day: readonly Step[] = [
  {
    who: 'susan',
    command: 'create support: The printer is on fire',
    text: 'Maria called from the second floor.',
    says: 'Ticket 1 is open in queue Support.',
  },
  { who: 'susan', command: 'submitter 1 maria@example.net', says: 'maria@example.net' },
  {
    who: 'susan',
    command: 'create support: Smoke on the second floor',
    text: 'Somebody called.',
    says: 'Ticket 2 is open in queue Support.',
  },
  { who: 'fred', command: 'list support open', says: '2 Smoke on the second floor' },
  { who: 'fred', command: 'priority 1 1: the whole floor waits', says: 'Ticket 1 has priority 1.' },
  { who: 'fred', command: 'next support', says: '1 The printer is on fire' },
  {
    who: 'fred',
    command: 'followup 1 public: We are on our way.',
    says: 'A public follow-up is added to ticket 1.',
  },
  { who: 'susan', command: 'duplicate 2 of 1', says: 'Ticket 2 is a duplicate of ticket 1.' },
  { who: 'susan', command: 'watch 1 eve@example.net', says: 'eve@example.net watches ticket 1.' },
  { who: 'fred', command: 'hold 1: waiting for the part', says: 'Ticket 1 is on hold.' },
  { who: 'fred', command: 'unhold 1', says: 'Ticket 1 is not on hold.' },
  { who: 'fred', command: 'move 1 sales', says: 'Ticket 1 is in queue Sales.' },
  { who: 'fred', command: 'assign 1 susan', says: 'Ticket 1 is assigned to susan.' },
  { who: 'susan', command: 'mine', says: '1 The printer is on fire' },
  { who: 'susan', command: 'resolve 1: The fuse was changed.', says: 'Ticket 1 is resolved.' },
  {
    who: 'susan',
    command: 'create support: The other printer is on fire',
    text: 'Maria, again.',
    says: 'Ticket 3 is open in queue Support.',
  },
  { who: 'susan', command: 'take 3', says: 'Ticket 3 is assigned to susan.' },
  { who: 'susan', command: 'resolve 3 like 1', says: 'Ticket 3 is resolved.' },
  { who: 'fred', command: 'reopen 1: It burns again.', says: 'Ticket 1 is reopened.' },
  { who: 'fred', command: 'show 1', says: 'We are on our way.' },
  { who: 'fred', command: 'close 1, 3', says: 'Ticket 3 is closed.' },
]
