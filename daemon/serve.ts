import { CRASH_EXIT } from './codes.ts'
import type { Config } from './config/config.ts'
import { startDaemon } from './daemon.ts'
import type { Events } from './log/events.ts'
import type { ReloadSignal } from './reload_signal.ts'

/** Runs the daemon until a signal; resolves when all is put away. Throws Failure when it cannot start. */
export async function serve(config: Config, events: Events, reloadSignal: ReloadSignal): Promise<void> {
  // A bug leaves nobody knows what behind: say so and let the service manager start it again. What was answered is on disk.
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
    // A second one does not cut the stop short: Ctrl-C reaches it from the terminal and from the process that started it as the owner.
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => resolve(name))
  })
  events.stopping(signal)
  await daemon.stop()
  events.stopped()
}
