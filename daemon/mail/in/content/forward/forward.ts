import { isMessage, type Leaf, type Tree } from '../structure/parts.ts'
import { type AttachedMail, attachedMailOf, haveOneSender } from './attached_forward.ts'
import { inlineForward } from './inline_forward.ts'

/** What a mail forwards. */
export interface Forward extends AttachedMail {
  /** Whether the mails that it forwards have different senders; `from` is that of the first. */
  readonly hasSeveralSenders: boolean
  /** What stands above the mail that it forwards in its text, and what that says; undefined if mails are attached. */
  readonly inline?: { readonly words: string; readonly text: string }
}

/** The headers of so many attached mails are read. */
const MOST_READ = 50

/**
 * The mail that a mail forwards: in its text, else the mails that are attached. `text` is its text, `charsets` are those that it names.
 * Undefined if it forwards none.
 */
export function forwardIn(
  text: string,
  subject: string,
  tree: Tree,
  charsets: readonly string[],
): Forward | undefined {
  const inline = inlineForward(text, subject)
  if (inline) {
    const { from, subject, ...said } = inline
    return { from, subject, kind: 'person', suppressesReplies: false, hasSeveralSenders: false, inline: said }
  }
  const mails = messagesIn(tree)
    .slice(0, MOST_READ)
    .map(({ content }) => attachedMailOf(content, charsets))
  const [first] = mails
  return first && { ...first, hasSeveralSenders: mails.length > 1 && !haveOneSender(mails) }
}

function messagesIn(tree: Tree): Leaf[] {
  if ('children' in tree) return tree.children.flatMap(messagesIn)
  return isMessage(tree) ? [tree] : []
}
