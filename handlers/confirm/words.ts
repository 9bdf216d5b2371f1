// One thing: what the letters about a command without proof say.
import { INVISIBLE } from '../../data/invisible.ts'
import type { Reader } from '../../data/store.ts'
import type { AskingMail, AskPlan } from './ask.ts'
import { CONFIRM_HOURS } from './confirmation.ts'

/** How many tickets are named with their titles, and how many files. */
const MOST_NAMED = 5
const NOT_MEANT = 'If it was not meant as a command, send it again with another subject.'

/** The question whether to carry out the commands. No line of it is a yes, whatever the mail says: mail programs quote it. */
export async function askingSentences(
  tx: Reader,
  asking: AskingMail,
  plan: Extract<AskPlan, { commands: unknown }>,
): Promise<string[]> {
  const { does, tickets, files } = plan
  return [
    commandSentence(asking),
    `Nothing has been done yet. If you say yes, it will do this:\n\n${does.map(indented).join('\n')}`,
    ...(await titles(tx, tickets)),
    ...(files.length > 0 ? [filesSentence(files)] : []),
    `To have it done, reply to this letter within ${CONFIRM_HOURS} hours, from any of your addresses. Write the word yes in the first line, and nothing else in that line.`,
    'If you did not send it, reply with the word no. Then nothing is done, and the administrators are told.',
    `Without an answer, nothing is done either. ${keptSentence(asking)} ${NOT_MEANT}`,
  ]
}

/** Why the commands are not carried out, and not asked about. */
export function refusedSentences(asking: AskingMail, why: string): string[] {
  return [
    commandSentence(asking),
    `It was not carried out. ${why}`,
    `${keptSentence(asking)} ${NOT_MEANT}`,
    'If you did not send it, tell the people who run this helpdesk.',
  ]
}

function commandSentence({ mail: { subject }, text }: AskingMail): string {
  const words = text === '' ? [] : ['', ...text.split('\n').map(line => `  > ${visible(line)}`.trimEnd())]
  return [
    'A mail in your name has this command, and nothing proves that you wrote it:',
    '',
    `  ${visible(subject)}`,
    ...words,
  ].join('\n')
}

function keptSentence({ mail: { id } }: AskingMail): string {
  return `The mail has opened no ticket, and is kept as mail ${id}.`
}

async function titles(tx: Reader, ids: readonly number[]): Promise<string[]> {
  const lines: string[] = []
  for (const id of ids.slice(0, MOST_NAMED)) {
    const ticket = await tx.get('tickets', id)
    const queue = ticket && (await tx.get('queues', ticket.queue))
    if (ticket && queue) lines.push(`  [${queue.slug}-${id}] ${visible(ticket.title)}`)
  }
  const more = ids.length > MOST_NAMED ? [`  and ${ids.length - MOST_NAMED} more`] : []
  return lines.length === 0 ? [] : [['It is about:', '', ...lines, ...more].join('\n')]
}

function filesSentence(files: readonly string[]): string {
  const more = files.length > MOST_NAMED ? ` and ${files.length - MOST_NAMED} more` : ''
  return `The files of the mail do not go along: ${files.slice(0, MOST_NAMED).map(visible).join(', ')}${more}. To send files, reply to a letter about the ticket.`
}

function indented(sentence: string): string {
  return sentence
    .split('\n')
    .map(line => `  ${line}`.trimEnd())
    .join('\n')
}

/** A line without characters that could hide what it says, or show it in another order. */
function visible(line: string): string {
  return line.replaceAll('\t', ' ').replace(INVISIBLE, '')
}
