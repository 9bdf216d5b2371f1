import { Tokenizer } from 'htmlparser2'

/** The attributes of a tag that matter for its text; the first of a name counts. */
export type Attributes = ReadonlyMap<string, string>

/** What gets the tags and texts of a page in their order; names are in lower case. */
export interface TagReader {
  text(text: string): void
  open(name: string, attributes: Attributes): void
  close(name: string): void
  /** Whether nothing more is wanted. */
  readonly isFull: boolean
}

const WANTED = new Set(
  'alt checked class colspan height hidden href selected src start style type value width'.split(' '),
)
const NONE: Attributes = new Map()
/** Elements whose content is not read as tags, so one that closes itself must not wait for its end. */
const CLOSE_THEMSELVES = new Set(['script', 'style', 'title', 'textarea', 'xmp', 'template', 'xml', 'iframe'])

/** Takes HTML apart (HTML Living Standard, 13.2.5) and hands the tags and texts to the reader, in linear time and without recursion. */
export function readTags(html: string, reader: TagReader): void {
  let name = ''
  let attribute = ''
  let value = ''
  let attributes = new Map<string, string>()
  const opened = () => {
    reader.open(name, attributes.size > 0 ? attributes : NONE)
    if (reader.isFull) tokenizer.pause()
  }
  const tokenizer = new Tokenizer(
    {},
    {
      ontext: (from, to) => reader.text(html.slice(from, to)),
      ontextentity: code => reader.text(String.fromCodePoint(code)),
      onopentagname(from, to) {
        name = html.slice(from, to).toLowerCase()
        attributes = new Map()
      },
      onattribname(from, to) {
        attribute = html.slice(from, to).toLowerCase()
        value = ''
      },
      onattribdata(from, to) {
        value += html.slice(from, to)
      },
      onattribentity(code) {
        value += String.fromCodePoint(code)
      },
      onattribend() {
        if (WANTED.has(attribute) && !attributes.has(attribute)) attributes.set(attribute, value)
      },
      onopentagend: opened,
      onselfclosingtag() {
        opened()
        if (name.includes(':') || CLOSE_THEMSELVES.has(name)) reader.close(name)
      },
      onclosetag: (from, to) => reader.close(html.slice(from, to).toLowerCase()),
      oncdata: (from, to) => reader.text(html.slice(from, to - 2)),
      oncomment() {},
      ondeclaration() {},
      onprocessinginstruction() {},
      onend() {},
    },
  )
  tokenizer.write(html)
  tokenizer.end()
}
