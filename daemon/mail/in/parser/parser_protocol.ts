import type { Pieces } from '../../../../data/store.ts'
import type { Upload } from '../../../files/attachment.ts'
import { ChildGone, type ParserChild } from './parser_child.ts'
import type { Apart, ToldContent, ToldFile, ToldText } from './parser_program.ts'

/** A parsed mail; large parts come in pieces, which must be read one after the other. */
export interface Parsed extends Omit<Apart, 'text' | 'newText' | 'forwardedText' | 'html' | 'attachments'> {
  readonly text: ParsedText
  readonly newText: ParsedText | undefined
  readonly forwardedText: ParsedText | undefined
  readonly html: Upload | undefined
  readonly attachments: readonly Upload[]
}
export type ParsedText = string | Pieces
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
  const upload = ({ filename, mime_type, ...told }: ToldFile): Upload => {
    return { filename, mime_type, size: told.size, content: told.bytes ?? piecesOfContent(child, told) }
  }
  const { text, newText, forwardedText, html, attachments } = parsed
  return take({
    ...parsed,
    text: parsedText(child, text),
    newText: newText === undefined ? undefined : parsedText(child, newText),
    forwardedText: forwardedText === undefined ? undefined : parsedText(child, forwardedText),
    html: html && upload(html),
    attachments: attachments.map(upload),
  })
}

function parsedText(child: ParserChild, text: ToldText): ParsedText {
  return typeof text === 'string' ? text : piecesOfContent(child, text)
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

async function* piecesOfContent(child: ParserChild, { number, size, bytes }: ToldContent): Pieces {
  if (bytes) {
    yield bytes
    return
  }
  for (let from = 0; from < size; ) {
    const told = await child.ask({ content: number, from }).catch((error: Error) => {
      throw new ChildGone(error.message)
    })
    if (typeof told !== 'object' || !('piece' in told)) throw new ChildGone('it sent an unexpected message')
    from += told.piece.length
    yield told.piece
  }
}
