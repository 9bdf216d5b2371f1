/** The first enhanced status code (RFC 3463), and the first reply code (RFC 5321 4.2). */
const ENHANCED = /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])/
const REPLY = /(?<![\d.])[245]\d\d(?=[ -]|$)/
/** A bad sender, too large, a loop, the protocol, the content, security and policy: that is about the letter or about us. */
const NOT_THE_ADDRESS = /^5\.(?:1\.[78]|2\.3|3\.4|4\.(?:6|14)|5\.[1-9]\d{0,2}|[67]\.\d{1,3})$/

/**
 * Whether the words of a server mean that an address takes no mail at all: 5.x.x or 5yz, but not what is about a single letter or about its
 * sender. The enhanced code decides: `550 4.4.7` means that a time is up.
 */
export function isHardFailure(words: string): boolean {
  const [enhanced] = ENHANCED.exec(words) ?? []
  if (enhanced !== undefined) return enhanced.startsWith('5') && !NOT_THE_ADDRESS.test(enhanced)
  return REPLY.exec(words)?.[0].startsWith('5') ?? false
}
