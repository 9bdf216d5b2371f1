/** The first enhanced status code (RFC 3463), and the first reply code (RFC 5321 4.2). */
const ENHANCED = /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])/
const REPLY = /(?<![\d.])[245]\d\d(?=[ ;-]|$)/

/** The enhanced status code in the words of a server, such as `5.1.1`. */
export function enhancedCode(words: string): string | undefined {
  return ENHANCED.exec(words)?.[0]
}

/** The reply code in the words of a server, such as `550`. */
export function replyCode(words: string): string | undefined {
  return REPLY.exec(words)?.[0]
}
