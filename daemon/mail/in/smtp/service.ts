import type { SMTPServerOptions, SMTPServerSession } from 'smtp-server'
import type { Config } from '../../../config/config.ts'
import { LISTEN_KEYS, type Listen } from '../../../config/listen.ts'
import { isLoopback } from '../../../net/ip.ts'

/**
 * What a listener of the mail door is for. smtp: the mail of anybody. submission and submissions: the mail of users who log in, with
 * STARTTLS or with TLS from the first byte (RFC 6409, RFC 8314). lmtp: the mail that a server on this machine delivers (RFC 2033).
 */
export const SERVICES = ['smtp', 'submission', 'submissions', 'lmtp'] as const
export type Service = (typeof SERVICES)[number]

/** Joke commands of smtp-server. */
const JOKES = ['WIZ', 'SHELL', 'KILL']

export function wheresOf(config: Config, service: Service): readonly Listen[] {
  return config[LISTEN_KEYS[service]]
}

/** What smtp-server must know about a service. */
export function optionsOf(service: Service): SMTPServerOptions {
  if (service === 'lmtp') return { lmtp: true }
  // With `secure` alone, its handshakes would count towards no limit of ours.
  return service === 'submissions' ? { secure: true, needsUpgrade: true } : {}
}

type Peer = Pick<SMTPServerSession, 'secure' | 'remoteAddress'>

/** The commands that are neither offered nor taken. `hasTls`: there is a certificate; without it, smtp-server would use a published key. */
export function disabledCommands(service: Service, where: Listen, hasTls: boolean, peer: Peer): string[] {
  const startTls = hasTls && service !== 'lmtp' ? [] : ['STARTTLS']
  return [...JOKES, ...startTls, ...(mayLogIn(service, where, peer) ? [] : ['AUTH'])]
}

/** Whether AUTH is allowed: never over a network without TLS. A peer at a unix socket is on this machine, but has no address. */
export function mayLogIn(service: Service, where: Listen, { secure, remoteAddress }: Peer): boolean {
  if (service === 'smtp') return secure || 'path' in where || isLoopback(remoteAddress)
  return service !== 'lmtp' && secure
}

/** Whether a session must log in before it sends mail. */
export function needsLogin(service: Service): boolean {
  return service === 'submission' || service === 'submissions'
}
