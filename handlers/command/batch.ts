import { Failure } from '../../data/failure.ts'
import { eachTicket } from './bulk.ts'
import { dryRunOf, LONGEST_COMMAND, parseCommand, type Said, shownLine } from './command.ts'
import { NearMiss, nearMiss } from './near_miss.ts'
import { aboutLine, refusedLine } from './refused_line.ts'

/** How many commands one batch may have, and how many tickets they may name together. */
const MOST = 50
/** A signature (RFC 3676 4.3) or quoted text: the commands end there. */
const END = /^(?:-- ?$|>)/
const BATCH = /^[ \t]*(test[ \t]+)?batch(?:[ \t]*[.!])?[ \t]*$/i

/** Whether a line announces a batch, and of what kind; undefined if it does not. */
export function batchIn(line: string): 'real' | 'dry' | undefined {
  const [found, test] = BATCH.exec(line) ?? []
  if (found === undefined) return undefined
  return test === undefined ? 'real' : 'dry'
}

/**
 * Parses a batch: one command on each line, up to a signature or a quote; blank lines do not count. Throws Failure `invalid` for the first
 * line that is not a command, for none, and for more than 50 commands or tickets.
 */
export function batchOf(text: string, kind: 'real' | 'dry'): readonly Said[] {
  const lines = linesOf(text)
  if (lines.length === 0)
    throw new Failure('invalid', 'The batch has no commands. Write one command on each line.')
  if (lines.length > MOST) throw tooMany('commands')
  const all = lines.map(line => saidIn(line, lines, kind))
  const tickets = all.reduce((sum, said) => sum + ticketsOf(said), 0)
  if (tickets > MOST) throw tooMany('tickets')
  return all
}

interface Line {
  readonly label: string
  readonly words: string
}

function linesOf(text: string): Line[] {
  const lines: Line[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (END.test(line) || lines.length > MOST) break
    if (line.trim() !== '') lines.push({ label: `Line ${index + 1}`, words: line.trim() })
  }
  return lines
}

/** The refusal of a line that was nearly a command has the batch with the right one. */
function saidIn(line: Line, lines: readonly Line[], kind: 'real' | 'dry'): Said {
  try {
    return saidOn(line, kind)
  } catch (error) {
    if (!(error instanceof NearMiss) || error.mended === undefined) throw error
    const { mended } = error
    const right = lines.map(one => (one === line ? mended : one.words)).join('\n')
    throw new NearMiss(error.message, kind === 'dry' ? 'test batch' : 'batch', right)
  }
}

function saidOn({ label, words }: Line, kind: 'real' | 'dry'): Said {
  if (words.length > LONGEST_COMMAND)
    throw refusedLine(label, `It is longer than ${LONGEST_COMMAND} characters; make it shorter.`)
  const said = aboutLine(label, () => parseCommand(words))
  if (!said) {
    const miss = nearMiss(words)
    const { message } = refusedLine(label, miss?.message ?? `${shownLine(words)} is not a command.`)
    throw new NearMiss(message, miss?.mended)
  }
  if (said.isTest)
    throw refusedLine(label, 'A test is about the whole batch. Write "test batch" as the subject.')
  const { command, method } = kind === 'dry' ? dryRunOf(said) : said
  return { command: { ...command, label }, method, line: shownLine(words) }
}

function ticketsOf({ method, command }: Said): number {
  return aboutLine(command.label, () => eachTicket(method, command.params)).length
}

function tooMany(what: string): Failure {
  return new Failure(
    'invalid',
    `Nothing was done. The batch has more than ${MOST} ${what}; send at most ${MOST} at a time.`,
  )
}
