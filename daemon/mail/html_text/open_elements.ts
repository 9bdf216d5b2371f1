import type { ElementKind } from './elements.ts'

/** An element that is open, and what is done at its end. */
export interface OpenElement {
  readonly name: string
  readonly kind: ElementKind | undefined
  readonly isHidden: boolean
  readonly isPre: boolean
  readonly end: () => void
}

/** Elements nested more deeply are read as if they were not there, as browsers do from 512. */
const MOST_OPEN = 256
const PAGE: OpenElement = { name: '', kind: undefined, isHidden: false, isPre: false, end() {} }
/** Kinds that close an open paragraph. */
const LEAVES_PARAGRAPH: ReadonlySet<ElementKind> = new Set<ElementKind>([
  'block',
  'paragraph',
  'list',
  'item',
  'quote',
  'pre',
  'table',
])
const STRUCTURE: ReadonlySet<ElementKind | undefined> = new Set<ElementKind>(['table', 'rows', 'row', 'cell'])
const INLINE: ReadonlySet<ElementKind | undefined> = new Set<ElementKind | undefined>([
  undefined,
  'link',
  'raised',
  'button',
])

/** The elements that are open, with the rules for end tags that are missing or wrong (HTML Living Standard, 13.2.6). */
export class OpenElements {
  readonly #open: OpenElement[] = []
  /** How many are open by name. */
  readonly #counts = new Map<string, number>()
  #beyond = 0

  get last(): OpenElement {
    return this.#open.at(-1) ?? PAGE
  }

  get isFull(): boolean {
    return this.#open.length >= MOST_OPEN
  }

  push(element: OpenElement): void {
    this.#open.push(element)
    this.#counts.set(element.name, (this.#counts.get(element.name) ?? 0) + 1)
  }

  /** Counts one more than can be kept, so that its end tag closes no other. */
  pushBeyond(): void {
    this.#beyond++
  }

  /** Whether a list is open in the innermost cell, or an item in the innermost list. */
  isInside(kind: 'item' | 'list'): boolean {
    if (kind === 'item') return this.#find(one => one.kind === 'item', isListOrCell) >= 0
    return this.#find(one => one.kind === 'list', isCell) >= 0
  }

  /** Closes what a start tag closes. */
  closeBefore(name: string, kind: ElementKind | undefined): void {
    if (kind === undefined) return
    if (LEAVES_PARAGRAPH.has(kind)) this.#closeFound(({ name }) => name === 'p', isNoInline)
    if (kind === 'link') this.#closeFound(one => one.kind === 'link', isCell)
    if (kind === 'item') this.#closeFound(one => one.kind === 'item', isListOrCell)
    if (kind === 'choice') this.#closeFound(one => one.name === name, isNoInline)
    if (kind === 'cell' || kind === 'row') this.#closeFound(one => one.kind === kind, isTable)
    if (kind === 'rows') {
      this.#closeFound(one => one.kind === 'rows', isTable)
      this.#closeFound(one => one.kind === 'row', isTable)
    }
    if (kind === 'table' && this.#find(one => isStructure(one) && !isCell(one), isCell) >= 0)
      this.#closeFound(isTable, isCell)
  }

  close(name: string): void {
    if (this.#beyond > 0) {
      this.#beyond--
      return
    }
    if (!this.#counts.get(name)) return
    const isSame = (one: OpenElement) => one.name === name
    const found = this.#find(isSame, name === 'table' ? () => false : isCell)
    if (found >= 0) this.#closeFrom(found)
    else if (name === 'tr' || name === 'tbody') this.#closeFound(isSame, isTable)
  }

  closeAll(): void {
    this.#closeFrom(0)
  }

  #closeFound(isIt: (one: OpenElement) => boolean, isBoundary: (one: OpenElement) => boolean): void {
    const found = this.#find(isIt, isBoundary)
    if (found >= 0) this.#closeFrom(found)
  }

  /** The index of the innermost one; -1 if there is none within the innermost boundary. */
  #find(isIt: (one: OpenElement) => boolean, isBoundary: (one: OpenElement) => boolean): number {
    for (let at = this.#open.length - 1; at >= 0; at--) {
      const one = this.#open[at]!
      if (isIt(one)) return at
      if (isBoundary(one)) return -1
    }
    return -1
  }

  #closeFrom(index: number): void {
    while (this.#open.length > index) {
      const { name, end } = this.#open.pop()!
      this.#counts.set(name, this.#counts.get(name)! - 1)
      end()
    }
  }
}

function isTable({ kind }: OpenElement): boolean {
  return kind === 'table'
}

function isCell({ kind }: OpenElement): boolean {
  return kind === 'cell'
}

function isListOrCell({ kind }: OpenElement): boolean {
  return kind === 'list' || kind === 'cell'
}

function isStructure({ kind }: OpenElement): boolean {
  return STRUCTURE.has(kind)
}

function isNoInline({ kind }: OpenElement): boolean {
  return !INLINE.has(kind)
}
