import { CRASH_EXIT } from './codes.ts'
import type { Config } from './config/config.ts'
import { startDaemon } from './daemon.ts'
import type { Events } from './log/events.ts'

/** Runs the daemon until a signal; resolves when all is put away. Throws Failure when it cannot start. */
export async function serve(config: Config, events: Events): Promise<void> {
  // A bug leaves nobody knows what behind: say so and let the service manager start it again. What was answered is on disk.
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, error => {
      events.crashed(error)
      process.exit(CRASH_EXIT)
    })
  }
  // From the beginning, since the signal would end a process that does not wait for it.
  let reload = () => {}
  process.on('SIGHUP', () => reload())
  const daemon = await startDaemon(config, events)
  const { httpPort: http, smtpPort: smtp, listens } = daemon
  events.started({ http, smtp, listens, state_dir: config.state_dir })
  reload = daemon.reload
  const signal = await new Promise<string>(resolve => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name))
  })
  events.stopping(signal)
  await daemon.stop()
  events.stopped()
}
