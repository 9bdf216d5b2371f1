import { openStore } from '../data/json/open.ts'
import { openKeys } from '../data/secret.ts'
import type { Store } from '../data/store.ts'
import type { Door } from '../data/tables.ts'
import { LetterCaps } from '../handlers/letters/letter_caps.ts'
import { Regulars } from './auth/known_addresses.ts'
import { loginTo } from './auth/login.ts'
import { type Config, provable } from './config/config.ts'
import { roomOn } from './disk_space.ts'
import { Shares } from './files/shares.ts'
import { startClock } from './housekeeping.ts'
import { openHttp } from './http/http.ts'
import { HTTP_WAITS, type HttpWaits } from './http/server/timeouts.ts'
import { countWith, events } from './log/events.ts'
import { counts, openMetrics } from './log/metrics.ts'
import { storeEvents } from './log/store_events.ts'
import { openParser } from './mail/in/parser/parser.ts'
import { openSmtp } from './mail/in/smtp/smtp.ts'
import { openOutbox } from './mail/out/outbox.ts'
import { countRecent } from './mail/out/recent_letters.ts'
import { openSmarthost } from './mail/out/smarthost.ts'
import { marksOf } from './mail/signed_ids.ts'
import { openSocket } from './shell/socket.ts'
import { shortages } from './shortages.ts'

export interface Daemon {
  /** Of each door the port of its first TCP listener; 0 where it has none. */
  readonly httpPort: number
  readonly smtpPort: number
  /** Where each door listens, as it is written in the config. */
  readonly listens: { readonly http: readonly string[]; readonly smtp: readonly string[] }
  /** Reads the certificate of each door again. A file that is no certificate is told of in the log, and that door keeps its old one. */
  reload(): void
  /** Takes nothing new, ends what is under way, and folds the journal in. */
  stop(): Promise<void>
}
type Close = () => Promise<void>

/**
 * Starts everything: the store, the three doors, the outbox and the clock. Throws Failure when something is not as it must be. Other
 * `waits` are for tests.
 */
export async function startDaemon(config: Config, waits: HttpWaits = HTTP_WAITS): Promise<Daemon> {
  for (const proof of config['commands.proofs']) if (!provable.includes(proof)) events.notBuiltYet(proof)
  countWith(counts)
  const directory = config.state_dir
  let ready = false
  const doors: Close[] = []
  const inside: Close[] = []
  const stop = async () => {
    ready = false
    // The doors at once, so that a slow client at one keeps none of the others open; then what they stand on, the last first.
    const ended = await Promise.allSettled(doors.splice(0).map(close => close()))
    for (const close of inside.splice(0).reverse()) ended.push(...(await Promise.allSettled([close()])))
    events.refusedMore()
    const failed = ended.find(end => end.status === 'rejected')
    if (failed) throw failed.reason
  }
  try {
    const store = await openStore(directory, storeEvents)
    inside.push(() => store.close())
    await warnOfQueues(store, config)
    const restores = await store.read(tx => tx.find('restores', {}))
    const marks = marksOf(await openKeys(directory), config['mail.address'], restores)
    const room = roomOn(directory, config['store.min_free'])
    const outsidersRoom = roomOn(directory, 2 * config['store.min_free'])
    const shares = new Shares({ store, room, most: config['limits.files'] })
    const letters = new LetterCaps({
      addressHour: config['limits.letters_per_address_hour'],
      addressDay: config['limits.letters_per_address_day'],
      hour: config['limits.letters_hour'],
    })
    await countRecent(store, letters, config['smtp.relays'], Date.now())
    const regulars = new Regulars()
    const login = loginTo(store, regulars)
    const smarthost = openSmarthost(config['smarthost.url'], config['smtp.hostname'])
    const outbox = openOutbox(store, smarthost, marks, config['mail.address'])
    inside.push(() => outbox.close())
    inside.push(startClock(store, config))
    const parser = openParser()
    inside.push(async () => parser.close())
    const site = { store, shares, login, regulars, config, room, letters }
    const smtp = await openSmtp({ ...site, marks, parser, outsidersRoom })
    doors.push(() => smtp.close())
    const told = {
      ready: () => ready,
      health: () => shortages(shares, room),
      metrics: openMetrics(store, shares),
    }
    const http = await openHttp({ ...site, ...told }, waits)
    doors.push(() => http.close())
    doors.push(await openSocket(shares, directory, { room, letters }))
    ready = true
    return {
      httpPort: http.port,
      smtpPort: smtp.port,
      listens: { http: http.listens, smtp: smtp.listens },
      reload: () => {
        reload('http', http)
        reload('mail', smtp)
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function reload(name: Door, door: { reload(): void }): void {
  try {
    door.reload()
    events.reloaded(name)
  } catch (error) {
    events.notReloaded(name, error)
  }
}

/** What the config says of queues and the store does not: worth a word, and no reason to stand still. */
async function warnOfQueues(store: Store, config: Config): Promise<void> {
  const address = config['mail.address']
  const slug = config['mail.queue']
  const queues = await store.read(tx => tx.find('queues', {}))
  const shared = queues.find(queue => queue.email_address === address)
  if (shared) events.addressShared(shared.slug, address)
  if (slug !== '' && !queues.some(queue => queue.slug === slug))
    events.queueMissing(
      `mail.queue names ${slug}, and there is no such queue: mail to ${address} has to wait.`,
    )
  if (slug === '' && queues.length > 1)
    events.queueMissing(`There are several queues and mail.queue names none: mail to ${address} has to wait.`)
}
