import type { Reader } from '../../../data/store.ts'
import type { Attempt, Letter } from '../../../data/tables.ts'
import { momentWords } from '../../mails/mail_listing.ts'
import { failingAt, failingWords } from '../failing_addresses.ts'
import { reasonOf } from '../refusals/reason_of.ts'

/** Tells what became of a letter: each step in a sentence, then what an administrator can do. */
export async function letterSteps(tx: Reader, letter: Letter): Promise<string[]> {
  const { id, to, event, ticket, created, attempts, reports = [], retried } = letter
  const about = ticket === null ? '' : ` about ticket ${ticket}`
  const failing = await failingAt(tx, to)
  return [
    `Letter ${id} to ${to}${about} (${event}) was written on ${momentWords(created)}.`,
    ...attempts.map(attemptStep),
    ...reports.map(({ at, outcome, words }) => `${momentWords(at)}: reported as ${outcome}: ${words}`),
    ...(retried === undefined
      ? []
      : [`An administrator last had it tried again on ${momentWords(retried)}.`]),
    stateStep(letter),
    ...(failing ? [`${failingWords(failing)}\nTo write to that address again: clear ${to}`] : []),
    ...nextSteps(letter),
  ]
}

function attemptStep({ at, reply }: Attempt): string {
  const reason = reasonOf(reply)?.says
  return `${momentWords(at)}: ${reply}${reason === undefined ? '' : `\n  ${reason}`}`
}

function stateStep({ state, due, given_up }: Letter): string {
  switch (state) {
    case 'waiting':
      return `It waits; the next attempt is on ${momentWords(due)}, or later if the smarthost is down then.`
    case 'sent':
      return `The smarthost took it on ${momentWords(due)}.`
    case 'failed':
      return given_up
        ? `It was given up on ${momentWords(due)}.`
        : `It was refused for good, or reported as failed, on ${momentWords(due)}.`
  }
}

function nextSteps({ id, state }: Letter): readonly string[] {
  if (state === 'sent') return []
  const retry = `To try it again now: retry ${id}`
  return state === 'failed' ? [retry] : [retry, `To give it up: drop ${id}`]
}
