import { readConfig } from '../../daemon/config/config.ts'
import { startDaemon } from '../../daemon/daemon.ts'
import { Events } from '../../daemon/log/events.ts'
import { Log } from '../../daemon/log/log.ts'
import { quickLetters } from '../daemon/mail/out/quick_letters.ts'

// Runs the daemon as `helpdeskd --config FILE serve` does, but with short waits for letters and the smarthost.
const [, , , path = ''] = process.argv
const config = readConfig(path)
const events = new Events(new Log(line => process.stderr.write(line)))
const daemon = await startDaemon(config, events, { letterWaits: quickLetters })
events.started({
  http: daemon.httpPort,
  smtp: daemon.smtpPort,
  listens: daemon.listens,
  state_dir: config.state_dir,
})
process.once('SIGTERM', () => daemon.stop())
