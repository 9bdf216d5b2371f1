/** A link as a mail program opens it (RFC 6068): it ends with the angle bracket, and `+` is no blank. */
export interface OpenedLink {
  readonly label: string
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** The links in the text of a letter, each with the line above it. */
export function linksIn(text: string): OpenedLink[] {
  const lines = text.split(/\r?\n/)
  return lines.flatMap((line, at) => {
    const uri = /^<mailto:([^<>\s]*)>$/.exec(line)?.[1]
    if (uri === undefined) return []
    const [to = '', query = ''] = uri.split('?')
    const fields = new Map(query.split('&').map(pair => pair.split('=') as [string, string]))
    const value = (name: string) => decodeURIComponent(fields.get(name) ?? '')
    return [
      { label: lines[at - 1]!, to: decodeURIComponent(to), subject: value('subject'), text: value('body') },
    ]
  })
}
