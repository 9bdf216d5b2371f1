import { notYesWords } from '../../../../handlers/confirm/not_yes.ts'
import type { Decided } from '../judgement.ts'
import type { MailFacts } from '../mail_facts.ts'

/**
 * What becomes of the answer to a letter that asks about a command; undefined for any other mail. The answer of a program says nothing about
 * that command, and nobody reads it.
 */
export function confirmationOn({ kind, asked, answered }: MailFacts): Decided | undefined {
  if (asked && kind.kind !== 'person') {
    const reasons = kind.reason === undefined ? [] : [kind.reason]
    const why = `it answers letter ${asked.letter.id}, and no person has written it to us alone`
    return { verdict: 'automatic', reasons: [...reasons, why], act: { kind: 'nothing' } }
  }
  if (!answered) return undefined
  const { letter, confirmation, line, says } = answered
  const about = `it answers letter ${letter.id}`
  if ('yes' in says)
    return {
      verdict: 'confirmed',
      reasons: [`${about} with yes`],
      act: { kind: 'confirm', confirmation, user: says.yes, to: letter.to },
    }
  return {
    verdict: 'cancelled',
    reasons: [about, notYesWords(says.no)],
    act: { kind: 'cancel', confirmation, letter, why: says.no, line },
  }
}
