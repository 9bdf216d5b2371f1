import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { repairStore } from '../../../data/json/open.ts'
import type { JsonStore } from '../../../data/json/store.ts'
import { sha256 } from '../../../data/secret.ts'
import { endWith } from '../../ended.ts'
import { copyState, directoryFor, quietStore, until } from '../../house.ts'
import { followup, followupWith, letter, ticket } from '../records.ts'
import { failing, gate, onDisk } from './disk_faults.ts'
import {
  add,
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

const CUT_STEP = process.env.HELPDESKD_TORTURE ? 7 : 29

t.test('a clean stop leaves an empty journal, and the next start continues in it', async t => {
  const directory = directoryFor(t)
  const store = await open(directory)
  await add(store, 'first')
  await store.close()
  await store.close()
  const [journal, ...more] = journalsOf(directory)
  t.same(more, [])
  t.equal(readFileSync(join(directory, journal!), 'utf8').split('\n').length, 2, 'only a header')
  t.same(readdirSync(directory).sort(), ['files', journal, 'helpdesk.json'], 'its lock is gone')
  const before = snapshotOf(directory)
  await (await open(directory)).close()
  t.same(
    [journalsOf(directory), snapshotOf(directory)],
    [[journal], before],
    'nothing is written without a change',
  )
})

t.test('the leftovers of a checkpoint that died are removed', async t => {
  const directory = directoryFor(t)
  await (await open(directory)).close()
  const [journal] = journalsOf(directory)
  cpSync(join(directory, journal!), join(directory, 'helpdesk.1.journal'))
  writeFileSync(join(directory, 'helpdesk.json.tmp'), 'half')
  await opened(t, directory)
  t.same(journalsOf(directory), [journal])
  t.notOk(existsSync(join(directory, 'helpdesk.json.tmp')))
})

t.test('a first start that died before its first snapshot is continued', async t => {
  const whole = directoryFor(t)
  const caught: string[] = []
  await onDisk(t, 'datasync', async (path, real) => {
    if (isSnapshot(path) && path.startsWith(whole)) {
      caught.push(join(directoryFor(t), 'copy'))
      copyState(whole, caught.at(-1)!)
    }
    return real()
  })
  await opened(t, whole)
  t.equal(caught.length, 1)
  t.ok(journalsOf(caught[0]!).length > 0)
  const store = await opened(t, caught[0]!)
  t.match(await add(store), { id: 1 })
})

t.test(
  'a start after a crash rewrites what may be in the page cache only, and writes no second snapshot',
  async t => {
    const running = directoryFor(t)
    const store = await opened(t, running)
    for (const title of ['synced', 'known to be synced', 'last']) await add(store, title)
    const directory = join(directoryFor(t), 'copy')
    copyState(running, directory)
    const before = readdirSync(directory)
    const journal = join(directory, journalsOf(directory)[0]!)
    const bytes = readFileSync(journal)

    const full = await onDisk(t, 'write', () => Promise.reject(failing('ENOSPC')))
    await t.rejects(open(directory), { code: 'full', message: /is full/ })
    full()
    t.same(readdirSync(directory).sort(), before.sort(), 'a failed start leaves everything as it was')

    const written: [string, number][] = []
    const watching = await onDisk(t, 'write', (path, real, [piece]) => {
      written.push([path, (piece as Buffer).length])
      return real()
    })
    t.same(await titles(await opened(t, directory)), ['synced', 'known to be synced', 'last'])
    watching()
    const last = bytes.length - bytes.lastIndexOf('\n', -2) - 1
    t.same(written, [[journal, last]], 'the commit that no later commit reports as durable')
    t.same(readFileSync(journal), bytes)
  },
)

t.test(
  'the snapshot is one JSON document with one record a line, read back across chunk boundaries',
  async t => {
    const directory = directoryFor(t)
    const store = await open(directory)
    const long = '😀é'.repeat(250_000)
    for (let batch = 0; batch < 7; batch++) {
      await store.transact(async tx => {
        for (let n = 0; n < 200; n++)
          await tx.add('tickets', ticket({ title: `${n} ${'é😀ż'.repeat(n % 97)}` }))
        await tx.add('followups', followup({ comment: `${'.'.repeat(batch)}${long}` }))
        await tx.add('letters', letter())
      })
    }
    const all = (store: JsonStore) =>
      store.read(async tx => ({
        tickets: await tx.find('tickets', {}),
        followups: await tx.find('followups', {}),
        letters: await tx.find('letters', {}),
      }))
    const before = await all(store)
    await store.close()
    const text = snapshotOf(directory)
    const { tickets, followups, letters, users, records } = JSON.parse(text)
    t.strictSame({ tickets, followups, letters }, before)
    t.same(users, [])
    t.equal(records, tickets.length + followups.length + letters.length)
    t.equal(text.split('\n').filter(line => line.startsWith('{"id":')).length, records)
    t.strictSame(await all(await opened(t, directory)), before)
  },
)

t.test('a snapshot that is incomplete, or has another format, is refused', async t => {
  const directory = directoryFor(t)
  const store = await open(directory)
  await store.transact(async tx => {
    for (let n = 0; n < 5; n++) await tx.add('tickets', ticket())
  })
  await store.close()
  const path = join(directory, 'helpdesk.json')
  const text = snapshotOf(directory)
  const bad: Record<string, string> = {
    cut: text.slice(0, -1),
    text: 'hello',
    lines: 'hello\n\n',
    nothing: '{"helpdeskd":1,\n',
  }
  bad.record = text.replace(/\{"id":3.*\n/, '')
  bad.table = text.replace('"tickets":[', '"biscuits":[')
  bad.letter = text.replace('The printer', 'The prinuer')
  bad.checksum = text.replace(/"crc32":"./, '"crc32":"x')
  bad.head = text.replace(/"store":"./, '"store":"x')
  bad.shape = '{"helpdeskd":1,\n{"id":1}\n'
  for (let at = 0; at < text.length; at += CUT_STEP) bad[`cut at ${at}`] = text.slice(0, at)
  for (const [what, content] of Object.entries(bad)) {
    writeFileSync(path, content)
    await t.rejects(open(directory), { code: 'invalid', message: `${path} is damaged; restore` }, what)
  }
  writeFileSync(path, text.replace('"helpdeskd":1', '"helpdeskd":2'))
  await t.rejects(open(directory), {
    code: 'invalid',
    message: `${path} has format 2; this version reads 1.`,
  })
  writeFileSync(path, text)
  t.equal((await titles(await opened(t, directory))).length, 5)
})

t.test('only one process at a time may open a directory', async t => {
  const directory = directoryFor(t)
  const store = await open(directory)
  const refused = (pid: number) => ({
    code: 'conflict',
    message: `${directory} is in use by process ${pid};`,
  })
  await t.rejects(open(directory), refused(process.pid))
  await t.rejects(
    open(join(directory, '..', directory.split('/').at(-1)!, '.')),
    { code: 'conflict' },
    'by another name',
  )
  await store.close()
  await (await open(directory)).close()

  const holder = spawn(process.execPath, [join(import.meta.dirname, 'holder.js'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  endWith(t, holder)
  await new Promise(resolve => holder.stdout.once('data', resolve))
  await t.rejects(open(directory), refused(holder.pid!))
  const gone = new Promise(resolve => holder.once('exit', resolve))
  holder.kill('SIGKILL')
  await gone
  t.same(await titles(await opened(t, directory)), ['from the holder'])
})

t.test('only the owner has access to the files', async t => {
  const directory = join(directoryFor(t), 'a', 'state')
  const store = await opened(t, directory)
  await store.files.put(Buffer.from('bytes'))
  await add(store)
  const modes = new Set<string>()
  const visit = (path: string) => {
    const stats = statSync(path)
    modes.add(`${stats.isDirectory() ? 'd' : 'f'} ${(stats.mode & 0o777).toString(8)}`)
    if (stats.isDirectory()) for (const name of readdirSync(path)) visit(join(path, name))
  }
  visit(directory)
  t.same([...modes].sort(), ['d 700', 'f 600'])
})

t.test('files that no record names are removed at a start, and after an hour', async t => {
  const directory = directoryFor(t)
  let store = await open(directory)
  const kept = await store.files.put(Buffer.from('kept'))
  await store.transact(tx => tx.add('followups', followupWith(kept)))
  const forgotten = await store.files.put(Buffer.from('forgotten'))
  const half = join(directory, 'files', kept.slice(0, 2), `${'0'.repeat(64)}.half`)
  writeFileSync(half, 'half-written')
  await store.checkpoint()
  t.ok(await store.files.get(forgotten), 'not before')
  t.notOk(existsSync(half), 'no process is writing it')
  const { now } = Date
  const monotonic = performance.now.bind(performance)
  const restore = () => {
    Date.now = now
    performance.now = monotonic
  }
  t.teardown(restore)
  Date.now = () => now() + 61 * 60 * 1000
  await store.checkpoint()
  t.ok(await store.files.get(forgotten), 'setting the clock does not shorten the wait')
  performance.now = () => monotonic() + 61 * 60 * 1000
  await store.checkpoint()
  t.equal(await store.files.get(forgotten), undefined)
  restore()
  const again = await store.files.put(Buffer.from('forgotten'))
  t.ok(await store.files.get(again))
  await store.close()
  store = await opened(t, directory)
  t.equal(await store.files.get(forgotten), undefined, 'after a restart no commit is running')
  t.same(await store.files.get(kept), Buffer.from('kept'))
})

t.test('a file for which there is no space is refused, and can be put again', async t => {
  const directory = directoryFor(t)
  const store = await opened(t, directory)
  const restore = await onDisk(t, 'datasync', (path, real) =>
    path.includes('/files/') ? Promise.reject(failing('ENOSPC')) : real(),
  )
  await t.rejects(store.files.put(Buffer.from('bytes')), { code: 'full', message: /is full/ })
  restore()
  t.same(filesWith(join(directory, 'files'), 'bytes'), [])
  const name = await store.files.put(Buffer.from('bytes'))
  t.same(await store.files.get(name), Buffer.from('bytes'))
})

t.test('pieces for which there is no space, or that never end, leave no file', async t => {
  const directory = directoryFor(t)
  const files = join(directory, 'files')
  let store = await open(directory)
  async function* pieces(end = async () => {}) {
    yield Buffer.from('bytes')
    await end()
  }
  for (const [method, place] of [
    ['datasync', 'arriving'],
    ['sync', sha256('bytes').slice(0, 2)],
  ] as const) {
    const restore = await onDisk(t, method, (path, real) =>
      path.includes(`/files/${place}`) ? Promise.reject(failing('ENOSPC')) : real(),
    )
    await t.rejects(store.files.put(pieces()), { code: 'full', message: /is full/ }, place)
    restore()
    t.same(filesWith(files, 'bytes'), [])
  }
  const { opened: closing, open: letGo } = gate()
  const arriving = store.files.put(pieces(() => closing))
  await until('the first piece', () => filesWith(files, 'bytes').length === 1)
  await store.checkpoint()
  t.equal(filesWith(files, 'bytes').length, 1, 'it may still be completed')
  const closed = store.close()
  letGo()
  t.equal(await arriving, sha256('bytes'))
  await closed

  writeFileSync(join(files, 'arriving', 'half'), 'of a process that died')
  store = await opened(t, directory)
  t.same(filesWith(files, ''), [], 'files that no record names are removed')
})

t.test('a missing snapshot or journal is not taken for a new store', async t => {
  const directory = directoryFor(t)
  const store = await open(directory)
  await add(store, 'kept')
  await store.close()
  const without = async (name: string) => {
    const copy = join(directoryFor(t), 'copy')
    copyState(directory, copy)
    rmSync(join(copy, name))
    return copy
  }
  await t.rejects(open(await without('helpdesk.json')), {
    code: 'invalid',
    message: /helpdesk\.json is missing.*restore a backup/,
  })
  const [journal] = journalsOf(directory)
  const copy = await without(journal!)
  await t.rejects(open(copy), {
    code: 'invalid',
    message: `${journal} is missing. Restore a backup, or run`,
  })
  t.match(await repairStore(copy, quietStore), [{ offset: undefined }])
  t.same(await titles(await opened(t, copy)), ['kept'])
})

t.test(
  'a missing snapshot is noticed even if the first commits came while its journal was created',
  async t => {
    const directory = directoryFor(t)
    const store = await open(directory)
    let first: Promise<unknown> | undefined
    const restore = await onDisk(t, 'sync', async (path, real) => {
      if (path !== directory) return real()
      first ??= add(store, 'first')
      await first
      return real()
    })
    await store.checkpoint()
    restore()
    t.ok(first)
    await store.close()
    rmSync(join(directory, 'helpdesk.json'))
    await t.rejects(open(directory), { code: 'invalid', message: /helpdesk\.json is missing/ })
  },
)

t.test('a directory in the place of the snapshot is not taken for an empty store', async t => {
  const directory = directoryFor(t)
  const store = await open(directory)
  await add(store, 'kept')
  await store.close()
  const path = join(directory, 'helpdesk.json')
  renameSync(path, `${path}.away`)
  mkdirSync(path)
  await t.rejects(open(directory), { code: 'EISDIR' })
  rmSync(path, { recursive: true })
  renameSync(`${path}.away`, path)
  t.same(await titles(await opened(t, directory)), ['kept'])
})

t.test('foreign files in files/ stay, and stop neither start nor checkpoint', async t => {
  const directory = directoryFor(t)
  await (await open(directory)).close()
  const files = join(directory, 'files')
  mkdirSync(join(files, 'ab'))
  const strays = ['README', 'aa', 'ab/notes.txt'].map(name => join(files, name))
  for (const stray of strays) writeFileSync(stray, 'mine')
  const store = await opened(t, directory)
  await store.checkpoint()
  for (const stray of strays) t.ok(existsSync(stray), stray)
})

t.test('a failed start holds the lock until it has finished, and releases it once', async t => {
  const running = directoryFor(t)
  await add(await opened(t, running), 'kept')
  const copy = join(directoryFor(t), 'copy')
  copyState(running, copy)
  const before = journalsOf(copy)
  let second: unknown
  const restore = await onDisk(t, 'datasync', async (path, real) => {
    if (!isJournal(path)) return real()
    second = await open(copy).catch(error => error)
    throw failing('ENOSPC')
  })
  await t.rejects(open(copy), { code: 'full' })
  restore()
  t.match(second, { code: 'conflict' })
  t.same(journalsOf(copy), before)
  t.same(await titles(await opened(t, copy)), ['kept'])
})

t.test('a repair that fails after its snapshot may be on disk keeps the journal that it names', async t => {
  const running = directoryFor(t)
  const store = await opened(t, running)
  for (const title of ['kept', 'lost', 'kept too', 'last']) await add(store, title)
  const copy = join(directoryFor(t), 'copy')
  copyState(running, copy)
  const journal = join(copy, journalsOf(copy)[0]!)
  writeFileSync(journal, readFileSync(journal, 'utf8').replace('"lost"', '"lots"'))
  const before = snapshotOf(copy)
  const restore = await onDisk(t, 'sync', (path, real) =>
    path === copy && snapshotOf(copy) !== before ? Promise.reject(failing('ENOSPC')) : real(),
  )
  await t.rejects(repairStore(copy, { ...quietStore, checkpointFailed: () => {} }), { code: 'full' })
  restore()
  t.same(await titles(await opened(t, copy)), ['kept', 'kept too', 'last'])
})

t.test('a failed sync of a file, or of a name at the start, ends the process', async t => {
  const directory = directoryFor(t)
  const fatal: Error[] = []
  const events = { ...quietStore, fatal: (error: Error) => fatal.push(error) }
  const store = await open(directory, events)
  const bytes = await onDisk(t, 'datasync', (path, real) =>
    path.includes('/files/') ? Promise.reject(failing('EIO')) : real(),
  )
  await t.rejects(store.files.put(Buffer.from('bytes')), { code: 'EIO' })
  bytes()
  t.match(fatal.splice(0), [{ code: 'EIO' }])
  await store.close()
  const names = await onDisk(t, 'sync', () => Promise.reject(failing('EIO')))
  await t.rejects(open(directory, events), { code: 'EIO' })
  names()
  t.match(fatal, [{ code: 'EIO' }])
  await (await open(directory)).close()
})

t.test('files that no record names are removed every hour', async t => {
  const directory = directoryFor(t)
  const hourly: (() => void)[] = []
  const { setInterval } = globalThis
  t.intercept(globalThis, 'setInterval', {
    value: (run: () => void, milliseconds: number) => {
      if (milliseconds === 3600_000) hourly.push(run)
      return setInterval(() => {}, milliseconds)
    },
  })
  const store = await open(directory)
  const forgotten = await store.files.put(Buffer.from('forgotten'))
  const late = await store.files.put(Buffer.from('late'))
  const monotonic = performance.now.bind(performance)
  const restore = () => {
    performance.now = monotonic
  }
  t.teardown(restore)
  t.equal(hourly.length, 1)
  performance.now = () => monotonic() + 61 * 60 * 1000
  await store.files.put(Buffer.from('late'))
  hourly[0]!()
  await until('its removal', async () => ((await store.files.get(forgotten)) ? undefined : true))
  t.ok(await store.files.get(late))
  await store.close()
  restore()
})

t.test('a file is durable only after the name of its directory, for all concurrent callers', async t => {
  const directory = directoryFor(t)
  const store = await opened(t, directory)
  const files = join(directory, 'files')
  // Their names begin with the same two digits.
  const [one, two] = sameDirectory()
  const full = await onDisk(t, 'sync', (path, real) =>
    path === files ? Promise.reject(failing('ENOSPC')) : real(),
  )
  await t.rejects(store.files.put(one), { code: 'full' })
  full()
  const { opened: synced, open: letGo } = gate()
  let syncs = 0
  await onDisk(t, 'sync', async (path, real) => {
    if (path === files) {
      syncs++
      await synced
    }
    return real()
  })
  let kept = 0
  const puts = [one, two].map(bytes => store.files.put(bytes).then(() => kept++))
  await nothingYet()
  t.equal(kept, 0)
  letGo()
  await Promise.all(puts)
  t.equal(syncs, 1)
})

function sameDirectory(): [Buffer, Buffer] {
  const seen = new Map<string, Buffer>()
  for (let n = 0; ; n++) {
    const bytes = Buffer.from(`file ${n}`)
    const directory = sha256(bytes).slice(0, 2)
    const before = seen.get(directory)
    if (before) return [before, bytes]
    seen.set(directory, bytes)
  }
}

t.test('the names of the state directory and of its files are made durable at once', async t => {
  const above = directoryFor(t)
  const directory = join(above, 'a', 'state')
  const synced = new Set<string>()
  await onDisk(t, 'sync', (path, real) => {
    synced.add(path)
    return real()
  })
  const store = await open(directory)
  for (const path of [above, join(above, 'a'), directory]) t.ok(synced.has(path), path)
  await store.close()
  synced.clear()
  await (await open(directory)).close()
  t.ok(synced.has(join(above, 'a')), 'also if another process created it')
})
