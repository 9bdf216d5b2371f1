// One thing: the connections of the door, their owners, and which connection is closed to make room.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { KnownAddresses } from '../../auth/known_addresses.ts'
import type { Events } from '../../log/events.ts'
import { ipOf, ownerOf } from '../../net/ip.ts'

/** How many connections may be open at all listeners together, and how many of them by strangers (see known_addresses.ts). */
const MOST = 2000
const MOST_STRANGERS = 1500
/** How many connections one owner may have: a stranger, and a known address. */
const MOST_OF_STRANGER = 100
const MOST_OF_KNOWN = 500

interface Connection {
  readonly socket: Socket
  readonly address: string
  /** Undefined for a proxy and a unix socket, which have many clients. */
  readonly owner: string | undefined
  isKnown: boolean
  /** How many requests wait for their responses, and the response that began last. */
  asked: number
  latest: ServerResponse | undefined
  /** When it began to wait for its client, as the value of a growing counter. */
  since: number
}

/**
 * The connections of all listeners. When there are too many, the one that has kept the server waiting longest is closed for a new one:
 * first those without a request, then those that do not send their body or read their response. A stranger never takes the place of a
 * known address. The new connection is closed only if the server is busy with all the others.
 */
export class Connections {
  readonly #isProxy: (address: string) => boolean
  readonly #knownAddresses: KnownAddresses
  readonly #events: Events
  readonly #all = new Set<Connection>()
  readonly #owners = new Map<string, Set<Connection>>()
  readonly #bySocket = new WeakMap<Socket, Connection>()
  /** By the addresses of both ends, since a TLS connection has two socket objects. */
  readonly #byEnds = new Map<string, Connection>()
  #strangers = 0
  #count = 0

  constructor(isProxy: (address: string) => boolean, knownAddresses: KnownAddresses, events: Events) {
    this.#isProxy = isProxy
    this.#knownAddresses = knownAddresses
    this.#events = events
  }

  /** Registers a connection that was just accepted, or closes it. */
  open(socket: Socket): void {
    const address = ipOf(socket.remoteAddress ?? '') ?? ''
    const owner = address === '' || this.#isProxy(address) ? undefined : ownerOf(address)
    const isKnown = owner === undefined || this.#knownAddresses.has(address)
    if (!this.#hasRoom(owner, isKnown)) {
      socket.destroy()
      this.#events.connectionRefused(
        'too_many',
        address,
        'Too many connections are open, and the server is busy with all of them.',
      )
      return
    }
    const connection = { socket, address, owner, isKnown, asked: 0, latest: undefined, since: 0 }
    const ends = endsOf(socket)
    this.#bySocket.set(socket, connection)
    this.#byEnds.set(ends, connection)
    if (!isKnown) this.#strangers++
    if (owner !== undefined) this.#owners.set(owner, (this.#owners.get(owner) ?? new Set()).add(connection))
    this.#all.add(connection)
    this.#await(connection)
    socket.once('close', () => this.#forget(connection, ends))
  }

  /** Registers the TLS socket of a connection. */
  secure(socket: Socket): void {
    const connection = this.#byEnds.get(endsOf(socket))
    if (connection) this.#bySocket.set(socket, connection)
  }

  /** Notes a request and its response. */
  ask({ socket }: IncomingMessage, response: ServerResponse): void {
    const connection = this.#bySocket.get(socket)
    if (!connection || connection.socket.destroyed) return
    connection.latest = response
    if (connection.asked++ === 0) connection.since = ++this.#count
    response.once('close', () => {
      if (--connection.asked > 0 || connection.socket.destroyed) return
      if (!connection.isKnown && this.#knownAddresses.has(connection.address)) {
        connection.isKnown = true
        this.#strangers--
      }
      this.#await(connection)
    })
  }

  /** The remote address, also after the socket has lost it. */
  addressOf(socket: Socket): string {
    return this.#bySocket.get(socket)?.address ?? ''
  }

  #await(connection: Connection): void {
    connection.latest = undefined
    connection.since = ++this.#count
  }

  #forget(connection: Connection, ends: string): void {
    const { owner, isKnown } = connection
    if (!this.#bySocket.delete(connection.socket)) return
    this.#byEnds.delete(ends)
    this.#all.delete(connection)
    if (!isKnown) this.#strangers--
    if (owner === undefined) return
    const own = this.#owners.get(owner)!
    own.delete(connection)
    if (own.size === 0) this.#owners.delete(owner)
  }

  /** Whether there is room for one more; closes another connection if necessary. */
  #hasRoom(owner: string | undefined, isKnown: boolean): boolean {
    const own = owner === undefined ? undefined : this.#owners.get(owner)
    if (own && own.size >= (isKnown ? MOST_OF_KNOWN : MOST_OF_STRANGER)) return this.#close(longestOf(own))
    const isFull = this.#all.size >= MOST
    if (!isFull && (isKnown || this.#strangers < MOST_STRANGERS)) return true
    const stranger = longestOf([...this.#all].filter(({ isKnown }) => !isKnown))
    return this.#close(stranger ?? (isKnown ? longestOf(this.#all) : undefined))
  }

  #close(connection: Connection | undefined): boolean {
    if (!connection) return false
    const { socket, address } = connection
    // The 'close' event would come too late for the new connection.
    this.#forget(connection, endsOf(socket))
    socket.destroy()
    this.#events.connectionRefused(
      'made_room',
      address,
      'Too many connections are open, and this one has kept the server waiting longest.',
    )
    return true
  }
}

/** The connection that has kept the server waiting longest; those without a request come first. */
function longestOf(connections: Iterable<Connection>): Connection | undefined {
  let longest: Connection | undefined
  for (const one of connections) {
    if (one.asked > 0 && !keepsWaiting(one)) continue
    const isLonger =
      longest && one.asked > 0 === longest.asked > 0 ? one.since < longest.since : one.asked === 0
    if (!longest || isLonger) longest = one
  }
  return longest
}

/** Whether the client keeps the server waiting: it does not send the rest of its body, or does not read its response. */
function keepsWaiting({ latest }: Connection): boolean {
  return latest !== undefined && (latest.writableEnded || !latest.req.complete)
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
}
