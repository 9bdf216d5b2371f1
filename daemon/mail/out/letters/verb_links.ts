import type { VerbLink } from '../links.ts'
import { mailto } from './mailto.ts'
import type { Wording } from './wording.ts'

/** The links of a letter to staff, each below what it does; empty without any. */
export function verbLinksText(words: Wording, links: readonly VerbLink[]): string {
  const [first] = links
  if (!first) return ''
  // A user has others beside this one.
  if (links.length === 1 && first.verb === 'note') return linked(words, words.say('links.answer'), first)
  return [words.say('links.introduction'), ...links.map(link => linkedVerb(words, link))].join('\n\n')
}

/** A link below what its command does. */
export function linkedVerb(words: Wording, link: VerbLink): string {
  return linked(words, words.say(`links.${link.verb}`), link)
}

function linked(words: Wording, label: string, link: VerbLink): string {
  return `${words.label(label)}\n${mailto(link)}`
}
