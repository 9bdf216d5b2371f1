const MOST_PIECES = 16_384

/** A long text that is put together from very many pieces, of which only some are held at a time. */
export class JoinedPieces {
  readonly #joined: string[] = []
  #pieces: string[] = []

  add(piece: string): void {
    if (this.#pieces.push(piece) < MOST_PIECES) return
    this.#joined.push(this.#pieces.join(''))
    this.#pieces = []
  }

  toString(): string {
    return this.#joined.join('') + this.#pieces.join('')
  }
}
