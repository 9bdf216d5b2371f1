import type { Tree } from './structure/parts.ts'

/** In bytes, of the part. */
const LONGEST_LOOKED_AT = 4096
const FIELD = /^feedback-type[ \t]{0,3}:[ \t]{0,3}([a-z][a-z-]{0,30})/im

/** What kind of report about abuse a mail is (RFC 5965 3.1): the type in its part of type message/feedback-report, in lower case. */
export function feedbackType(tree: Tree): string | undefined {
  if ('children' in tree) {
    for (const child of tree.children) {
      const found = feedbackType(child)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (tree.type !== 'message/feedback-report') return undefined
  return FIELD.exec(tree.content.toString('latin1', 0, LONGEST_LOOKED_AT))?.[1]?.toLowerCase()
}
