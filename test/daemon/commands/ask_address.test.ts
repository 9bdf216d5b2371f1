import { PassThrough } from 'node:stream'
import t from 'tap'
import { init } from '../../../daemon/commands/init.ts'
import { connect } from '../../../daemon/shell/client.ts'
import { type House, house, quietEvents } from '../../house.ts'

/** What `init` does for somebody who types this on a terminal, and what is shown there. */
async function typed({ config }: House, keys: string): Promise<{ says: string; shown: string }> {
  const [input, output] = [new PassThrough(), new PassThrough()]
  input.write(keys)
  const client = await connect(config.state_dir, quietEvents())
  const from = { address: undefined, terminal: { input, output } }
  const says = await init(client, config, 'helpdeskd', from)
    .catch(error => String(error.message))
    .finally(() => client.close())
  return { says, shown: String(output.read() ?? '') }
}

t.test('init asks for the address of the administrator until it is one', async t => {
  const empty = await house(t, '', async () => {})
  const asked = (keys: string) => typed(empty, keys)
  t.match(await asked('\x03'), { says: /^The address of the administrator is missing; write: init/ })
  const wrong = await asked('x\ry\rhelpdesk@helpdesk.example\r')
  t.match(wrong.says, 'helpdesk@helpdesk.example is the address of the helpdesk itself')
  t.match(wrong.shown, /"x" is not a mail address; give one like susan@example\.org\./)
  t.match(await empty.shell('queues'), { says: 'There are no queues.' }, 'nothing is added')
  t.match(await asked('x\r it@example.org\r'), { says: /Added the user admin, it@example\.org/ })
  const again = await asked('other@example.org\r')
  t.match(again, { says: /^There is nothing to do/, shown: /^$/ }, 'and asks once only')
})
