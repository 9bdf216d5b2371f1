import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import type { Events } from '../../log/events.ts'
import type { Certificate } from '../../net/certificate.ts'
import { ipOf } from '../../net/ip.ts'
import type { HttpWaits } from './timeouts.ts'

const oldestTls = { minVersion: 'TLSv1.2' } as const

function limitsOf({ headers, keepAlive, look }: HttpWaits) {
  return {
    headersTimeout: headers,
    // A body may take its time, as long as it comes: that is looked at where it is read.
    requestTimeout: 0,
    keepAliveTimeout: keepAlive,
    connectionsCheckingInterval: look,
    // Refused with a sentence.
    requireHostHeader: false,
  }
}

/** A server of the POST door with its limits. */
export function plainServer(waits: HttpWaits): Server {
  return limited(createServer(limitsOf(waits)))
}

/** The same over TLS. */
export function secureServer(tls: Certificate, waits: HttpWaits, events: Events): SecureServer {
  const limits = { ...limitsOf(waits), ...oldestTls, handshakeTimeout: waits.handshake }
  const server = createSecureServer({ ...limits, ...tls })
  // What never became TLS cannot be told anything; the usual listener would try.
  server.removeAllListeners('tlsClientError').on('tlsClientError', (error, socket) => {
    const peer = ipOf(socket.remoteAddress ?? '') ?? ''
    // A client that has gone away is not refused.
    if (codeOf(error) !== 'ECONNRESET')
      events.connectionRefused('tls', peer, `TLS failed (${codeOf(error)}).`)
    socket.destroy()
  })
  return limited(server)
}

function codeOf({ code = 'unknown' }: NodeJS.ErrnoException): string {
  return code
}

/** From the next connection on it shows this certificate. */
export function renew(server: SecureServer, tls: Certificate): void {
  server.setSecureContext({ ...oldestTls, ...tls })
}

function limited<S extends Server>(server: S): S {
  // Node drops what comes behind so many, be it what a proxy says of the client; the 16 KB of all together are limit enough.
  server.maxHeadersCount = 0
  return server
}

/** Answers what came whole, and cuts off who is still sending after a while: Node's own timeouts end with `close`. */
export function closeServer(server: Server, { closing }: HttpWaits): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), closing)
  return new Promise(resolve => {
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}
