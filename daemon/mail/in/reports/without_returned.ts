/** In lower case: how a line begins, behind dashes or without, after which a report returns the mail. */
const FRONTS = [
  'original message follows',
  'original message headers',
  'message headers follow',
  'message header follows',
  'this is a copy of the message',
  'below this line is a copy',
  'included is a copy',
  'here is a copy',
  'unsent message follows',
  'returned message follows',
  'the header of the original message',
  'the headers of the original message',
  // The parts of a report whose header is damaged.
  'content-type: message/rfc822',
  'content-type: text/rfc822-headers',
]
/** The same for lines between dashes. */
const DASHED = [
  'original message',
  'original-nachricht',
  'ursprüngliche nachricht',
  'message header',
  'message follows',
  'returned message',
  'undelivered message',
  'unsent message',
  'copy of',
  'headers',
]
/** sendmail writes what it said with `>>>`. */
const QUOTED = /^> ?(?!>)/
const DASHES = /^[-_=*#]{2,}[ \t]*/
/** A field of a mail that no report has at the front of a line; some quote the value when they name the letter. */
const MAIL_FIELD =
  /^(?:received|return-path|from|to|subject|date|message-id|mime-version|reply-to|references|dkim-signature|content-type|x-[a-z-]{1,40}):(?! ')/i

/** The text of a report without the mail that it returns: up to the line that announces it, or to the first two fields of a header. */
export function withoutReturned(text: string): string {
  const lines = text.split('\n')
  const end = lines.findIndex((line, at) => announces(line.trim()) || isHeader(lines, at))
  return end < 0 ? text : lines.slice(0, end).join('\n')
}

function announces(line: string): boolean {
  const dashes = DASHES.exec(line)?.[0].length ?? 0
  const words = line.slice(dashes, dashes + 200).toLowerCase()
  if (FRONTS.some(front => words.startsWith(front))) return true
  return dashes > 0 && DASHED.some(front => words.includes(front))
}

/** Whether two fields, or a field and what continues it, begin a paragraph, quoted or not. */
function isHeader(lines: readonly string[], at: number): boolean {
  const isQuoted = QUOTED.test(lines[at]!)
  const bare = (line = '') => (isQuoted ? line.replace(QUOTED, '') : line)
  const before = lines[at - 1] ?? ''
  const begins = bare(before).trim() === '' || (isQuoted && !QUOTED.test(before))
  if (!begins || !MAIL_FIELD.test(bare(lines[at]))) return false
  const next = bare(lines[at + 1])
  return MAIL_FIELD.test(next) || /^[ \t]+\S/.test(next)
}
