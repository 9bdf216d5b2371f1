/** What an element does to the text around it. An element that is not in the table does nothing. */
export type ElementKind =
  | 'block'
  | 'paragraph'
  | 'list'
  | 'item'
  | 'quote'
  | 'pre'
  | 'table'
  | 'rows'
  | 'row'
  | 'cell'
  | 'link'
  | 'raised'
  | 'choice'
  | 'button'
  | 'unseen'
  | 'frame'
  | 'empty'

const NAMES: Readonly<Record<ElementKind, string>> = {
  block:
    'div section article header footer main aside nav address center form fieldset legend figure figcaption details summary dl dt dd caption menu dir optgroup',
  paragraph: 'p h1 h2 h3 h4 h5 h6',
  list: 'ul ol',
  item: 'li',
  quote: 'blockquote',
  pre: 'pre textarea xmp listing plaintext',
  table: 'table',
  rows: 'thead tbody tfoot',
  row: 'tr',
  cell: 'td th',
  link: 'a',
  raised: 'sup',
  choice: 'option',
  button: 'button label select',
  unseen: 'style script title template xml iframe noframes noembed audio video canvas datalist',
  frame: 'html head body',
  empty: 'br hr img input wbr area base basefont bgsound col embed frame keygen link meta param source track',
}

export const KINDS: ReadonlyMap<string, ElementKind> = new Map(
  Object.entries(NAMES).flatMap(([kind, names]) => names.split(' ').map(name => [name, kind as ElementKind])),
)
