import type { Attachment } from '../../../data/tables.ts'
import type { Holding } from '../../files/holding.ts'
import type { Judgement } from './judge.ts'
import { unlessProven } from './received/keep_text.ts'
import type { Received } from './received/received.ts'

/** A mail with the text that its follow-up shows, and what that text was made from. */
export interface Shown {
  readonly shown: Received
  readonly original: Attachment | undefined
}

/**
 * The text of a mail as its ticket shows it. In an answer that is the text without quoted history and signature; the first mail of a ticket
 * is shown whole. What the text was made from becomes the original: the HTML, or the whole text. If there is no room for it, the whole
 * text is shown, unless an agent answers publicly.
 */
export async function shownIn(holding: Holding, { act }: Judgement, mail: Received): Promise<Shown> {
  const html = mail.html ?? undefined
  if (act.kind === 'ticket') return { shown: mail, original: html }
  if (act.kind !== 'followup' && act.kind !== 'stop') return { shown: mail, original: undefined }
  if (mail.newText === undefined) return { shown: mail, original: html }
  const original = html ?? (await wholeText(holding, mail))
  // The quote of a letter is never for the submitter.
  return original || isToSubmitter(act)
    ? { shown: { ...mail, text: mail.newText }, original }
    : { shown: mail, original: undefined }
}

function isToSubmitter(act: Judgement['act']): boolean {
  return act.kind === 'followup' && act.answer?.public === true
}

async function wholeText(holding: Holding, { text, textSize }: Received): Promise<Attachment | undefined> {
  const file = text.file ?? (await holding.put(Buffer.from(text.beginning)).catch(unlessProven(holding)))
  return file === undefined
    ? undefined
    : { file, filename: 'original.txt', mime_type: 'text/plain', size: textSize }
}
