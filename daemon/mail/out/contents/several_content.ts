import { dateOf } from '../../../../handlers/escalation/day.ts'
import { Zone } from '../../../../handlers/escalation/zone.ts'
import { digestedIn } from '../digested.ts'
import { ownHeaders } from '../headers/headers.ts'
import { bodies } from '../html/bodies.ts'
import { digestText } from '../letters/digest.ts'
import { escalationsText } from '../letters/escalations.ts'
import { summaryOf } from '../letters/summary.ts'
import type { Wording } from '../letters/wording.ts'
import { stepsOf, summedOf } from '../several.ts'
import type { LetterContent, Rendered } from './content.ts'

/** The content of a summary; undefined if none of its tickets exists any more. So it is with the next two. */
export async function summaryContent(rendered: Rendered): Promise<LetterContent | undefined> {
  const { tx, site, letter } = rendered
  const summed = await summedOf(tx, letter)
  if (summed.length === 0) return undefined
  const words = site.words.ofQueues(summed.map(({ queue }) => queue))
  return content(rendered, words, words.say('several.summary_subject'), summaryOf(words, summed, letter))
}

/** The content of the letter about what one run of the escalation did. */
export async function escalationsContent(rendered: Rendered): Promise<LetterContent | undefined> {
  const { tx, site, letter } = rendered
  const all = await stepsOf(tx, site, letter)
  const words = all[0]?.words
  if (!words) return undefined
  return content(
    rendered,
    words,
    words.say('several.escalations_subject'),
    escalationsText(words, all, letter),
  )
}

/** The content of a digest. */
export async function digestContent(rendered: Rendered): Promise<LetterContent | undefined> {
  const { tx, site, letter } = rendered
  const lists = await digestedIn(tx, site, letter)
  if (lists.length === 0) return undefined
  const day = dateOf(new Zone(site.hours.time_zone).dayAt(Date.parse(letter.created)))
  const words = site.words.ofQueues(lists.flatMap(({ tickets }) => tickets.map(({ queue }) => queue)))
  const subject = words.say('digest.subject', { day: words.day(day) })
  return content(rendered, words, subject, digestText(words, lists))
}

async function content(
  { tx, site, letter, about }: Rendered,
  words: Wording,
  subject: string,
  text: string,
): Promise<LetterContent> {
  return { ...(await ownHeaders(tx, site, letter, about, subject)), ...bodies(words, text, []) }
}
