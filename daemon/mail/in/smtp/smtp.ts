import type { Instant } from '../../../../data/tables.ts'
import type { Listen } from '../../../config/listen.ts'
import { certificateOf, validUntil } from '../../../net/certificate.ts'
import { inRanges } from '../../../net/ip.ts'
import { type Listener, listening, type Opened, openEach } from '../../../net/listener.ts'
import type { MailSite } from '../mail_site.ts'
import { LMTP_LIMITS, Places, SUBMISSION_LIMITS } from './connection_limits.ts'
import { InFlight } from './in_flight.ts'
import { SERVICES, type Service, wheresOf } from './service.ts'
import { serverFor } from './session_hooks.ts'
import { type GuardedServer, newGuard } from './smtp_server.ts'

export interface SmtpDoor {
  /** The first TCP port of `smtp.listen`; 0 where there is none. */
  readonly port: number
  /** Where each service listens, in the notation of the config. */
  readonly listens: Readonly<Record<Service, readonly string[]>>
  /** How many connections are open. */
  connections(): Promise<number>
  /** Until when the certificate in use is valid; undefined without one. */
  expires(): Instant | undefined
  /** Reads the certificate again. Throws Failure `invalid` if it is not a certificate; the old one stays in use. */
  reload(): void
  close(): Promise<void>
}

/**
 * Opens the mail door. It replies 250 when its decision about a mail is durable, and only accepts mail for our own addresses.
 * Throws Failure `invalid` for an invalid certificate, and the system's error if it cannot listen on an address.
 */
export async function openSmtp(site: MailSite): Promise<SmtpDoor> {
  const { config, events } = site
  let tls = certificateOf(config, 'smtp')
  const guards = guardsOf(site)
  const inFlight = new InFlight()
  const servers: GuardedServer[] = []
  const openAt = async (service: Service, where: Listen): Promise<Listener> => {
    const server = serverFor({ ...site, guard: guards[service], inFlight }, tls, where, service)
    server.on('error', error => events.smtpError(error))
    await listening(server.server, where, events, service === 'lmtp' ? config['lmtp.mode'] : undefined)
    servers.push(server)
    return {
      server: server.server,
      close: () => new Promise<void>(resolve => server.close(() => resolve())),
    }
  }
  const opened = await openServices(service =>
    openEach(wheresOf(config, service), where => openAt(service, where)),
  )
  const reload = () => {
    tls = certificateOf(config, 'smtp')
    if (tls) for (const server of servers) server.updateSecureContext(tls)
  }
  return { ...opened, expires: () => tls && validUntil(tls), reload }
}

/** The limits of each service. A crowd at one kind of listener keeps nobody from the others. */
function guardsOf({ config, knownAddresses, events }: MailSite) {
  const isRelay = inRanges(config['smtp.relays'])
  const smtp = newGuard(isRelay, knownAddresses, events)
  const submission = { ...smtp, places: new Places(isRelay, knownAddresses, SUBMISSION_LIMITS) }
  const lmtp = { ...smtp, places: new Places(isRelay, knownAddresses, LMTP_LIMITS) }
  return { smtp, submission, submissions: submission, lmtp }
}

/** Opens the services one after the other. If one cannot be opened, those before it are closed again. */
async function openServices(
  open: (service: Service) => Promise<Opened>,
): Promise<Omit<SmtpDoor, 'expires' | 'reload'>> {
  const opened: Partial<Record<Service, Opened>> = {}
  const close = async () => {
    await Promise.all(Object.values(opened).map(one => one.close()))
  }
  try {
    for (const service of SERVICES) opened[service] = await open(service)
  } catch (error) {
    await close()
    throw error
  }
  const listensOf = (service: Service) => opened[service]?.listens ?? []
  const listens = {
    smtp: listensOf('smtp'),
    submission: listensOf('submission'),
    submissions: listensOf('submissions'),
    lmtp: listensOf('lmtp'),
  }
  const connections = async () => {
    const counts = await Promise.all(Object.values(opened).map(one => one.connections()))
    return counts.reduce((sum, count) => sum + count, 0)
  }
  return { port: opened.smtp?.port ?? 0, listens, connections, close }
}
