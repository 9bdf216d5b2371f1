import type { Ticket } from '../../../../data/tables.ts'
import type { Choice } from '../../choices.ts'
import type { LetterIds, SignedIds } from '../../signed_ids.ts'
import { mailto } from './mailto.ts'
import type { Wording } from './wording.ts'

const LINKS = ['works', 'not_yet', 'stop'] as const

/**
 * The links by which a submitter says whether a resolution helps, and stops the letters about the ticket, each below what it says. Empty if
 * our addresses cannot be extended.
 */
export function choiceLinksText(
  words: Wording,
  signedIds: SignedIds,
  letter: LetterIds & { readonly to: string },
  { ticket, tag }: { readonly ticket: Ticket; readonly tag: string },
): string {
  const addressOf = (link: Choice | 'stop') =>
    link === 'stop'
      ? signedIds.stopAddress(ticket.id, letter.to)
      : signedIds.choiceAddress({ id: letter.id, ticket: ticket.id }, link)
  return LINKS.flatMap(link => {
    const address = addressOf(link)
    const label = words.say(`choice.${link}`)
    return address === undefined
      ? []
      : [`${words.label(label)}\n${mailto({ address, subject: `${tag} ${label}` })}`]
  }).join('\n\n')
}
