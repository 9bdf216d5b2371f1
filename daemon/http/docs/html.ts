/** Finished HTML. Only `html` makes it, so that no text gets into a page unescaped. */
export interface Html {
  readonly html: string
}
type Part = string | number | Html | readonly Html[]

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A template tag that escapes texts, for content and for quoted attributes. */
export function html(written: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const rest = parts.map((part, index) => `${sourceOf(part)}${written[index + 1]}`)
  return { html: `${written[0]}${rest.join('')}` }
}

function sourceOf(part: Part): string {
  if (typeof part !== 'object') return String(part).replace(/[&<>"']/g, character => ESCAPES[character]!)
  return 'html' in part ? part.html : part.map(one => one.html).join('')
}
