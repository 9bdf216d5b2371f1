import { VISIBLE } from '../../../../data/invisible.ts'
import type { Command } from '../../../../handlers/call.ts'
import { commandWithBody, type Said } from '../../../../handlers/command/command.ts'
import { isYes } from '../../../../handlers/params/flags.ts'
import type { AnswerAround } from '../judgement.ts'
import { textOrNote } from '../received/keep_text.ts'
import type { Received } from '../received/received.ts'

const LABEL = 'The text below the commands'

type Below = Pick<Received, 'text' | 'attachments'>

/**
 * The commands of an answer. The first that takes a text gets the one below them, with the files; without such a command, text and files
 * are an answer of their own.
 */
export function commandsInAnswer(
  said: readonly Said[],
  around: AnswerAround,
  { text: { beginning: words }, attachments }: Below,
): Command[] {
  const taker = takerOf(said)
  const filer = takesFiles(taker) ? taker : said.find(takesFiles)
  const commands = said.map(one =>
    commandOf(one, one === taker ? words : '', one === filer ? attachments : []),
  )
  const isTaken = taker !== undefined || !VISIBLE.test(words)
  if (isTaken && (filer || attachments.length === 0)) return commands
  return [...commands, answerOf(around, isTaken ? '' : words, attachments)]
}

/** Whether the text below the commands is the reason for one of them and stays private, though the answer would have been public. */
export function isPrivateReason(said: readonly Said[], { words, public: open }: AnswerAround): boolean {
  const taker = takerOf(said)
  const isReason = taker?.method.mailBody !== undefined && !isYes(taker.command.params.public)
  return open && isReason && VISIBLE.test(words)
}

function takerOf(said: readonly Said[]): Said | undefined {
  return said.find(({ method }) => (method.body ?? method.mailBody) !== undefined)
}

function takesFiles(said: Said | undefined): boolean {
  return said?.method.params.attachments !== undefined
}

function commandOf(said: Said, words: string, attachments: Received['attachments']): Command {
  const command = commandWithBody(said, words)
  return attachments.length > 0 ? { ...command, params: { ...command.params, attachments } } : command
}

/** Files without a text go to staff alone, since they may belong to a signature. */
function answerOf(
  { ticket, letter, public: open }: AnswerAround,
  words: string,
  attachments: Received['attachments'],
): Command {
  const isPublic = open && words !== ''
  const message = textOrNote({ beginning: words })
  const takes = isPublic && letter !== undefined ? { takes: true } : {}
  const params = { ticket: ticket.id, message, public: isPublic, attachments, ...takes }
  return { method: 'add_followup', params, label: LABEL }
}
