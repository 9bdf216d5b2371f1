// One thing: the start of a daemon, step by step, and what its stop closes.
import { openStore } from '../data/json/open.ts'
import { Passwords } from '../data/password.ts'
import type { Store } from '../data/store.ts'
import type { Door } from '../data/tables.ts'
import { CHANGES_WAIT } from '../handlers/letters/changes/waiting_changes.ts'
import { LetterCaps } from '../handlers/letters/letter_caps.ts'
import { slugsOf } from '../handlers/queues/queue_with_slug.ts'
import { KnownAddresses } from './auth/known_addresses.ts'
import { loginTo } from './auth/login.ts'
import type { Config } from './config/config.ts'
import { hoursIn } from './config/hours.ts'
import { startDigests } from './digest_clock.ts'
import { roomIn } from './disk_space.ts'
import { type Clock, SYSTEM_CLOCK, startEscalations } from './escalation_clock.ts'
import { Shares } from './files/shares.ts'
import { startClock } from './housekeeping.ts'
import { openHttp } from './http/http.ts'
import { HTTP_WAITS, type HttpWaits } from './http/server/timeouts.ts'
import type { Events } from './log/events.ts'
import { Metrics } from './log/metrics.ts'
import { storeEvents } from './log/store_events.ts'
import { mailErrands } from './mail/in/again/errands.ts'
import { Parser } from './mail/in/parser/parser.ts'
import { openSmtp } from './mail/in/smtp/smtp.ts'
import { LetterWords } from './mail/out/letters/letter_words.ts'
import { Outbox } from './mail/out/outbox.ts'
import { countRecent } from './mail/out/recent_letters.ts'
import { openSmarthost } from './mail/out/smarthost.ts'
import { smarthostPassword } from './mail/out/smarthost_password.ts'
import { replyProofs } from './mail/reply_proofs.ts'
import { signedIdsOf } from './mail/signed_ids.ts'
import { wordSourceIn } from './mail/word_source.ts'
import { openSocket } from './shell/socket.ts'
import { shortages } from './shortages.ts'

export interface Daemon {
  /** The port of the first TCP listener of each door; 0 if it has none. */
  readonly httpPort: number
  readonly smtpPort: number
  /** Where each door listens, in the notation of the config. */
  readonly listens: { readonly http: readonly string[]; readonly smtp: readonly string[] }
  /**
   * Reads the certificate of each door again, and the texts of letters of this site. If a certificate is not valid, this is logged, and the
   * door keeps its old one; in place of a text that cannot be used, letters have the usual one.
   */
  reload(): void
  /** Accepts nothing new, finishes the work in progress, and folds the journal into the snapshot. */
  stop(): Promise<void>
}
type Close = () => Promise<void>

/**
 * Starts the store, the three doors, the outbox and the housekeeping, all of which write to this log. Throws Failure when one of them
 * cannot start. Other `waits`, another parser, another clock of the escalations
 * and another wait of letters about changes are for tests.
 */
export async function startDaemon(
  config: Config,
  log: Events,
  waits: HttpWaits = HTTP_WAITS,
  parserFor = (events: Events) => new Parser(events),
  clock: Clock = SYSTEM_CLOCK,
  changesWait = CHANGES_WAIT,
): Promise<Daemon> {
  const metrics = new Metrics()
  const events = log.countedBy(metrics.counts)
  const directory = config.state_dir
  let ready = false
  const doors: Close[] = []
  const inside: Close[] = []
  const stop = async () => {
    ready = false
    // All doors at once, so that a slow client at one does not keep the others open; then what the doors use, the last first.
    const ended = await Promise.allSettled(doors.splice(0).map(close => close()))
    for (const close of inside.splice(0).reverse()) ended.push(...(await Promise.allSettled([close()])))
    events.refusedMore()
    const failed = ended.find(end => end.status === 'rejected')
    if (failed) throw failed.reason
  }
  try {
    const store = await openStore(directory, storeEvents(events))
    inside.push(() => store.close())
    await warnOfQueues(store, config, events)
    const restores = await store.read(tx => tx.find('restores', {}))
    const signedIds = signedIdsOf(
      await store.keys(),
      config['mail.address'],
      restores,
      config['mail.plus'] ? 'plus' : 'none',
    )
    const room = roomIn(store, config['store.min_free'])
    const outsidersRoom = roomIn(store, 2 * config['store.min_free'])
    const shares = new Shares({ store, room, most: config['limits.files'], events })
    const limits = {
      addressHour: config['limits.letters_per_address_hour'],
      addressDay: config['limits.letters_per_address_day'],
      hour: config['limits.letters_hour'],
    }
    const letters = new LetterCaps(limits, changesWait)
    await countRecent(store, letters, config['smtp.relays'], Date.now())
    const knownAddresses = new KnownAddresses()
    const passwords = new Passwords()
    inside.push(() => passwords.close())
    const login = loginTo({ store, knownAddresses, passwords, events })
    const words = new LetterWords(wordSourceIn(config))
    events.badWords(words.mistakes)
    const smarthost = openSmarthost(config['smarthost.url'], config['smtp.hostname'], {
      password: smarthostPassword(config['smarthost.password_file']),
      require_tls: config['smarthost.require_tls'],
    })
    const outbox = new Outbox({
      store,
      smarthost,
      signedIds,
      mailAddress: config['mail.address'],
      attachUpTo: config['mail.attach_up_to'],
      hours: hoursIn(config),
      proofs: replyProofs(config),
      words,
      events,
      letters,
    })
    inside.push(() => outbox.close())
    inside.push(startClock(store, config, events))
    inside.push(startDigests({ store, hours: hoursIn(config), room }, events))
    inside.push(startEscalations({ store, hours: hoursIn(config), letters, room }, events, clock))
    const parser = parserFor(events)
    inside.push(async () => parser.close())
    const site = { store, shares, login, knownAddresses, config, room, letters, events }
    const mailSite = { ...site, signedIds, parser, outsidersRoom }
    const smtp = await openSmtp(mailSite)
    doors.push(() => smtp.close())
    const told = {
      ready: () => ready,
      health: () => shortages(shares, room),
      metrics: () => metrics.text(store, shares),
    }
    const http = await openHttp({ ...site, ...told, passwords }, waits)
    doors.push(() => http.close())
    doors.push(
      await openSocket(shares, directory, {
        room,
        letters,
        passwords,
        events,
        hours: hoursIn(config),
        errands: mailErrands(mailSite),
      }),
    )
    ready = true
    return {
      httpPort: http.port,
      smtpPort: smtp.port,
      listens: { http: http.listens, smtp: smtp.listens },
      reload: () => {
        reload('http', http, events)
        reload('mail', smtp, events)
        words.reload()
        events.badWords(words.mistakes)
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function reload(name: Door, door: { reload(): void }, events: Events): void {
  try {
    door.reload()
    events.reloaded(name)
  } catch (error) {
    events.notReloaded(name, error)
  }
}

/** Warns where the config and the queues in the store do not match; the daemon starts all the same. */
async function warnOfQueues(store: Store, config: Config, events: Events): Promise<void> {
  const address = config['mail.address']
  const slug = config['mail.queue']
  const queues = await store.read(tx => tx.find('queues', {}))
  const shared = queues.find(queue => queue.email_address === address)
  if (shared) events.addressShared(shared.slug, address)
  if (slug === '' || queues.some(queue => slugsOf(queue).includes(slug))) return
  const instead = queues[0] ? `goes to queue ${queues[0].title}` : 'is deferred'
  events.queueMissing(
    `mail.queue names ${slug}, but there is no such queue: mail to ${address} ${instead}. Add the queue, or change mail.queue.`,
  )
}
