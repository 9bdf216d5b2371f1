/** What the `style` attribute of an element says about its text. */
export interface Look {
  readonly isHidden: boolean
  /** Whether blanks and line ends are kept; undefined: as around it. */
  readonly isPre: boolean | undefined
  /** Whether it has no empty line before and after it; undefined: as its kind has. */
  readonly isTight: boolean | undefined
  readonly display: string | undefined
  /** A quote that is only moved to the right, as Gmail indents text. */
  readonly isIndented: boolean
  /** The level of a list of Word, from 1. */
  readonly level: number
}

export const PLAIN_LOOK: Look = {
  isHidden: false,
  isPre: undefined,
  isTight: undefined,
  display: undefined,
  isIndented: false,
  level: 1,
}

/** A length that shows nothing or next to nothing. */
const NO_LENGTH = /^[01](?:\.0+)?[a-z%]{0,3}$/
const ZERO = /^0(?:\.0+)?[a-z%]{0,3}$/
const LEVEL = /\blevel([1-9])\b/

/**
 * Reads a `style` attribute. `mso-hide: all` alone hides nothing: Outlook alone knows it, and it stands at buttons that everyone else sees.
 * A font size of nothing alone hides nothing either: templates set it around blocks with a size of their own.
 */
export function lookOf(style: string): Look {
  const said = declarations(style)
  const display = said.get('display')
  return {
    isHidden: display === 'none' || isInvisible(said),
    isPre: isPre(said.get('white-space')),
    isTight: isTight(said),
    display,
    isIndented: said.get('border')?.startsWith('none') === true && said.has('margin'),
    level: Number(LEVEL.exec(said.get('mso-list') ?? '')?.[1] ?? 1),
  }
}

function declarations(style: string): ReadonlyMap<string, string> {
  const said = new Map<string, string>()
  for (const one of style.toLowerCase().split(';')) {
    const colon = one.indexOf(':')
    if (colon < 0) continue
    const [value = ''] = one.slice(colon + 1).split('!')
    said.set(one.slice(0, colon).trim(), value.trim())
  }
  return said
}

function isInvisible(said: ReadonlyMap<string, string>): boolean {
  const is = (name: string, length: RegExp) => length.test(said.get(name) ?? '')
  if (said.get('visibility') === 'hidden' || is('opacity', ZERO)) return true
  const isLow = is('max-height', ZERO) || is('height', ZERO)
  return isLow && (said.get('overflow') === 'hidden' || is('font-size', NO_LENGTH))
}

function isPre(space: string | undefined): boolean | undefined {
  if (space === undefined) return undefined
  return space.startsWith('pre') || space === 'break-spaces'
}

function isTight(said: ReadonlyMap<string, string>): boolean | undefined {
  const [top, , third = top] = said.get('margin')?.split(' ') ?? []
  const above = said.get('margin-top') ?? top
  const below = said.get('margin-bottom') ?? third
  if (below !== undefined && !ZERO.test(below) && below !== 'auto') return false
  return above !== undefined && below !== undefined ? ZERO.test(above) && ZERO.test(below) : undefined
}
