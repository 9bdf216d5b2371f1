import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import { SECOND } from '../../../data/durations.ts'
import type { Events } from '../../log/events.ts'
import type { Certificate } from '../../net/certificate.ts'
import { ipOf } from '../../net/ip.ts'

/** How long what is under way may take when the door closes. */
const GRACE_MILLISECONDS = 10 * SECOND

const limits = {
  headersTimeout: 10 * SECOND,
  // A body may take its time, as long as it comes: that is looked at where it is read.
  requestTimeout: 0,
  keepAliveTimeout: 5 * SECOND,
  connectionsCheckingInterval: SECOND,
  // Refused with a sentence.
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
  server.setSecureContext({ ...tlsLimits, ...tls })
}

function limited<S extends Server>(server: S): S {
  // Node drops what comes behind so many, be it what a proxy says of the client; the 16 KB of all together are limit enough.
  server.maxHeadersCount = 0
  return server
}

/** Answers what came whole, and cuts off who is still sending after a while: Node's own timeouts end with `close`. */
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
