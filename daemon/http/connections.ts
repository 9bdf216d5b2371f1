import type { Socket } from 'node:net'
import { events } from '../events.ts'
import { ipOf, networkOf } from '../ip.ts'

/** So many connections may be open at once, at all listeners together. */
const MOST = 2000
/** And so many from one address: whoever opens them slowly, or never speaks, leaves half of the door to others. */
const MOST_FROM_ONE = 1000
const MINUTE = 60 * 1000

/**
 * Watches the connections of all listeners: who comes when there are too many is closed at once. A proxy speaks for many, and so
 * does a unix socket: for them only the number in all counts.
 */
export function connectionLimit(isProxy: (address: string) => boolean): (socket: Socket) => void {
  let open = 0
  const openFrom = new Map<string, number>()
  const refused = tellByTheMinute(events.connectionsRefused)
  return socket => {
    const address = ipOf(socket.remoteAddress ?? '')
    const peer = address === undefined || isProxy(address) ? undefined : networkOf(address)
    const others = peer === undefined ? 0 : (openFrom.get(peer) ?? 0)
    if (open >= MOST || others >= MOST_FROM_ONE) {
      socket.destroy()
      refused(address ?? '')
      return
    }
    open++
    if (peer !== undefined) openFrom.set(peer, others + 1)
    socket.once('close', () => {
      open--
      if (peer === undefined) return
      const left = openFrom.get(peer)! - 1
      if (left > 0) openFrom.set(peer, left)
      else openFrom.delete(peer)
    })
  }
}

/** Tells of the first at once, and of what comes within the minute behind it when that is over: nobody can flood the log. */
function tellByTheMinute(tell: (count: number, last: string) => void): (last: string) => void {
  let isQuiet = true
  let count = 0
  let latest = ''
  const begin = () => {
    isQuiet = count === 0
    if (isQuiet) return
    tell(count, latest)
    count = 0
    setTimeout(begin, MINUTE).unref()
  }
  return last => {
    count++
    latest = last
    if (isQuiet) begin()
  }
}
