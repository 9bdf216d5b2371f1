import type { Pieces } from '../../../../data/store.ts'
import type { Upload } from '../../../files/attachment.ts'
import { ChildGone, type ParserChild } from './parser_child.ts'
import type { Apart } from './parser_program.ts'

/** A parsed mail; large parts come in pieces. */
export interface Parsed extends Omit<Apart, 'text' | 'attachments'> {
  readonly text: string | Pieces
  readonly attachments: readonly Upload[]
}
/** An original mail; for a large one, a function that gives its pieces. */
export type RawBytes = Uint8Array | (() => Pieces)

/**
 * Lets a child parse a mail, and gives the result of `take`; null if the mail cannot be parsed. Throws what the child and `take` throw,
 * NotAsked only if the child ended before it got the whole mail.
 */
export async function converse<R>(
  child: ParserChild,
  raw: RawBytes,
  take: (parsed: Parsed) => Promise<R>,
): Promise<R | null> {
  const parsed = await apart(child, raw)
  if (!parsed) return null
  const attachments = parsed.attachments.map(({ content, ...named }, at) => ({
    ...named,
    content: content ?? contentOf(child, at + 1, named.size),
  }))
  const { text } = parsed
  return take({
    ...parsed,
    text: typeof text === 'string' ? text : contentOf(child, 0, text.size),
    attachments,
  })
}

async function apart(child: ParserChild, raw: RawBytes): Promise<Apart | null> {
  let isFirst = true
  if (!(raw instanceof Uint8Array)) {
    for await (const mail of raw()) {
      await child.tell({ mail, isFirst, isLast: false })
      isFirst = false
    }
  }
  const mail = raw instanceof Uint8Array ? raw : new Uint8Array()
  const told = await child.ask({ mail, isFirst, isLast: true })
  return typeof told === 'object' && 'parsed' in told ? told.parsed : null
}

async function* contentOf(child: ParserChild, content: number, size: number): Pieces {
  for (let from = 0; from < size; ) {
    const told = await child.ask({ content, from }).catch((error: Error) => {
      throw new ChildGone(error.message)
    })
    if (typeof told !== 'object' || !('piece' in told)) throw new ChildGone('it sent an unexpected message')
    from += told.piece.length
    yield told.piece
  }
}
