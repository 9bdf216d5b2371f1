import type { Attributes } from './tags.ts'

const NOT_SHOWN = /^(?:hidden|password|image|file|range|color)$/i
const BOX = /^(?:checkbox|radio)$/i

/** What an `input` element shows. */
export function shownField(attributes: Attributes): string {
  const type = attributes.get('type') ?? ''
  if (NOT_SHOWN.test(type)) return ''
  if (BOX.test(type)) return attributes.has('checked') ? ' [x] ' : ' [ ] '
  return ` ${attributes.get('value') ?? ''} `
}
