import { Failure } from '../../../data/failure.ts'
import type { Attachment } from '../../../data/tables.ts'
import { namesTicket } from '../../../handlers/command/command.ts'
import type { Holding } from '../../files/holding.ts'
import { type ForwardersNote, forwardedMail } from './forwards/forwarded.ts'
import type { Incoming } from './incoming.ts'
import type { AskAct, CommandAct, Judgement } from './judgement.ts'
import type { OneMailSite } from './mail_site.ts'
import { unlessProven } from './received/keep_text.ts'
import type { Received } from './received/received.ts'
import { withinTicket } from './ticket_attachments.ts'

/** A mail with the text that its follow-up shows, and what that text was made from. */
export interface Shown {
  readonly shown: Received
  readonly original: Attachment | undefined
  /** What an agent adds to the mail that it forwards. */
  readonly note?: ForwardersNote
}

/**
 * The text of a mail as its ticket shows it. In an answer that is the text without quoted history and signature; the first mail of a ticket
 * is shown whole. A command on a ticket has its new words. What the text was made from becomes the original: the HTML, or the whole text.
 * If there is no room for it, the whole text is shown, unless an agent answers publicly. Of a forward with another submitter, that is
 * the mail which it forwards. The files of a ticket may have `most` bytes.
 */
export async function shownIn(
  site: OneMailSite,
  incoming: Incoming,
  judgement: Judgement,
  mail: Received,
  most: number,
): Promise<Shown> {
  const { act } = judgement
  const { holding } = site
  const html = mail.html ?? undefined
  if (act.kind === 'ticket' && act.forward?.original) {
    const { shown, note, original } = await forwardedMail(site, incoming, mail, act.forward.original)
    const fitting = original ? await withinTicket(site, judgement, shown, most) : shown
    return { shown: fitting, note, original: original ?? html ?? (await wholeText(holding, mail)) }
  }
  if (act.kind === 'ticket') return { shown: mail, original: html }
  if (act.kind === 'command' && act.within) return belowCommands(holding, mail, act.within.words)
  if (act.kind === 'command' || act.kind === 'ask')
    return takesWords(act) ? newWordsIn(holding, mail) : { shown: mail, original: undefined }
  if (act.kind === 'followup' && act.words !== undefined) return belowCommands(holding, mail, act.words)
  if (act.kind !== 'followup' && act.kind !== 'stop' && act.kind !== 'choice')
    return { shown: mail, original: undefined }
  if (mail.newText === undefined) return { shown: mail, original: html }
  const original = html ?? (await wholeText(holding, mail))
  // The quote of a letter is never for the submitter.
  return original || isToSubmitter(act)
    ? { shown: { ...mail, text: mail.newText }, original }
    : { shown: mail, original: undefined }
}

/** The text below the commands of an answer; the whole text becomes the original. */
async function belowCommands(holding: Holding, mail: Received, words: string): Promise<Shown> {
  const original = words.trim() === '' ? undefined : (mail.html ?? (await wholeText(holding, mail)))
  return { shown: { ...mail, text: { beginning: words.trim() } }, original }
}

/** Whether a command takes the text of its mail, which is about a ticket. */
function takesWords({ said }: CommandAct | AskAct): boolean {
  if (said instanceof Failure) return false
  return said.some(one => namesTicket(one) && (one.method.body ?? one.method.mailBody) !== undefined)
}

/** The new words of a mail; no text if it has none, such as below a command that is only followed by a signature. */
async function newWordsIn(holding: Holding, mail: Received): Promise<Shown> {
  const { text, newText, newWords, html } = mail
  if (newText === undefined && text.file !== undefined) return { shown: mail, original: undefined }
  if (!newWords.isNew) return { shown: { ...mail, text: { beginning: '' } }, original: undefined }
  if (newText === undefined && !newWords.isCut) return { shown: mail, original: html ?? undefined }
  const words = newText ?? { beginning: newWords.text }
  return { shown: { ...mail, text: words }, original: html ?? (await wholeText(holding, mail)) }
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
