import type { VerbLink } from '../links.ts'
import { mailto } from './mailto.ts'
import type { Wording } from './wording.ts'

/** The links of a letter to staff, each below what it does; empty without any. */
export function verbLinksText(words: Wording, links: readonly VerbLink[]): string {
  const [first] = links
  if (!first) return ''
  // A user has others beside this one.
  if (links.length === 1 && first.verb === 'note') return linked(words.say('links.answer'), first)
  const all = links.map(link => linked(words.say(`links.${link.verb}`), link))
  return [words.say('links.introduction'), ...all].join('\n\n')
}

function linked(label: string, link: VerbLink): string {
  return `${label}:\n${mailto(link)}`
}
