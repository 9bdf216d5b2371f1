import type { IncomingMessage } from 'node:http'
import { Failure } from '../../data/failure.ts'
import type { LoggedIn } from '../auth/login.ts'
import { METRICS_TYPE } from '../log/metrics.ts'
import { isLoopback } from '../net/ip.ts'
import type { Reply } from './answer.ts'
import type { Asking } from './server/client_address.ts'

/** Headers that a proxy adds (RFC 7239, RFC 9110 7.6.3). A proxy that adds none looks like a client on this machine. */
const FORWARDED = ['x-forwarded-for', 'forwarded', 'via'] as const

/** Gives the metrics if `mayScrape` allows it; otherwise throws Failure `forbidden`. */
export async function scrape(
  request: IncomingMessage,
  mayScrape: (request: IncomingMessage) => boolean | Promise<boolean>,
  metrics: () => Promise<string>,
): Promise<Reply> {
  if (await mayScrape(request))
    return { status: 200, body: await metrics(), headers: { 'Content-Type': METRICS_TYPE } }
  throw new Failure(
    'forbidden',
    'Without a login, the metrics are for this machine only, at a loopback address or localhost and without a proxy; log in with HTTP Basic or a Bearer token.',
  )
}

/** Throws Failure `forbidden` for a user who is limited to queues: the metrics name all queues. */
export function refuseLimited({ user }: LoggedIn): void {
  if (user.queues?.length)
    throw new Failure(
      'forbidden',
      'The metrics are about all queues, and this user sees only some; log in as another user.',
    )
}

/** Whether a request comes from this machine, without a proxy, for a loopback address or localhost. */
export function isFromHere({ socket, headers }: Asking): boolean {
  if (FORWARDED.some(name => headers[name] !== undefined)) return false
  return isLoopback(socket.remoteAddress ?? '') && isHere(headers.host ?? 'localhost')
}

/** Against DNS rebinding: a browser sends the name of the foreign page in Host, even if that name resolves to this machine. */
function isHere(host: string): boolean {
  const [, v6, name = ''] = /^(?:\[([0-9a-fA-F:.]*)\]|([^:]*))(?::[0-9]*)?$/.exec(host) ?? []
  return isLoopback(v6 ?? name)
}
