/** What a mail system tells about a letter; `complaint`: its reader reported it as spam. */
export type Fate = 'failed' | 'delayed' | 'delivered' | 'read' | 'complaint'

/** In lower case. The subject of a delay notice may hold only the word. */
const DELAY_SUBJECTS = [
  'delay',
  'still being retried',
  'could not send message for past',
  'verzögert',
  'verzögerung',
  'retardé',
  'retrasad',
  'in ritardo',
  'vertraagd',
]
/** In the text, what no notice of a failure says, not even in the reply of a server that it quotes. */
const DELAY_WORDS = [
  'warning message only',
  'this is a warning only',
  'not need to resend',
  'no action is required',
  'not yet been delivered',
  'has been delayed',
  'is delayed for more than',
  'delivery is delayed',
  'delivery delayed',
  'will be retried',
  'still being retried',
  'will keep trying',
  'will continue to try',
  'will continue trying',
  'delivery attempts will continue',
  'could not send message for past',
  'will retry for',
  'is still being attempted',
  'noch nicht zugestellt',
  'wird weiterhin versucht',
]
const FAILURE_SUBJECTS = [
  'error sending your mail',
  'undeliver',
  'returned mail',
  'returned to sender',
  'failure notice',
  'delivery fail',
  'delivery has failed',
  '(failure)',
  'nondeliver',
  'non-deliver',
  'not delivered',
  'could not be delivered',
  'delivery error',
  'mail system error',
  'unzustellbar',
  'nicht zugestellt',
  'non remis',
  'non distribu',
  'no se puede entregar',
  'no entregado',
  'non recapitat',
  'onbestelbaar',
  'niedostarcz',
  'недоставлен',
]
const FAILURE_WORDS = [
  ...FAILURE_SUBJECTS,
  'permanent error',
  'permanent fatal error',
  'permanent failure',
  'permanently fail',
  'failed permanently',
  'was not delivered',
  'cannot be delivered',
  'unable to deliver',
  "wasn't able to deliver",
  "couldn't be delivered",
  'error delivering',
  'error occurred while trying to deliver',
  'did not reach',
  'no such user',
  'user unknown',
  'unknown user',
  'user not found',
  'mailbox is full',
  'mailbox full',
  'mailbox unavailable',
  'over quota',
  'does not exist',
  'address rejected',
]
const DELIVERY_WORDS = [
  'successfully delivered',
  'has been delivered',
  'was delivered',
  '(success)',
  'relayed',
]

/** A line that repeats the subject of the letter; the title of the ticket in it may be about mail. */
const REPEATED_SUBJECT = /^[ \t>]{0,20}subject[ \t]{0,20}:.{0,1000}$/gim

/** Whether a subject is that of a report about a letter. Of the title of the ticket in it, which begins with our tag, nothing is read. */
export function isReportSubject(subject: string): boolean {
  return has(subjectWords(subject), [...DELAY_SUBJECTS, ...FAILURE_SUBJECTS])
}

/**
 * What a report without RFC 3464 says, by its subject and its text without the returned mail; undefined if it says nothing about
 * delivery. Words about a delay count for more than those about a failure, since notices of both kinds quote the reply of a server.
 */
export function outcomeOf(subject: string, text: string): Fate | undefined {
  const [title, words] = [subjectWords(subject), lower(text.replace(REPEATED_SUBJECT, ''))]
  if (has(title, DELAY_SUBJECTS) || has(words, DELAY_WORDS)) return 'delayed'
  if (has(title, FAILURE_SUBJECTS) || has(words, FAILURE_WORDS)) return 'failed'
  return has(title, DELIVERY_WORDS) || has(words, DELIVERY_WORDS) ? 'delivered' : undefined
}

/** Whether words say that a letter failed. */
export function saysFailed(words: string): boolean {
  return has(lower(words), FAILURE_WORDS)
}

function subjectWords(subject: string): string {
  const tag = subject.indexOf('[', 1)
  return lower(tag < 0 ? subject : subject.slice(0, tag))
}

function lower(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ')
}

function has(text: string, words: readonly string[]): boolean {
  return words.some(word => text.includes(word))
}
