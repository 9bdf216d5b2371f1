import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Instant } from '../../data/tables.ts'
import { certificateOf, validUntil } from '../net/certificate.ts'
import { inRanges } from '../net/ip.ts'
import { listening, type Opened, openEach } from '../net/listener.ts'
import { newRequestIds } from './request_id.ts'
import { type HttpSite, routes } from './routes.ts'
import { BadRequests } from './server/bad_requests.ts'
import { ClientAddresses } from './server/client_address.ts'
import { Connections } from './server/connections.ts'
import { closeServer, plainServer, renew, secureServer } from './server/server.ts'
import { HTTP_WAITS, type HttpWaits } from './server/timeouts.ts'

/** Sends 100 Continue when the body is first read: a client that is refused before that need not send it (RFC 9110, 10.1.1). */
function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  request.once('resume', () => {
    if (!response.headersSent) response.writeContinue()
  })
}

export interface HttpDoor extends Opened {
  /** Until when the certificate in use is valid; undefined without one. */
  expires(): Instant | undefined
  /** Reads the certificate again. If it is not valid, throws Failure `invalid` and keeps the old one. */
  reload(): void
}

/**
 * Opens the HTTP door. Throws Failure `invalid` for a certificate that is not valid, and the system error for an address at which it
 * cannot listen. Other `waits` are for tests.
 */
export async function openHttp(site: HttpSite, waits: HttpWaits = HTTP_WAITS): Promise<HttpDoor> {
  const { config, events } = site
  const closing = new AbortController()
  const isProxy = inRanges(config['http.proxies'])
  const newRequestId = newRequestIds()
  const addresses = new ClientAddresses(isProxy)
  const badRequests = new BadRequests(events)
  const handler = routes(site, { closing: closing.signal, newRequestId, addresses, badRequests })
  const connections = new Connections(isProxy, site.knownAddresses, events)
  const asked = (socket: Duplex) => ({
    request: newRequestId(),
    peer: connections.addressOf(socket as Socket),
  })
  let tls = certificateOf(config, 'http')
  const secure: SecureServer[] = []
  const opened = await openEach(config['http.listen'], async where => {
    const server = tls && 'port' in where ? secureServer(tls, waits, events) : plainServer(waits)
    if ('setSecureContext' in server) secure.push(server)
    if ('path' in where) server.on('connection', socket => addresses.cameByUnix(socket))
    server.on('connection', socket => connections.open(socket))
    server.on('secureConnection', socket => connections.secure(socket))
    // Any other expectation is ignored (RFC 9110, 10.1.1).
    for (const event of ['request', 'checkExpectation'] as const)
      server.on(event, (request, response) => {
        connections.ask(request, response)
        handler(request, response)
      })
    server.on('checkContinue', (request, response) => {
      continueWhenRead(request, response)
      server.emit('request', request, response)
    })
    server.on('clientError', (error, socket) => badRequests.refuseGarbage(error, socket, asked(socket)))
    server.on('connect', (_, socket) => badRequests.refuseTunnel(socket, asked(socket)))
    await listening(server, where, events)
    return { server, close: () => closeServer(server, waits) }
  })
  return {
    ...opened,
    expires: () => tls && validUntil(tls),
    reload: () => {
      tls = certificateOf(config, 'http')
      if (tls) for (const server of secure) renew(server, tls)
    },
    close: () => {
      closing.abort()
      return opened.close()
    },
  }
}
