import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import { SECOND } from '../../../data/durations.ts'
import type { Events } from '../../log/events.ts'
import type { Certificate } from '../../net/certificate.ts'
import { ipOf } from '../../net/ip.ts'

/** How long requests in progress may take when the door closes. */
const GRACE_MILLISECONDS = 10 * SECOND

const limits = {
  headersTimeout: 10 * SECOND,
  // No limit here: read_body.ts limits the time of a body by its size.
  requestTimeout: 0,
  keepAliveTimeout: 5 * SECOND,
  connectionsCheckingInterval: SECOND,
  // single_fields.ts refuses a missing Host with a sentence.
  requireHostHeader: false,
} as const
const tlsLimits = { minVersion: 'TLSv1.2', handshakeTimeout: 10 * SECOND } as const

/** A server of the POST door with its limits. */
export function plainServer(): Server {
  return limited(createServer(limits))
}

/** The same over TLS. */
export function secureServer(tls: Certificate, events: Events): SecureServer {
  const server = createSecureServer({ ...limits, ...tlsLimits, ...tls })
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
  server.setSecureContext({ ...tlsLimits, ...tls })
}

function limited<S extends Server>(server: S): S {
  // By default, Node silently drops headers after the 2000th, perhaps X-Forwarded-For; the limit of 16 KB for all headers is enough.
  server.maxHeadersCount = 0
  return server
}

/** Finishes complete requests, and closes all connections after GRACE_MILLISECONDS, since Node's timeouts stop with `close`. */
export function closeServer(server: Server): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MILLISECONDS)
  return new Promise(resolve => {
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}
