import type { LinkVerb } from '../../link_verbs.ts'
import type { VerbLink } from '../links.ts'
import { mailto } from './mailto.ts'

export const VERB_LABELS: Readonly<Record<LinkVerb, string>> = {
  take: 'Take it',
  note: 'Write a private note',
  hold: 'Hold it until tomorrow',
  unhold: 'Take it off hold',
  resolve: 'Resolve it ("It is done.")',
  reopen: 'Reopen it',
}

const ANSWER = 'Answer, in private'
const INTRODUCTION = 'Links for you alone, for 7 days:'

/** The links of a letter to staff, each below what it does; empty without any. */
export function verbLinksText(links: readonly VerbLink[]): string {
  const [first] = links
  if (!first) return ''
  // A user has others beside this one.
  if (links.length === 1 && first.verb === 'note') return `${ANSWER}:\n${mailto(first)}`
  return [INTRODUCTION, ...links.map(link => `${VERB_LABELS[link.verb]}:\n${mailto(link)}`)].join('\n\n')
}
