/** What mail programs look at when they put mails into conversations. */
export interface Seen {
  readonly messageId: string
  readonly subject: string
  readonly references: readonly string[]
  readonly inReplyTo: string | undefined
  readonly threadIndex: string | undefined
}
/** Gives the mails of each conversation. */
export type Threading = (mails: readonly Seen[]) => readonly (readonly Seen[])[]

/** A prefix as mail programs put it before the subject of an answer or a forward. */
const PREFIX = /^(?:(?:re|r|fwd?|aw|sv|wg):\s*)+/i
/** [MS-OXCMSG] 2.2.1.10: up to three characters that are no digits, a colon and a blank. */
const OUTLOOK_PREFIX = /^[^0-9:]{1,3}: /
const HEADER_BYTES = 22
const GUID_BEGINS = 6

/**
 * Google, "Threading changes in Gmail conversation view", 2019-03-29: notifications are threaded if they have the same subject, and
 * References to ids seen earlier in the thread, or consistently to the same id. A reply prefix does not count.
 */
export const gmail: Threading = mails =>
  grouped(mails, mail => {
    const subject = mail.subject.replace(PREFIX, '').toLowerCase()
    return [mail.messageId, ...mail.references].map(id => `${subject}\n${id}`)
  })

/**
 * [MS-OXOMSG] 2.2.1.2, PidTagConversationId, which Outlook shows, also the new one: the GUID of a Thread-Index of at least 22 bytes that
 * begins with 1, else the topic, which is the subject without prefix, in capitals, at most 255 characters.
 */
export const outlook: Threading = mails =>
  grouped(mails, mail => {
    const index = Buffer.from(mail.threadIndex ?? '', 'base64')
    const hasGuid = index.length >= HEADER_BYTES && index[0] === 1
    return [hasGuid ? index.subarray(GUID_BEGINS, HEADER_BYTES).toString('hex') : topicOf(mail)]
  })

/** The same where PidTagConversationIndexTracking is not set: Thread-Index does not count. */
export const outlookByTopic: Threading = mails => grouped(mails, mail => [topicOf(mail)])

/**
 * Mozilla wiki, "MailNews:Message Threading": since version 3, strict_threading and correct_threading are on: by References, else
 * In-Reply-To, in any order of arrival, and never by subject. Two mails that refer to a mail that is not there are one thread, too.
 */
export const thunderbird: Threading = mails => grouped(mails, byReferences)

/** Apple publishes no rule. RFC 5256 section 3 (REFERENCES): References, else the first id in In-Reply-To. */
export const appleMail: Threading = mails => grouped(mails, byReferences)

/** The manual of mutt, `strict_threads`: with it, only In-Reply-To and References count, and both do. */
export const mutt: Threading = mails =>
  grouped(mails, ({ messageId, references, inReplyTo }) => [messageId, ...references, inReplyTo ?? messageId])

function byReferences({ messageId, references, inReplyTo }: Seen): string[] {
  return [messageId, ...(references.length > 0 ? references : inReplyTo ? [inReplyTo] : [])]
}

function topicOf({ subject }: Seen): string {
  return subject.replace(OUTLOOK_PREFIX, '').slice(0, 255).toUpperCase()
}

/** Mails that have a key in common are together. */
function grouped(mails: readonly Seen[], keysOf: (mail: Seen) => readonly string[]): Seen[][] {
  let groups: { keys: Set<string>; mails: Seen[] }[] = []
  for (const mail of mails) {
    const keys = keysOf(mail)
    const met = groups.filter(group => keys.some(key => group.keys.has(key)))
    const joined = {
      keys: new Set([...met.flatMap(group => [...group.keys]), ...keys]),
      mails: [...met.flatMap(group => group.mails), mail],
    }
    groups = [...groups.filter(group => !met.includes(group)), joined]
  }
  return groups.map(group => group.mails)
}
