import { Failure } from '../../data/failure.ts'
import { MIB } from '../../data/sizes.ts'

/** In bytes; a command without its long texts is far shorter. */
const LONGEST_LINE = 4 * MIB
const LINE_FEED = '\n'.charCodeAt(0)

/** What a shell command sends: lines, and after some of them as many bytes as the line announces. */
export interface Frames {
  /** The next line without its line feed; undefined after the last. Throws Failure `too_large` over 4 MiB. */
  line(): Promise<string | undefined>
  /** The next `count` bytes; undefined if the other side ends before. */
  bytes(count: number): Promise<Buffer | undefined>
  /** Resolves when the other side has ended; discards what it still sends. */
  drained(): Promise<void>
}

export function framesOf(stream: AsyncIterable<Buffer>): Frames {
  const chunks = stream[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  const more = async (): Promise<Buffer | undefined> => {
    const { value, done } = await chunks.next()
    return done ? undefined : value
  }
  const take = (end: number, next: number): Buffer => {
    const taken = rest.subarray(0, end)
    rest = rest.subarray(next)
    return taken
  }
  return {
    line: async () => {
      const begin: Buffer[] = []
      let size = 0
      for (let end = rest.indexOf(LINE_FEED); end < 0; end = rest.indexOf(LINE_FEED)) {
        begin.push(rest)
        size += rest.length
        if (size > LONGEST_LINE)
          throw new Failure('too_large', `The line is too long; send at most ${LONGEST_LINE} bytes.`)
        const chunk = await more()
        rest = chunk ?? Buffer.alloc(0)
        if (!chunk) return size > 0 ? Buffer.concat(begin).toString() : undefined
      }
      const end = rest.indexOf(LINE_FEED)
      return Buffer.concat([...begin, take(end, end + 1)]).toString()
    },
    bytes: async count => {
      const bytes = Buffer.allocUnsafeSlow(count)
      let size = take(count, count).copy(bytes)
      while (size < count) {
        const chunk = await more()
        if (!chunk) return undefined
        const copied = chunk.copy(bytes, size)
        size += copied
        rest = chunk.subarray(copied)
      }
      return bytes
    },
    drained: async () => {
      while (await more());
    },
  }
}
