import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { restored } from '../../../daemon/commands/restored.ts'
import { readConfig } from '../../../daemon/config/config.ts'
import { HOUR } from '../../../data/durations.ts'
import { openStore } from '../../../data/json/open.ts'
import type { Store } from '../../../data/store.ts'
import { commandLines } from '../../command_lines.ts'
import { mail, ticket } from '../../data/records.ts'
import {
  directoryFor,
  inStore,
  mailer,
  quietEvents,
  quietStore,
  SUPPORT,
  startFor,
  until,
} from '../../house.ts'
import { type Installation, install, type Records, recordsIn } from '../../torture/process.ts'
import { openSink, type Sink } from '../../torture/sink.ts'
import { sendRaw } from '../mail/wire.ts'

/** Runs a command line in a process that all tests share. */
const runHere = commandLines(t)

const GIVEN_OUT = ['tickets', 'followups', 'letters', 'mails'] as const

/** What was sent and created while a daemon ran. */
interface Life {
  readonly returnPaths: readonly string[]
  readonly ids: readonly string[]
  readonly records: Records
}

/** Opens tickets by mail, and waits for the letters to the sender and to the administrator. */
async function live(t: Test, house: Installation, sink: Sink, tickets: number): Promise<Life> {
  const before = new Set(sink.letters.keys())
  const daemon = await startFor(t, readConfig(house.config), quietEvents())
  const { send, close } = mailer(daemon.smtpPort)
  for (let n = 0; n < tickets; n++)
    await send({ from: 'erin@example.net', to: SUPPORT, subject: `Ticket ${before.size + n}` })
  close()
  await until('the letters', () => sink.letters.size === before.size + 2 * tickets || undefined)
  await daemon.stop()
  const ids = [...sink.letters.keys()].filter(id => !before.has(id))
  const returnPaths = ids.map(id => sink.returnPaths.get(id)!)
  return { ids, returnPaths, records: await recordsIn(house.state) }
}

t.test('after a restore no number or id is used twice, and each report finds its own letter', async t => {
  const sink = await openSink(t)
  const directory = directoryFor(t)
  const house = await install(directory, `smarthost.url = "smtp://127.0.0.1:${sink.port}"`)
  const restore = () => runHere(['--config', house.config, 'restored'])
  const early = await live(t, house, sink, 2)
  const backup = join(directory, 'backup')
  cpSync(house.state, backup, { recursive: true })
  const putBack = () => {
    rmSync(house.state, { recursive: true })
    cpSync(backup, house.state, { recursive: true })
  }

  const lost = await live(t, house, sink, 3)
  putBack()
  t.match(await restore(), {
    exit: 0,
    err: '',
    out: /^tickets: was at 2, continues above 1\d{5}$[\s\S]*^This is epoch 1\.$/m,
  })
  const alsoLost = await live(t, house, sink, 3)
  putBack()
  // Numbers rise with time, so a second restore within the same moment would not do.
  const inAnHour = new Date(Date.now() + HOUR).toISOString()
  t.match(await inStore(readConfig(house.config), store => restored(store, inAnHour)), { id: 1 })
  const late = await live(t, house, sink, 3)

  const lives = [early, lost, alsoLost, late]
  for (const list of ['ids', 'returnPaths'] as const) {
    const all = lives.flatMap(life => life[list])
    t.equal(all.length, 22)
    t.equal(new Set(all).size, all.length, `none of the ${list} is there twice`)
  }
  for (const table of GIVEN_OUT) {
    const known = new Set(early.records[table].map(({ id }) => id))
    const news = [lost, alsoLost, late].flatMap(({ records }) =>
      records[table].map(({ id }) => id).filter(id => !known.has(id)),
    )
    t.ok(news.length >= 9, table)
    t.equal(new Set(news).size, news.length, `no number of ${table} is there twice`)
  }

  const daemon = await startFor(t, readConfig(house.config), quietEvents())
  const running = await restore()
  t.match(running, { exit: 75, out: '', err: /one helpdeskd at a time/ }, 'not while a daemon runs')
  const reports = [...early.returnPaths, ...lost.returnPaths, ...alsoLost.returnPaths, ...late.returnPaths]
  for (const [n, to] of reports.entries()) {
    const raw = `From: MAILER-DAEMON@mx.example.net\r\nSubject: Report ${n}\r\n\r\nStatus: 5.1.1 gone\r\n`
    t.match(await sendRaw(daemon.smtpPort, { from: '', to, raw }), /^250 /, 'its return path is accepted')
  }
  await daemon.stop()
  const { mails, letters, tickets, restores } = await recordsIn(house.state)
  const tied = mails.filter(({ verdict }) => verdict === 'report').map(mail => mail.tickets)
  const ids = tickets.map(({ id }) => id)
  const once = [[1], [2], [], [], [], [], [], [], ...ids.slice(2).map(id => [id])]
  t.same(
    tied,
    once.flatMap(one => [one, one]),
  )
  const known = letters.filter(({ event }) => event !== 'letter_failed')
  t.same(
    known.map(({ state }) => state),
    known.map(() => 'failed'),
    'the known letters have failed',
  )
  t.equal(restores.length, 1)
})

t.test('a directory without a helpdesk does not become one', async t => {
  const directory = directoryFor(t)
  const { config, state } = await install(directory)
  rmSync(state, { recursive: true })
  t.match(await runHere(['--config', config, 'restored']), { exit: 66, err: /There is no helpdesk in/ })
})

t.test('the later a backup is restored, the higher its numbers continue', async t => {
  const noon = Date.parse('2030-01-01T12:00:00.000Z')
  const at = (milliseconds: number) => new Date(noon + milliseconds).toISOString()
  const fresh = async (t: Test): Promise<Store> => {
    const store = await openStore(directoryFor(t), quietStore)
    t.teardown(() => store.close())
    await store.transact(async tx => {
      for (let n = 0; n < 5; n++) await tx.add('tickets', ticket())
      await tx.add('mails', mail({ received: at(0) }))
    })
    return store
  }
  const raised = async (hours: number) => (await restored(await fresh(t), at(hours * HOUR))).after.tickets
  t.equal(await raised(0), 100_005)
  t.equal(await raised(1), 112_005)
  t.equal(await raised(24), 388_005)
  t.equal(await raised(-5), 100_005, 'a clock that is slow')
  t.ok((await raised(1e6))! < 36 ** 6, 'with a clock that is far ahead, numbers still fit into return paths')

  const store = await fresh(t)
  await restored(store, at(HOUR))
  const second = await restored(store, at(2 * HOUR))
  t.match(second, { id: 2, before: { tickets: 112_005, users: 112_000 } })
  const next = await store.transact(tx => tx.add('tickets', ticket()))
  t.equal(next.id, second.after.tickets! + 1)
})
