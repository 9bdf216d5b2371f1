import { CRASH_EXIT } from './codes.ts'
import type { Config } from './config/config.ts'
import { startDaemon } from './daemon.ts'
import type { Events } from './log/events.ts'
import type { ReloadSignal } from './reload_signal.ts'

/** Runs the daemon until SIGTERM or SIGINT; resolves when it has stopped. Throws Failure when it cannot start. */
export async function serve(config: Config, events: Events, reloadSignal: ReloadSignal): Promise<void> {
  // After a bug, the state of the process is unknown: log it, and let the service manager restart it. All confirmed changes are on disk.
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, error => {
      events.crashed(error)
      process.exit(CRASH_EXIT)
    })
  }
  const daemon = await startDaemon(config, events)
  const { httpPort: http, smtpPort: smtp, listens } = daemon
  events.started({ http, smtp, listens, state_dir: config.state_dir })
  reloadSignal.handle(daemon.reload)
  const signal = await new Promise<string>(resolve => {
    // A second signal does not interrupt the stop.
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => resolve(name))
  })
  events.stopping(signal)
  await daemon.stop()
  events.stopped()
}
