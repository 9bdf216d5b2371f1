import t from 'tap'
import { commandsToTry, init } from '../../../daemon/commands/init.ts'
import { parseConfig } from '../../../daemon/config/config.ts'
import { connect } from '../../../daemon/shell/client.ts'
import { configFor, directoryFor, quietEvents } from '../../house.ts'

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

t.test('an address is not taken for a second user', async t => {
  const config = configFor(directoryFor(t))
  const client = await connect(config.state_dir, quietEvents())
  t.teardown(() => client.close())
  const said = (address?: string) => init(client, config, 'helpdeskd', { address, terminal: undefined })
  t.match(await said('you@acme.io'), 'Added the user admin, you@acme.io, an administrator.')
  t.match(await said(), /^There is nothing to do: .+\nTo list the commands: /)
  t.notMatch(await said('You@ACME.io'), 'No user was added')
  t.match(await said('two@acme.io'), 'No user was added for "two@acme.io", since there are users already.')
  t.match(await client.run({ method: 'list_users', params: {} }), { gives: { length: 1 } })
})
