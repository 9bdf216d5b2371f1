import { type AttachmentStream, MailParser, type MessageText } from 'mailparser'
import { MIB } from '../../../../../data/sizes.ts'
import { type Field, firstOf, type Headers, unfolded } from '../../headers.ts'
import { mediaType } from '../media_type.ts'

/** What mailparser counts for the header of a part: at least 64 bytes a line, and we cut each header to 256 KiB before. */
const MOST_HEADER_COST = 8 * MIB
/** The type of the parts of a multipart/digest (RFC 2046 5.1.5). */
const MESSAGE = 'message/rfc822'
/** The Content-Type of plain text. */
const PLAIN = /^text\/plain(?:;|$)/i
/** A transfer encoding that changes nothing (RFC 2045 6.2). */
const AS_IT_IS = /^(?:7bit|8bit|binary|)$/i
/** A fault of a mail, as a clause. */
export const TOO_MANY_PARTS = 'it has too many parts'

/** A part without parts: its fields by name in lower case, as Latin-1 and unfolded, and its bytes without the transfer encoding. */
export interface Leaf {
  readonly type: string
  readonly fields: ReadonlyMap<string, string>
  readonly content: Buffer
}
/** Whether a part is an attached mail. */
export function isMessage({ type }: Pick<Leaf, 'type'>): boolean {
  return type === MESSAGE
}

/** A multipart. */
export interface Branch {
  readonly type: string
  readonly children: readonly Tree[]
}
export type Tree = Leaf | Branch

/** The structure of a mail, and what was wrong with it, as a clause. */
export interface Structure {
  readonly tree: Tree
  readonly faults: readonly string[]
}

/** The nodes that mailparser builds; its types leave them out. */
interface Node {
  readonly contentType: string | false
  readonly headerLines: readonly { readonly key: string; readonly line: string }[] | false
  readonly isAttachment?: boolean
  readonly children: readonly Node[]
}

/**
 * Takes a mail apart, whose header has been read. A text part is a leaf like any other: what becomes text is decided later. Of a mail with
 * more than 1,000 parts, gives the first.
 */
export async function structureOf(mail: Buffer, headers: Headers): Promise<Structure> {
  const plain = plainLeaf(mail, headers)
  if (plain) return { tree: plain, faults: [] }
  const parser = new MailParser({
    checksumAlgo: false,
    maxHeadSize: MOST_HEADER_COST,
    ignoreEmbedded: true,
    skipTextToHtml: true,
    skipHtmlToText: true,
  } as object)
  // Without types of text, every part comes as its bytes.
  Object.assign(parser, { textTypes: [] })
  // The other fields of the header are not read here, and decoding them takes longer than all the rest of a short mail.
  parser.write(Buffer.from(contentFields(headers), 'latin1'))
  parser.end(mail.subarray(headers.bodyStart))
  const contents: Buffer[] = []
  const faults: string[] = []
  try {
    for await (const part of parser as AsyncIterable<AttachmentStream | MessageText>) {
      if (part.type !== 'attachment') continue
      contents.push(await bytesOf(part.content))
      part.release?.()
    }
  } catch {
    faults.push(TOO_MANY_PARTS)
  }
  const { tree } = parser as unknown as { readonly tree: Node }
  return { tree: treeOf(tree, contents.values()), faults }
}

/** The only part of a mail that is a text as it stands. For such a mail, mailparser takes longer than all other steps together. */
function plainLeaf(mail: Buffer, headers: Headers): Leaf | undefined {
  const type = firstOf(headers, 'content-type') ?? ''
  const encoding = firstOf(headers, 'content-transfer-encoding') ?? ''
  if (!PLAIN.test(type) || !AS_IT_IS.test(encoding)) return undefined
  const fields = new Map<string, string>()
  for (const { name, value } of ownFields(headers)) if (!fields.has(name)) fields.set(name, value)
  return { type: 'text/plain', fields, content: mail.subarray(headers.bodyStart) }
}

function contentFields(headers: Headers): string {
  return `${ownFields(headers)
    .map(({ name, value }) => `${name}: ${value}\r\n`)
    .join('')}\r\n`
}

function ownFields({ fields }: Headers): readonly Field[] {
  return fields.filter(({ name }) => name.startsWith('content-'))
}

async function bytesOf(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const piece of pieces) all.push(piece)
  return all.length === 1 ? all[0]! : Buffer.concat(all)
}

function treeOf(node: Node, contents: Iterator<Buffer>, parent = ''): Tree {
  const isDigest = parent === 'multipart/digest' && !fieldsOf(node).has('content-type')
  const type = isDigest ? MESSAGE : typeOf(node)
  if (!node.isAttachment) return { type, children: node.children.map(child => treeOf(child, contents, type)) }
  const { value: content = Buffer.alloc(0) } = contents.next()
  return { type, fields: fieldsOf(node), content }
}

/** mailparser takes what follows a blank for a part of the type. */
function typeOf({ contentType }: Node): string {
  return mediaType(contentType || '').type || 'text/plain'
}

function fieldsOf({ headerLines }: Node): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const { key, line } of headerLines || [])
    if (!fields.has(key)) fields.set(key, unfolded(line.slice(line.indexOf(':') + 1)))
  return fields
}
