import { ownerOf } from './ip.ts'

const MINUTE = 60 * 1000
/** So many lines a minute are written of the refusals of one peer (of IPv6: one network of 64 bits), and of all peers. */
const MOST_OF_PEER = 60
const MOST_OF_ALL = 1200
/** So many peers get a line of their own about what was not written. */
const MOST_SUMMED = 100
/** Under what the rest of them is summed. */
const OTHERS = '(others)'

interface Count {
  lines: number
  unwritten: number
}

/**
 * Bounds what others can make us log: gives whether one more line about a peer may be written. What may not is counted, and `sum` gets the
 * peer and the number when the minute is over.
 */
export function newLogLimit(sum: (peer: string, lines: number) => void): (peer: string) => boolean {
  let counts = new Map<string, Count>()
  let written = 0
  const end = () => {
    const ended = counts
    counts = new Map()
    written = 0
    for (const [peer, { unwritten }] of ended) if (unwritten > 0) sum(peer, unwritten)
  }
  const countOf = (peer: string): Count => {
    const own = ownerOf(peer)
    const key = counts.has(own) || counts.size < MOST_SUMMED || written < MOST_OF_ALL ? own : OTHERS
    const count = counts.get(key) ?? { lines: 0, unwritten: 0 }
    counts.set(key, count)
    return count
  }
  return peer => {
    if (counts.size === 0) setTimeout(end, MINUTE).unref()
    const count = countOf(peer)
    if (count.lines < MOST_OF_PEER && written < MOST_OF_ALL) {
      count.lines++
      written++
      return true
    }
    count.unwritten++
    return false
  }
}
