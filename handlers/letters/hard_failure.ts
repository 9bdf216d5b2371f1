import { reasonOf } from './refusals/reason_of.ts'
import { enhancedCode, replyCode } from './refusals/reply_codes.ts'

/** A bad sender, too large, a loop, the protocol, the content, security and policy: that is about the letter or about us. */
const NOT_THE_ADDRESS = /^5\.(?:1\.[78]|2\.3|3\.4|4\.(?:6|14)|5\.[1-9]\d{0,2}|[67]\.\d{1,3})$/

/**
 * Whether the words of a server mean that an address takes no mail at all: 5.x.x or 5yz, but not what is about a single letter or about its
 * sender. The enhanced code decides: `550 4.4.7` means that a time is up.
 */
export function isHardFailure(words: string): boolean {
  const { blames = 'recipient' } = reasonOf(words) ?? {}
  if (blames !== 'recipient') return false
  const enhanced = enhancedCode(words)
  if (enhanced !== undefined) return enhanced.startsWith('5') && !NOT_THE_ADDRESS.test(enhanced)
  return replyCode(words)?.startsWith('5') ?? false
}
