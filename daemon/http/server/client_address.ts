import type { IncomingMessage } from 'node:http'
import { ipOf, UNIX } from '../../net/ip.ts'

/** As some proxies write it: `192.0.2.1:4711`, `[2001:db8::1]:4711` or `[2001:db8::1]`. */
const WITH_PORT = /^(?:\[([0-9a-fA-F:.]+)\](?::[0-9]+)?|([0-9.]+):[0-9]+)$/

export type Asking = Pick<IncomingMessage, 'headers'> & {
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** Finds the addresses of clients: that of the socket, or the one that a trusted proxy names in X-Forwarded-For. */
export class ClientAddresses {
  readonly #isProxy: (address: string) => boolean
  readonly #unixSockets = new WeakSet<object>()

  constructor(isProxy: (address: string) => boolean) {
    this.#isProxy = isProxy
  }

  /** Notes a connection to a unix socket. A missing address does not prove one: a disconnected client has none, either. */
  cameByUnix(socket: object): void {
    this.#unixSockets.add(socket)
  }

  /**
   * The address of the client, in the form of `ipOf`; empty if it is no longer known. A client can forge X-Forwarded-For, so it counts only
   * from a trusted proxy, or over a unix socket. It is read from its end, where the nearest proxy has written, up to the first address that
   * is not a proxy.
   */
  of({ socket, headers }: Asking): string {
    const byUnix = this.#unixSockets.has(socket)
    let peer = byUnix ? UNIX : (ipOf(socket.remoteAddress ?? '') ?? '')
    if (!byUnix && !this.#isProxy(peer)) return peer
    // Node joins repeated lines of this header.
    const said = headers['x-forwarded-for'] ?? ''
    for (const hop of String(said).split(',').reverse()) {
      const address = ipOf(hop.trim().replace(WITH_PORT, '$1$2'))
      if (address === undefined) return peer
      peer = address
      if (!this.#isProxy(peer)) return peer
    }
    return peer
  }
}
