import type { Ticket } from '../../../../data/tables.ts'
import type { Choice } from '../../choices.ts'
import type { LetterIds, SignedIds } from '../../signed_ids.ts'
import { mailto } from './mailto.ts'

const LABELS: Readonly<Record<Choice, string>> = { works: 'It works', not_yet: 'Not yet' }

/** The links by which a submitter says whether a resolution helps, each below what it says; empty if our addresses cannot be extended. */
export function choiceLinksText(
  signedIds: SignedIds,
  letter: LetterIds,
  ticket: Ticket,
  tag: string,
): string {
  return (Object.keys(LABELS) as Choice[])
    .flatMap(choice => {
      const address = signedIds.choiceAddress({ id: letter.id, ticket: ticket.id }, choice)
      const subject = `${tag} ${LABELS[choice]}`
      return address === undefined ? [] : [`${LABELS[choice]}:\n${mailto({ address, subject })}`]
    })
    .join('\n\n')
}
