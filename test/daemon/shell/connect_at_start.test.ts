import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { connect, connectAtStart } from '../../../daemon/shell/client.ts'
import { openStore } from '../../../data/json/open.ts'
import { configText, directoryFor, quietEvents, quietStore, until } from '../../house.ts'
import { run, start } from '../../program.ts'

t.test('init waits for a daemon that has the store and does not listen yet', async t => {
  const directory = directoryFor(t)
  const store = await openStore(directory, quietStore)
  let told = 0
  const connected = connectAtStart(directory, quietEvents(), () => told++)
  await t.rejects(connect(directory, quietEvents()), { code: 'conflict' })
  await store.close()
  await (await connected).close()
  t.equal(told, 1, 'and says so once')
})

t.test('init waits for the program while it starts', async t => {
  const directory = directoryFor(t)
  const config = join(directory, 'helpdeskd.toml')
  writeFileSync(config, configText(directory))
  const state = join(directory, 'state')
  const has = (name: RegExp) => existsSync(state) && readdirSync(state).some(one => name.test(one))
  let daemon = start(t, ['--config', config, 'serve'])
  for (;;) {
    await until('the lock', () => has(/^lock\./))
    daemon.child.kill('SIGSTOP')
    if (!has(/^helpdeskd\.sock$/)) break
    // It was too quick; its socket stays.
    daemon.child.kill('SIGKILL')
    await daemon.ended
    for (const name of readdirSync(state)) if (/^helpdeskd\.sock$|^lock/.test(name)) rmSync(join(state, name))
    daemon = start(t, ['--config', config, 'serve'])
  }
  const init = start(t, ['--config', config, 'init', 'it@example.org'])
  await until('the sentence', () => /^Another process has the state directory; waiting/.test(init.err()))
  daemon.child.kill('SIGCONT')
  t.match(await init.ended, { exit: 0, out: /Added the user admin, it@example\.org/ })
  t.match(await run(t, ['--config', config, 'init']), { exit: 0, err: '', out: /^There is nothing to do/ })
})
