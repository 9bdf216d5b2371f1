import { Passwords } from '../data/password/password.ts'
import { CRASH_EXIT } from './codes.ts'
import { changedKeys } from './config/changed_keys.ts'
import type { Config } from './config/config.ts'
import { type Daemon, startDaemon } from './daemon.ts'
import type { Events } from './log/events.ts'
import { sanitizer } from './mail/out/html/message_html.ts'
import type { ReloadSignal } from './reload_signal.ts'
import { withInheritedSockets } from './systemd/inherited_sockets.ts'
import type { ServiceManager } from './systemd/service_manager.ts'

/** What a daemon has to do with the outside, besides its doors. */
interface Outside {
  readonly events: Events
  readonly reloadSignal: ReloadSignal
  readonly serviceManager: ServiceManager
}

/** Runs the daemon with a config from `path` until SIGTERM or SIGINT; resolves when it has stopped. Throws Failure when it cannot start. */
export async function serve(
  config: Config,
  path: string,
  { events, reloadSignal, serviceManager }: Outside,
): Promise<void> {
  // After a bug, the state of the process is unknown: log it, and let the service manager restart it. All confirmed changes are on disk.
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, error => {
      events.crashed(error)
      process.exit(CRASH_EXIT)
    })
  }
  serviceManager.status('Reads the tickets.')
  // All code that comes late otherwise, since an upgrade replaces the files below a running daemon.
  const passwords = new Passwords()
  passwords.begin()
  sanitizer()
  const daemon = await startDaemon(withInheritedSockets(config), events, { passwords })
  // Before the service manager hears that it is ready: a restart may follow at once.
  const signal = firstSignal()
  const { httpPort: http, smtpPort: smtp, listens } = daemon
  events.started({ http, smtp, listens, state_dir: config.state_dir })
  serviceManager.ready(openDoors(daemon))
  serviceManager.feedWatchdog()
  reloadSignal.handle(() => {
    serviceManager.reloading()
    daemon.reload()
    serviceManager.ready(`${openDoors(daemon)}${changesIn(path, config, events)}`)
  })
  events.stopping(await signal)
  serviceManager.stopping()
  await daemon.stop()
  events.stopped()
}

/** The signal that ends the daemon. A second one does not interrupt the stop. */
function firstSignal(): Promise<string> {
  return new Promise(resolve => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => resolve(name))
  })
}

/** Logs what a restart would change; gives it as a sentence, or nothing. */
function changesIn(path: string, config: Config, events: Events): string {
  try {
    const keys = changedKeys(config, path)
    if (keys.length === 0) return ''
    events.restartNeeded(keys)
    return ` A restart is needed for ${keys.join(', ')}.`
  } catch (error) {
    events.configFaulty(error)
    return ' The config file has a fault; see the log.'
  }
}

function openDoors({ listens }: Daemon): string {
  return `HTTP at ${listens.http.join(' and ')}; mail at ${listens.smtp.join(' and ')}.`
}
