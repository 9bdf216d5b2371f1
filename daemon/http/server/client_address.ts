import type { IncomingMessage } from 'node:http'
import { ipOf, UNIX } from '../../net/ip.ts'

/** As some proxies write it: `192.0.2.1:4711` or `[2001:db8::1]:4711`, which may lack its port. */
const WITH_PORT = /^(?:\[([0-9a-fA-F:.]+)\](?::[0-9]+)?|([0-9.]+):[0-9]+)$/

export type Asking = Pick<IncomingMessage, 'headers'> & {
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** The addresses of the clients of one door. */
export class ClientAddresses {
  readonly #isProxy: (address: string) => boolean
  readonly #unixSockets = new WeakSet<object>()

  constructor(isProxy: (address: string) => boolean) {
    this.#isProxy = isProxy
  }

  /** Tells of a connection to a unix socket. That it has no address does not prove it: a client that is gone has none either. */
  cameByUnix(socket: object): void {
    this.#unixSockets.add(socket)
  }

  /**
   * The address of the client, as `ipOf` gives it; empty where it is no longer known. The other end of a connection cannot be forged, what
   * a client says can. So X-Forwarded-For counts only where a known proxy wrote it. It is read from its end, where the nearest proxy wrote,
   * up to the first address that is no proxy. A client at a unix socket is trusted like a proxy.
   */
  of({ socket, headers }: Asking): string {
    const byUnix = this.#unixSockets.has(socket)
    let peer = byUnix ? UNIX : (ipOf(socket.remoteAddress ?? '') ?? '')
    if (!byUnix && !this.#isProxy(peer)) return peer
    // Node has joined the lines of it.
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
