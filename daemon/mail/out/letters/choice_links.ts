import type { Ticket } from '../../../../data/tables.ts'
import { CHOICES, type Choice } from '../../choices.ts'
import type { LetterIds, SignedIds } from '../../signed_ids.ts'
import { mailto } from './mailto.ts'
import type { Wording } from './wording.ts'

/** The links by which a submitter says whether a resolution helps, each below what it says; empty if our addresses cannot be extended. */
export function choiceLinksText(
  words: Wording,
  signedIds: SignedIds,
  letter: LetterIds,
  { ticket, tag }: { readonly ticket: Ticket; readonly tag: string },
): string {
  return (Object.keys(CHOICES) as Choice[])
    .flatMap(choice => {
      const address = signedIds.choiceAddress({ id: letter.id, ticket: ticket.id }, choice)
      const label = words.say(`choice.${choice}`)
      return address === undefined
        ? []
        : [`${words.label(label)}\n${mailto({ address, subject: `${tag} ${label}` })}`]
    })
    .join('\n\n')
}
