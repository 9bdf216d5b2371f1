import t from 'tap'
import { commandsToTry } from '../../../daemon/commands/init.ts'
import { parseConfig } from '../../../daemon/config/config.ts'

t.test('the commands to try reach a door that listens everywhere, from the machine itself', async t => {
  const tried = (listen: string) => {
    const toml = `mail.address = "help@acme.io"\nhttp.listen = "${listen}:80"\nsmtp.listen = "${listen}:25"`
    const user = { email: 'you@acme.io', password: 'PASSWORD', queue: 1 }
    return commandsToTry(parseConfig(toml, ''), 'helpdeskd', user).join('\n')
  }
  for (const listen of ['[::]', '0.0.0.0']) {
    t.match(tried(listen), / http:\/\/localhost:80\/api\//)
    t.match(tried(listen), / --url smtp:\/\/localhost:25 /)
  }
  t.match(tried('192.0.2.1'), / http:\/\/192\.0\.2\.1:80\/api\//)
})
