import { heededBy } from '../ignored.ts'
import type { Decided } from '../judgement.ts'
import { CONSEQUENCES } from '../kind.ts'
import type { MailFacts } from '../mail_facts.ts'

/** What a mail to the address of a link does that one person alone got: leaving a ticket, or an answer to a resolution. */
export function byAddress(facts: MailFacts): Decided | undefined {
  return stopOn(facts) ?? choiceOn(facts)
}

/** Whoever writes it, whatever it says: nobody must be kept from leaving, and nothing is answered. */
function stopOn(facts: MailFacts): Decided | undefined {
  const { stopped, kind, spamMark } = facts
  if (!stopped) return undefined
  const { ticket, address } = stopped
  const reasons = kind.reason === undefined ? [] : [kind.reason]
  const isRead = spamMark === undefined && heededBy(facts).recipients.length > 0
  const act = ticket ? ({ kind: 'stop', ticket, address, isRead } as const) : ({ kind: 'nothing' } as const)
  return { verdict: 'stop', reasons, act }
}

/** Without proof, since the address went to the submitter alone; but not what a machine writes, or spam. */
function choiceOn(facts: MailFacts): Decided | undefined {
  const { made, kind, spamMark } = facts
  if (!made || 'refused' in made || !CONSEQUENCES[kind.kind].isPersons || spamMark !== undefined)
    return undefined
  if (heededBy(facts).recipients.length === 0) return undefined
  return { verdict: 'choice', reasons: [], act: { kind: 'choice', ...made } }
}

/** Why its link does nothing, as a clause. */
export function refusedChoice({ made }: MailFacts): string[] {
  return made && 'refused' in made ? [made.refused] : []
}
