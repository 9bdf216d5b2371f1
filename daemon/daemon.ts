import { mkdir } from 'node:fs/promises'
import { DIRECTORY_MODE } from '../data/disk.ts'
import { openStore } from '../data/json/open.ts'
import { openKeys } from '../data/secret.ts'
import type { Store } from '../data/store.ts'
import { startClock } from './clock.ts'
import { type Config, provable } from './config.ts'
import { events } from './events.ts'
import { type HttpDoor, openHttp } from './http/http.ts'
import { marksOf } from './mail/mark.ts'
import { openOutbox } from './mail/outbox.ts'
import { openParser } from './mail/parser.ts'
import { openSmarthost } from './mail/smarthost.ts'
import { openSmtp, type SmtpDoor } from './mail/smtp.ts'
import { roomOn, withRoom } from './room.ts'
import { openSocket } from './shell/socket.ts'
import { storeEvents } from './store_events.ts'

export interface Daemon {
  readonly httpPort: number
  readonly smtpPort: number
  /** Takes nothing new, ends what is under way, and folds the journal in. */
  stop(): Promise<void>
}

/** Starts everything: the store, the three doors, the outbox and the clock. Throws Failure when something is not as it must be. */
export async function startDaemon(config: Config): Promise<Daemon> {
  for (const proof of config['commands.proofs']) if (!provable.includes(proof)) events.notBuiltYet(proof)
  const directory = config.state_dir
  await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE })
  let ready = false
  const opened: (() => Promise<void>)[] = []
  const closeAll = async () => {
    ready = false
    const errors: unknown[] = []
    for (const close of opened.splice(0).reverse()) await close().catch(error => errors.push(error))
    if (errors.length) throw errors[0]
  }
  try {
    const store = await openStore(directory, storeEvents)
    opened.push(() => store.close())
    await warnOfSharedAddress(store, config['mail.address'])
    const marks = marksOf(await openKeys(directory), config['mail.address'])
    const room = roomOn(directory, config['store.min_free'])
    const guarded = withRoom(store, room)
    const smarthost = openSmarthost(config['smarthost.url'], config['smtp.hostname'])
    const outbox = openOutbox(store, smarthost, marks, config['mail.address'])
    opened.push(() => outbox.close())
    opened.push(startClock(store, config['mail.keep_raw_days']))
    const parser = openParser()
    opened.push(async () => parser.close())
    const smtp: SmtpDoor = await openSmtp({ store: guarded, config, marks, parser }, room)
    opened.push(() => smtp.close())
    const http: HttpDoor = await openHttp(guarded, config['http.listen'], () => ready)
    opened.push(() => http.close())
    opened.push(await openSocket(guarded, directory))
    ready = true
    return { httpPort: http.port, smtpPort: smtp.port, stop: closeAll }
  } catch (error) {
    await closeAll()
    throw error
  }
}

/** Mail to such an address never reaches the queue by itself; that is worth a word and no reason to stand still. */
async function warnOfSharedAddress(store: Store, address: string): Promise<void> {
  const [queue] = await store.read(tx => tx.find('queues', { email_address: address }))
  if (queue) events.addressShared(queue.slug, address)
}
