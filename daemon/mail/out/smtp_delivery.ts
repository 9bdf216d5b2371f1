import { Transform } from 'node:stream'
import { createTransport } from 'nodemailer'
import { MINUTE, SECOND } from '../../../data/durations.ts'
import { KIB } from '../../../data/sizes.ts'
import { isLoopback } from '../../net/ip.ts'
import type { Result, Smarthost } from './smarthost.ts'
import { resultOf, type SmtpError, short } from './smtp_result.ts'

/** Exchange Online closes the fourth one, and more are hardly faster: the replies are waited for, not the network. */
const CONNECTIONS = 2
const SMTP_PORT = 25
const SMTPS_PORT = 465
/** In bytes. */
const LARGE_PIECE = 64 * KIB
/** In milliseconds. RFC 5321 4.5.3.2 wants minutes, since a reply that comes too late means a letter that is sent twice. */
export const SMTP_WAITS = {
  connection: 30 * SECOND,
  greeting: 2 * MINUTE,
  /** Without a byte from the smarthost. */
  silence: 5 * MINUTE,
  /** For one letter, from the first to the last byte. */
  whole: 10 * MINUTE,
}

/** What the URL does not say. */
export interface Access {
  /** Instead of the one in the URL. */
  readonly password: string
  /** TLS is required, although the URL has neither a login nor `smtps:`. */
  readonly require_tls: boolean
}

/**
 * Delivers by SMTP. To another host, TLS is used if it is offered, the certificate must be valid, and a password is never sent without TLS.
 * On loopback the certificate is not checked: nobody can intercept the connection, and Debian's Postfix has a self-signed certificate.
 */
export function smtpDelivery(
  url: string,
  hostname: string,
  access: Partial<Access>,
  waits: typeof SMTP_WAITS,
): Smarthost {
  let transport = transportTo(url, hostname, access, waits)
  const send: Smarthost['send'] = async (_, letter) => {
    const used = transport
    let timer: NodeJS.Timeout | undefined
    const tooSlow = new Promise<Result>(resolve => {
      timer = setTimeout(() => {
        resolve({
          state: 'down',
          reply: `the smarthost did not take a letter in ${waits.whole / SECOND} seconds`,
        })
        // A single delivery cannot be aborted; the others on the same pool are as slow.
        if (used === transport) transport = transportTo(url, hostname, access, waits)
        used.close({ force: true })
      }, waits.whole)
    })
    const delivered = used.sendMail(letter).then(
      ({ response }): Result => ({ state: 'sent', reply: short(response) }),
      (error: SmtpError) => resultOf(error),
    )
    return Promise.race([delivered, tooSlow]).finally(() => clearTimeout(timer))
  }
  return { send, close: () => transport.close({ force: true }) }
}

function transportTo(
  url: string,
  hostname: string,
  { password: given = '', require_tls = false }: Partial<Access>,
  waits: typeof SMTP_WAITS,
) {
  const { protocol, hostname: bracketed, port, username, password } = new URL(url)
  const host = bracketed.replace(/^\[|\]$/g, '')
  const secure = protocol === 'smtps:'
  const pass = given || decodeURIComponent(password)
  const isHere = isLoopback(host)
  const transport = createTransport({
    pool: true,
    maxConnections: CONNECTIONS,
    // The smarthost may just have closed an idle connection; any other retry is up to the outbox.
    maxRequeues: 1,
    host,
    port: port === '' ? (secure ? SMTPS_PORT : SMTP_PORT) : Number(port),
    secure,
    name: hostname,
    ...(username ? { auth: { user: decodeURIComponent(username), pass } } : {}),
    requireTLS: require_tls || (username !== '' && !isHere),
    ...(isHere ? { opportunisticTLS: !require_tls, tls: { rejectUnauthorized: false } } : {}),
    connectionTimeout: waits.connection,
    greetingTimeout: waits.greeting,
    socketTimeout: waits.silence,
  })
  transport.use('stream', ({ message }, done) => {
    message.transform(() => inLargePieces())
    done()
  })
  return transport
}

/** Joins the pieces of a letter: nodemailer makes one of each header, boundary and part, and each would be a write to the smarthost. */
function inLargePieces(): Transform {
  let pieces: Uint8Array[] = []
  let size = 0
  return new Transform({
    transform(piece: Uint8Array, _, done) {
      pieces.push(piece)
      size += piece.length
      if (size < LARGE_PIECE) return done()
      const whole = Buffer.concat(pieces)
      pieces = []
      size = 0
      done(null, whole)
    },
    flush: done => done(null, Buffer.concat(pieces)),
  })
}
