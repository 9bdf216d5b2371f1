// One thing: the start of a daemon, step by step, and what its stop closes.
import { openStore } from '../data/json/open.ts'
import { Passwords } from '../data/password/password.ts'
import type { Door } from '../data/tables.ts'
import { CHANGES_WAIT } from '../handlers/letters/changes/waiting_changes.ts'
import { LetterCaps } from '../handlers/letters/letter_caps.ts'
import { KnownAddresses } from './auth/known_addresses.ts'
import { loginTo } from './auth/login.ts'
import { queueWarnings } from './check_config/queue_warnings.ts'
import { addressesErrand } from './check_config/site_addresses.ts'
import type { Config } from './config/config.ts'
import { hoursIn } from './config/hours.ts'
import { startDigests } from './digest_clock.ts'
import { roomIn } from './disk_space.ts'
import { startEscalations } from './escalation_clock.ts'
import { Shares } from './files/shares.ts'
import { type Clock, SYSTEM_CLOCK } from './hourly.ts'
import { startClock } from './housekeeping.ts'
import { openHttp } from './http/http.ts'
import { HTTP_WAITS, type HttpWaits } from './http/server/timeouts.ts'
import type { Events } from './log/events.ts'
import { Metrics } from './log/metrics.ts'
import { storeEvents } from './log/store_events.ts'
import { mailErrands } from './mail/in/again/errands.ts'
import { Parser } from './mail/in/parser/parser.ts'
import type { Service } from './mail/in/smtp/service.ts'
import { openSmtp } from './mail/in/smtp/smtp.ts'
import { LetterWords } from './mail/out/letters/letter_words.ts'
import { Outbox } from './mail/out/outbox.ts'
import { OUTBOX_WAITS, type OutboxWaits } from './mail/out/outbox_waits.ts'
import { countRecent } from './mail/out/recent_letters.ts'
import { openSmarthost } from './mail/out/smarthost.ts'
import { smarthostPassword } from './mail/out/smarthost_password.ts'
import { SMTP_WAITS } from './mail/out/smtp_delivery.ts'
import { replyProofs } from './mail/reply_proofs.ts'
import { signedIdsOf } from './mail/signed_ids.ts'
import { wordSourceIn } from './mail/word_source.ts'
import { SELF_TEST_ERRAND, SelfTest } from './self_test/self_test.ts'
import type { Errand } from './shell/run.ts'
import { openSocket } from './shell/socket.ts'
import { shortages } from './shortages.ts'
import { DiskTrend, startTrend } from './status/disk_trend.ts'
import { statusErrand } from './status/errand.ts'
import { siteFigures, statusOf, type WatchedDoor } from './status/gather.ts'
import { version } from './version.ts'

export interface Daemon {
  /** The port of the first TCP listener of each door; 0 if it has none. */
  readonly httpPort: number
  readonly smtpPort: number
  /** Where each door listens, in the notation of the config. */
  readonly listens: Readonly<Record<'http' | Service, readonly string[]>>
  /**
   * Reads the certificate of each door again, and the texts of letters of this site. If a certificate is not valid, this is logged, and the
   * door keeps its old one; in place of a text that cannot be used, letters have the usual one.
   */
  reload(): void
  /** Accepts nothing new, finishes the work in progress, and folds the journal into the snapshot. */
  stop(): Promise<void>
}
type Close = () => Promise<void>
/** How long letters wait, and the daemon for the smarthost. */
export interface LetterWaits {
  readonly outbox: OutboxWaits
  readonly smtp: typeof SMTP_WAITS
  /** As `CHANGES_WAIT`. */
  readonly changes: number
  /** How long a self-test may take; a minute by default. */
  readonly selfTest?: number
}

/** What tests replace. */
export interface Replaced {
  readonly waits: HttpWaits
  readonly parserFor: (events: Events) => Parser
  readonly clock: Clock
  readonly letterWaits: LetterWaits
  readonly passwords: Passwords
}

/**
 * Starts the store, the three doors, the outbox and the housekeeping, all of which write to this log. Throws Failure when one of them
 * cannot start.
 */
export async function startDaemon(
  config: Config,
  log: Events,
  {
    waits = HTTP_WAITS,
    parserFor = events => new Parser(events),
    clock = SYSTEM_CLOCK,
    letterWaits = { outbox: OUTBOX_WAITS, smtp: SMTP_WAITS, changes: CHANGES_WAIT },
    passwords = new Passwords(),
  }: Partial<Replaced> = {},
): Promise<Daemon> {
  const started = new Date().toISOString()
  const metrics = new Metrics()
  const events = log.countedBy(metrics.counts)
  const directory = config.state_dir
  let ready = false
  const doors: Close[] = []
  const watched: WatchedDoor[] = []
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
    const queues = await store.read(tx => tx.find('queues', {}))
    for (const warning of queueWarnings(queues, config)) events.queueWarned(warning)
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
    const letters = new LetterCaps(limits, letterWaits.changes)
    await countRecent(store, letters, config['smtp.relays'], Date.now())
    const knownAddresses = new KnownAddresses()
    inside.push(() => passwords.close())
    const login = loginTo({ store, knownAddresses, passwords, events })
    const words = new LetterWords(wordSourceIn(config))
    events.badWords(words.mistakes)
    const access = {
      password: smarthostPassword(config),
      require_tls: config['smarthost.require_tls'],
    }
    const smarthost = openSmarthost(
      config['smarthost.url'],
      config['smtp.hostname'],
      access,
      letterWaits.smtp,
    )
    const outboxSite = {
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
    }
    const outbox = new Outbox(outboxSite, letterWaits.outbox)
    inside.push(() => outbox.close())
    inside.push(startClock(store, config, events))
    inside.push(startDigests({ store, hours: hoursIn(config), room }, events))
    inside.push(startEscalations({ store, hours: hoursIn(config), letters, room }, events, clock))
    const parser = parserFor(events)
    inside.push(async () => parser.close())
    const site = { store, shares, login, knownAddresses, config, room, letters, events }
    const mailSite = { ...site, signedIds, parser, outsidersRoom }
    const trend = new DiskTrend()
    inside.push(startTrend(store, trend))
    const counts = metrics.counts
    const status = {
      version: version(),
      started,
      store,
      config,
      shares,
      room,
      outbox,
      counts,
      trend,
      doors: watched,
    }
    const smtp = await openSmtp(mailSite)
    doors.push(() => smtp.close())
    watched.push({ ...smtp, door: 'mail', listens: Object.values(smtp.listens).flat() })
    const told = {
      ready: () => ready,
      health: () => shortages(shares, room, outbox),
      metrics: async () => metrics.text(await siteFigures(status)),
      status: () => statusOf(status),
    }
    const http = await openHttp({ ...site, ...told, passwords }, waits)
    doors.push(() => http.close())
    watched.push({ ...http, door: 'http' })
    const selfTest = new SelfTest({ store, config, smarthost, signedIds }, letterWaits.selfTest)
    doors.push(async () => selfTest.close())
    const shell = await openSocket(shares, directory, {
      room,
      letters,
      passwords,
      events,
      hours: hoursIn(config),
      errands: new Map<string, Errand>([
        ...mailErrands(mailSite),
        statusErrand(status),
        addressesErrand(store, config),
        [SELF_TEST_ERRAND, () => selfTest.run()],
      ]),
    })
    doors.push(() => shell.close())
    watched.push({ ...shell, door: 'shell', expires: () => undefined })
    ready = true
    return {
      httpPort: http.port,
      smtpPort: smtp.port,
      listens: { http: http.listens, ...smtp.listens },
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
