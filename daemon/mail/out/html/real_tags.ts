/** The elements of HTML that letters do not keep, and of which nothing else is left out. */
const OTHERS =
  'html head body meta link base main section article aside header footer nav address figure figcaption img picture source audio video track map area embed object param canvas form input button select optgroup label fieldset legend datalist output progress meter details summary dialog slot caption colgroup col tfoot ins mark q cite abbr dfn var samp time data ruby rt rp bdi bdo wbr font center big strike tt acronym dir menu nobr marquee blink frame frameset applet'.split(
    ' ',
  )
const COMMENT = '!--'

/** What a message in HTML has as text and its writer as words, though programs that read HTML take it for markup. */
export class RealTags {
  readonly #unreal: RegExp
  readonly #swallowing: RegExp

  /** `kept` are the elements that stay, `swallowing` those that are left out with all that they contain. */
  constructor(kept: readonly string[], swallowing: readonly string[]) {
    const names = [...kept, ...swallowing, ...OTHERS].join('|')
    // Word writes elements such as `o:p`.
    this.#unreal = new RegExp(`<(?!/?(?:${names}|[a-z]+:[a-z]+)(?:[\\s/>]|$)|[!?])`, 'gi')
    this.#swallowing = new RegExp(`<(${COMMENT}|(?:${swallowing.join('|')})(?=[\\s/>]|$))`, 'gi')
  }

  /**
   * A message in which only tags of HTML are tags: `<maria@example.net>`, `<https://…>` and `<your name>` become text. So does the beginning
   * of a comment or of a swallowing element that never ends: it would take the rest of the message along.
   */
  only(message: string): string {
    const ends = new Map<string, number>()
    const lower = message.toLowerCase()
    const endOf = (name: string): number => {
      const end = ends.get(name) ?? lower.lastIndexOf(name === COMMENT ? '-->' : `</${name}`)
      ends.set(name, end)
      return end
    }
    return message
      .replace(this.#swallowing, (whole, name: string, at: number) =>
        endOf(name.toLowerCase()) > at ? whole : `&lt;${name}`,
      )
      .replace(this.#unreal, '&lt;')
  }
}
