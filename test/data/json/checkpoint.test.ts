import { cpSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import type { JsonStore } from '../../../data/json/store.ts'
import { directoryFor, quietStore, until } from '../../house.ts'
import { followupWith, ticket } from '../records.ts'
import { failing, onDisk } from './disk_faults.ts'
import {
  add,
  crashed,
  filesWith,
  isJournal,
  isSnapshot,
  journalsOf,
  nothingYet,
  open,
  opened,
  snapshotOf,
  titles,
} from './json_store.ts'

t.test('a checkpoint during commits is exact, whenever the process dies', async t => {
  const directory = directoryFor(t)
  const store = await opened(t, directory)
  const model = new Map<number, string>()
  for (let n = 0; n < 3000; n++) void add(store, `ticket ${n} ${'.'.repeat(1000)}`)
  for (const { id, title } of await store.read(tx => tx.find('tickets', {}))) model.set(id, title)

  const copies: { at: string; store: JsonStore; model: Map<number, string> }[] = []
  const changing = async (round: number) => {
    for (const id of [1 + round, 1500 + round, 3000 - round]) {
      await store
        .transact(async tx => {
          const found = await tx.get('tickets', id)
          await tx.delete('tickets', id)
          if (found && id % 2) await tx.put('tickets', { ...found, title: `changed in ${round}` })
          if (round % 5 === 4) throw new Error('refused')
        })
        .then(
          () => (id % 2 && model.has(id) ? model.set(id, `changed in ${round}`) : model.delete(id)),
          () => {},
        )
    }
    const { id, title } = await add(store, `added in ${round}`)
    model.set(id, title)
  }
  let round = 0
  let slices = 0
  let synced = false
  await onDisk(t, 'write', async (path, real) => {
    if (path !== join(directory, 'helpdesk.json.tmp')) return real()
    await changing(round++)
    const written = await real()
    if (slices++ % 4 === 0)
      copies.push({ at: `slice ${slices}`, store: await crashed(t, directory), model: new Map(model) })
    return written
  })
  await onDisk(t, 'datasync', async (path, real) => {
    if (path !== join(directory, 'helpdesk.json.tmp') || synced) return real()
    synced = true
    await changing(round++)
    await real()
    copies.push({ at: 'synced', store: await crashed(t, directory), model: new Map(model) })
  })
  await store.checkpoint()
  copies.push({ at: 'done', store: await crashed(t, directory), model: new Map(model) })
  t.ok(slices > 8, `${slices} slices`)
  for (const { at, store, model } of copies) {
    const found = await store.read(tx => tx.find('tickets', {}))
    t.ok(isDeepStrictEqual(new Map(found.map(({ id, title }) => [id, title])), model), at)
  }
  const records: { id: number }[] = JSON.parse(snapshotOf(directory)).tickets
  t.equal(new Set(records.map(({ id }) => id)).size, records.length, 'no record twice')
  t.equal(journalsOf(directory).length, 1)
})

t.test('a failed checkpoint leaves everything in place', async t => {
  const directory = directoryFor(t)
  const failures: unknown[] = []
  const store = await opened(t, directory, { ...quietStore, checkpointFailed: error => failures.push(error) })
  await add(store, 'first')
  const before = snapshotOf(directory)
  const restore = await onDisk(t, 'write', (path, real) =>
    path.startsWith(directory) && isSnapshot(path) ? Promise.reject(failing('ENOSPC')) : real(),
  )
  await t.rejects(store.checkpoint(), { code: 'ENOSPC' })
  t.match(failures, [{ code: 'ENOSPC' }])
  t.equal(snapshotOf(directory), before)
  t.notOk(existsSync(join(directory, 'helpdesk.json.tmp')))
  await add(store, 'second')
  t.same(await titles(await crashed(t, directory)), ['first', 'second'])
  await t.rejects(store.checkpoint(), { code: 'ENOSPC' })
  t.ok(journalsOf(directory).length > 1, 'all journals since the snapshot exist')

  restore()
  await store.checkpoint()
  t.equal(journalsOf(directory).length, 1)
  t.same(
    JSON.parse(snapshotOf(directory)).tickets.map(({ title }: { title: string }) => title),
    ['first', 'second'],
  )
})

t.test('a checkpoint fails if a commit that it may contain is rolled back', async t => {
  const directory = directoryFor(t)
  const store = await opened(t, directory, { ...quietStore, checkpointFailed: () => {} })
  await add(store, 'kept')
  let lost: Promise<unknown> | undefined
  const restore = await onDisk(t, 'write', async (path, real) => {
    if (isJournal(path) && lost) throw failing('ENOSPC')
    if (isSnapshot(path)) lost ??= add(store, 'lost').catch(error => error.code)
    return real()
  })
  await t.rejects(store.checkpoint())
  t.equal(await lost, 'full')
  restore()
  t.same(await titles(await crashed(t, directory)), ['kept'])
})

t.test('a checkpoint begins when the journal has outgrown the snapshot', async t => {
  const directory = directoryFor(t)
  const done: number[] = []
  const events = { ...quietStore, checkpoint: ({ bytes }: { bytes: number }) => done.push(bytes) }
  let store = await open(directory, events)
  const megabytes = (n: number) => add(store, String(n).repeat(4 * 1024 * 1024))
  done.length = 0
  for (let n = 0; n < 7; n++) await megabytes(n)
  t.equal(done.length, 0)
  for (let n = 0; n < 3; n++) await megabytes(n)
  await until('a checkpoint', () => done.length || undefined)
  await store.close()
  done.length = 0
  store = await open(directory, events)
  // Unlike a close, this writes no snapshot.
  t.teardown(() => store.abandon())
  // More than a small snapshot would allow, and less than this one has.
  for (let n = 0; n < 9; n++) await megabytes(n)
  await nothingYet()
  // A checkpoint begins another journal, and removes the first one when it is done.
  t.equal(journalsOf(directory).length, 1, 'the size of the snapshot is known after a restart')
  t.equal(done.length, 0)
})

t.test('deleted records are in no file after a checkpoint', async t => {
  const directory = directoryFor(t)
  const store = await opened(t, directory)
  const secret = 'the-word-that-must-go'
  const file = await store.files.put(Buffer.from(secret))
  await store.transact(async tx => {
    await tx.add('tickets', ticket({ title: secret }))
    await tx.add('followups', { ...followupWith(file), comment: secret })
  })
  await store.checkpoint()
  t.ok(snapshotOf(directory).includes(secret))
  await store.transact(async tx => {
    await tx.delete('tickets', 1)
    await tx.delete('followups', 1)
  })
  await store.checkpoint()
  t.same(filesWith(directory, secret), [])
})

t.test(
  'a checkpoint follows each delete in time, also a delete during a checkpoint or before a failed one',
  async t => {
    const directory = directoryFor(t)
    const store = await opened(t, directory, { ...quietStore, checkpointFailed: () => {} })
    const timers: { run: () => void; milliseconds: number }[] = []
    const { setTimeout } = globalThis
    t.intercept(globalThis, 'setTimeout', {
      value: (run: () => void, milliseconds: number) => {
        if (milliseconds < 30_000) return setTimeout(run, milliseconds)
        timers.push({ run, milliseconds })
        return setTimeout(() => {}, 0)
      },
    })
    const secret = 'the-word-that-must-go'
    await add(store, secret)
    await add(store, 'another')
    await store.checkpoint()
    t.same(timers, [])
    let deleting: Promise<unknown> | undefined
    const during = await onDisk(t, 'datasync', async (path, real) => {
      if (!isSnapshot(path)) return real()
      deleting ??= store.transact(tx => tx.delete('tickets', 1))
      await deleting
      return real()
    })
    await store.checkpoint()
    during()
    t.ok(snapshotOf(directory).includes(secret), 'it was written before it was deleted')
    t.equal(timers.length, 1)
    t.ok(timers[0]!.milliseconds < 24 * 3600_000)

    const full = await onDisk(t, 'write', (path, real) =>
      isSnapshot(path) ? Promise.reject(failing('ENOSPC')) : real(),
    )
    timers[0]!.run()
    await until('another try', () => timers[1])
    full()
    timers[1]!.run()
    await until('the word to go', () => filesWith(directory, secret).length === 0 || undefined)
    await store.transact(tx => tx.delete('tickets', 2))
    t.equal(timers.length, 3, 'the next delete sets a new timer')
  },
)

t.test('a stop during a checkpoint and transactions loses nothing that was confirmed', async t => {
  const directory = directoryFor(t)
  for (let round = 0; round < 3; round++) {
    const store = await open(directory)
    const before = (await titles(store)).length
    const answered: Promise<unknown>[] = []
    for (let n = 0; n < 300; n++) answered.push(add(store, '.'.repeat(5000)))
    await answered[round * 20]
    const checkpoint = store.checkpoint()
    for (let n = 0; n < 100; n++) answered.push(add(store, `${n}`))
    const deleted = store.transact(tx => tx.delete('tickets', before + 1))
    if (round % 2) await answered.at(-1)
    await store.close()
    await Promise.all([...answered, checkpoint, deleted])
    t.equal((await titles(await crashed(t, directory))).length, before + 399)
    t.equal(readFileSync(join(directory, journalsOf(directory)[0]!), 'utf8').split('\n').length, 2)
  }
})

t.test('a checkpoint switches journals while commits are written', async t => {
  const directory = directoryFor(t)
  const store = await opened(t, directory)
  let running = true
  const answered: number[] = []
  const client = async () => {
    while (running) answered.push((await add(store)).id)
  }
  const clients = [client(), client(), client(), client()]
  const copies: { count: number; store: JsonStore }[] = []
  for (let n = 0; n < 8; n++) {
    await store.checkpoint()
    const count = answered.length
    copies.push({ count, store: await crashed(t, directory) })
  }
  running = false
  await Promise.all(clients)
  t.same(
    answered.sort((a, b) => a - b),
    answered.map((_, index) => index + 1),
  )
  for (const { count, store } of copies) t.ok((await titles(store)).length >= count)
  t.equal((await titles(await crashed(t, directory))).length, answered.length)
})

t.test('a start finds deletes from before a crash, and a checkpoint removes old torn tails', async t => {
  const directory = directoryFor(t)
  const store = await opened(t, directory)
  await add(store, 'a word that must go')
  await store.transact(tx => tx.delete('tickets', 1))
  const waits: number[] = []
  const { setTimeout } = globalThis
  t.intercept(globalThis, 'setTimeout', {
    value: (run: () => void, milliseconds: number) => {
      if (milliseconds < 30_000) return setTimeout(run, milliseconds)
      waits.push(milliseconds)
      return setTimeout(() => {}, 0)
    },
  })
  const again = await crashed(t, directory)
  t.equal(waits.length, 1, 'a checkpoint is due in time')
  t.ok(waits[0]! < 24 * 3600_000)
  const tail = join(directory, 'helpdesk.1.journal.torn-1')
  writeFileSync(tail, 'half a line')
  const old = new Date(Date.now() - 31 * 24 * 3600_000)
  utimesSync(tail, old, old)
  await store.checkpoint()
  t.notOk(existsSync(tail))
  await again.close()
})

t.test('a record that is deleted and put again counts as deleted, also after a crash', async t => {
  const directory = directoryFor(t)
  const store = await opened(t, directory)
  const { id } = await add(store, 'a word that must go')
  const waits: number[] = []
  const { setTimeout } = globalThis
  t.intercept(globalThis, 'setTimeout', {
    value: (run: () => void, milliseconds: number) => {
      if (milliseconds < 30_000) return setTimeout(run, milliseconds)
      waits.push(milliseconds)
      return setTimeout(() => {}, 0)
    },
  })
  await store.transact(async tx => {
    const record = (await tx.get('tickets', id))!
    await tx.delete('tickets', id)
    await tx.put('tickets', { ...record, title: 'another' })
  })
  t.equal(waits.length, 1, 'a checkpoint is due in time')
  const again = await crashed(t, directory)
  t.equal(waits.length, 2)
  t.same(await titles(again), ['another'])
  await again.checkpoint()
  await again.close()
})

t.test('nothing is written after a store has closed, not even after a failed last checkpoint', async t => {
  const directory = directoryFor(t)
  const store = await open(directory, { ...quietStore, checkpointFailed: () => {} })
  await add(store, 'kept')
  const timers: (() => void)[] = []
  const { setTimeout } = globalThis
  t.intercept(globalThis, 'setTimeout', {
    value: (run: () => void, milliseconds: number) => {
      if (milliseconds < 30_000) return setTimeout(run, milliseconds)
      timers.push(run)
      return setTimeout(() => {}, 0)
    },
  })
  await store.transact(tx => tx.delete('tickets', 1))
  t.equal(timers.length, 1)
  const full = await onDisk(t, 'write', (path, real) =>
    isSnapshot(path) ? Promise.reject(failing('ENOSPC')) : real(),
  )
  await store.close()
  full()
  t.equal(timers.length, 1, 'no second attempt')
  const before = readdirSync(directory)
  for (const run of timers) run()
  await t.rejects(store.checkpoint(), { message: /closed/ })
  await t.rejects(store.files.put(Buffer.from('late')), { code: 'unavailable' })
  await nothingYet()
  t.same(readdirSync(directory), before)
  t.same(await titles(await opened(t, directory)), [])
})

t.test('an existing journal is never overwritten', async t => {
  const directory = directoryFor(t)
  const store = await opened(t, directory, { ...quietStore, checkpointFailed: () => {} })
  const [journal] = journalsOf(directory)
  const next = join(directory, `helpdesk.${Number(/\d+/.exec(journal!)![0]) + 1}.journal`)
  writeFileSync(next, 'not ours')
  await t.rejects(store.checkpoint(), { code: 'EEXIST' })
  t.equal(readFileSync(next, 'utf8'), 'not ours')
  rmSync(next)
  await store.checkpoint()
})

for (const [what, method, fails] of [
  ['its snapshot', 'datasync', isSnapshot],
  ['its journal', 'datasync', isJournal],
  ['the directory', 'sync', (path: string) => !path.includes('/files')],
] as const) {
  t.test(`a checkpoint ends the process if its sync of ${what} fails, and is not tried again`, async t => {
    const directory = directoryFor(t)
    const fatal: Error[] = []
    const failed: Error[] = []
    const store = await opened(t, directory, {
      ...quietStore,
      fatal: error => fatal.push(error),
      checkpointFailed: error => failed.push(error),
    })
    await add(store, 'kept')
    const restore = await onDisk(t, method, (path, real) =>
      fails(path) ? Promise.reject(failing('EIO')) : real(),
    )
    await t.rejects(store.checkpoint(), { code: 'EIO' })
    restore()
    t.match(fatal, [{ code: 'EIO' }])
    t.same(failed, [])
    await t.rejects(store.checkpoint(), { message: /closed/ })
    t.same(await titles(await crashed(t, directory)), ['kept'])
  })
}

t.test('a snapshot that cannot be read back as written does not replace the last one', async t => {
  const directory = directoryFor(t)
  const store = await opened(t, directory, { ...quietStore, checkpointFailed: () => {} })
  await add(store, 'kept')
  const before = snapshotOf(directory)
  const restore = await onDisk(t, 'datasync', async (path, real) => {
    await real()
    if (isSnapshot(path)) writeFileSync(path, readFileSync(path, 'utf8').replace('kept', 'kepu'))
  })
  await t.rejects(store.checkpoint(), { message: /does not hold what was written to it/ })
  restore()
  t.equal(snapshotOf(directory), before)
  t.same(await titles(await crashed(t, directory)), ['kept'])
  await store.checkpoint()
  t.same(await titles(await crashed(t, directory)), ['kept'])
})

t.test('a clean start removes older files only after the snapshot is durable', async t => {
  const directory = directoryFor(t)
  await (await open(directory)).close()
  const [journal] = journalsOf(directory)
  const old = join(directory, 'helpdesk.1.journal')
  cpSync(join(directory, journal!), old)
  let syncs = 0
  await onDisk(t, 'sync', async (path, real) => {
    if (path === directory) {
      syncs++
      t.ok(existsSync(old))
    }
    return real()
  })
  await opened(t, directory)
  t.notOk(existsSync(old))
  t.equal(syncs, 2, 'once for the name of files/, once for the name of the snapshot')
})
