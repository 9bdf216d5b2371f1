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
    // No limit here: read_body.ts limits the time of a body by its size.
    requestTimeout: 0,
    keepAliveTimeout: keepAlive,
    connectionsCheckingInterval: look,
    // single_fields.ts refuses a missing Host with a sentence.
    requireHostHeader: false,
  }
}

/** A server of the HTTP door with its limits. */
export function plainServer(waits: HttpWaits): Server {
  return limited(createServer(limitsOf(waits)))
}

/** The same over TLS. */
export function secureServer(tls: Certificate, waits: HttpWaits, events: Events): SecureServer {
  const limits = { ...limitsOf(waits), ...oldestTls, handshakeTimeout: waits.handshake }
  const server = createSecureServer({ ...limits, ...tls })
  // Without TLS there is no way to answer; the default listener would try.
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

/** Uses this certificate from the next connection on. */
export function renew(server: SecureServer, tls: Certificate): void {
  server.setSecureContext({ ...oldestTls, ...tls })
}

function limited<S extends Server>(server: S): S {
  // By default, Node silently drops headers after the 2000th, perhaps X-Forwarded-For; the limit of 16 KB for all headers is enough.
  server.maxHeadersCount = 0
  return server
}

/** Finishes complete requests, and closes all connections after a while, since Node's timeouts stop with `close`. */
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
