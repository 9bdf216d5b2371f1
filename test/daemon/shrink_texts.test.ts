import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startDaemon } from '../../daemon/daemon.ts'
import { shrinking } from '../../daemon/shrink_texts.ts'
import { Failure } from '../../data/failure.ts'
import { openStore } from '../../data/json/open.ts'
import type { Reader, Store } from '../../data/store.ts'
import type { Followup, Letter, Ticket } from '../../data/tables.ts'
import { LONGEST_KEPT } from '../../handlers/params/kept_text.ts'
import { journalsOf, opened } from '../data/json/json_store.ts'
import { followup, letter, ticket } from '../data/records.ts'
import { configFor, directoryFor, quietEvents, quietStore, until } from '../house.ts'

const GOES_ON = new AbortController().signal
const OLD_TEXT = 'The printer is on fire.\n'.repeat(10_000)

const LONG = `${'x'.repeat(LONGEST_KEPT)}the end`
const ATTEMPTS = Array.from({ length: 60 }, (_, at) => ({ at: `${at}`, reply: '451 later' }))
const ANSWER = { subject: 'users', message_id: null, sentences: ['A line of a list.\n'.repeat(10_000)] }

/** Records of an older version, and some that need no change. */
async function fill(store: Store): Promise<void> {
  await store.transact(async tx => {
    await tx.add('tickets', ticket({ resolution: LONG }))
    await tx.add('tickets', ticket({ resolution: 'Short.' }))
    await tx.add(
      'followups',
      followup({ comment: LONG, changes: [{ field: 'resolution', from: null, to: LONG }] }),
    )
    await tx.add('followups', followup({ comment: 'Short.' }))
    await tx.add('followups', followup({ comment: '\ud800 \0'.repeat(30_000) }))
    await tx.add('letters', letter({ attempts: ATTEMPTS }))
    await tx.add('letters', letter({ answer: ANSWER }))
    await tx.add('letters', letter())
  })
}

async function records(store: Store): Promise<[readonly Ticket[], readonly Followup[], readonly Letter[]]> {
  return store.read(async tx => [
    await tx.find('tickets', {}),
    await tx.find('followups', {}),
    await tx.find('letters', {}),
  ])
}

/** How many commits the work makes. */
async function commits(store: Store, work: (store: Store) => Promise<void>): Promise<number> {
  let count = 0
  const transact: Store['transact'] = run => {
    count++
    return store.transact(run)
  }
  await work({
    read: run => store.read(run),
    transact,
    search: (table, search) => store.search(table, search),
    watch: () => () => {},
    files: store.files,
    free: () => store.free(),
    keys: () => store.keys(),
    close: async () => {},
  })
  return count
}

t.test(
  'long texts of an older version are moved to files, and long lists cut, each in a separate commit',
  async t => {
    const store = await openStore(directoryFor(t), quietStore)
    t.teardown(() => store.close())
    await fill(store)
    const [, before] = await records(store)
    t.equal(await commits(store, on => shrinking(on, GOES_ON)()), 5)
    const [tickets, followups, letters] = await records(store)
    const wholeOf = async (file: string | undefined) => (await store.files.get(file!))?.toString()

    t.equal(tickets[0]!.resolution, 'x'.repeat(LONGEST_KEPT))
    t.equal(await wholeOf(tickets[0]!.resolution_file), LONG)
    t.same(
      [tickets[0]!.version, tickets[0]!.modified],
      [ticket().version, ticket().modified],
      'nobody changed it',
    )
    t.equal(followups[0]!.comment, 'x'.repeat(LONGEST_KEPT))
    t.equal(await wholeOf(followups[0]!.comment_file), LONG)
    t.match(followups[0]!.changes, [{ field: 'resolution', from: null, to: /^x{997}…$/ }])
    t.equal(await wholeOf(followups[2]!.comment_file), '\ufffd '.repeat(30_000))
    t.equal(letters[0]!.attempts.length, 20)
    t.same(letters[0]!.attempts.at(-1), ATTEMPTS.at(-1))
    const { sentences } = letters[1]!.answer!
    t.ok(Buffer.byteLength(sentences.join('\n\n')) <= 32 * 1024)
    t.match(sentences, [
      /^(?:A line of a list\.\n)+A line of a list\.$/,
      /^The rest is too long for a letter/,
    ])
    t.same(followups[1], before[1], 'records that need no change stay the same')

    t.equal(await commits(store, on => shrinking(on, GOES_ON)()), 0, 'a second run changes nothing')
    await store.transact(tx => tx.delete('followups', 1))
    await store.transact(tx => tx.delete('tickets', 1))
    t.equal(
      await store.files.get(tickets[0]!.resolution_file!),
      undefined,
      'the file is removed with its records',
    )
  },
)

t.test('what fails for lack of room is tried again', async t => {
  const store = await openStore(directoryFor(t), quietStore)
  t.teardown(() => store.close())
  await fill(store)
  let isFull = true
  const put: Store['files']['put'] = bytes => {
    if (isFull) throw new Failure('full', 'There is no room.')
    return store.files.put(bytes)
  }
  const full: Store = {
    read: run => store.read(run),
    transact: run => store.transact(run),
    search: (table, search) => store.search(table, search),
    watch: () => () => {},
    files: {
      put,
      get: name => store.files.get(name),
      stream: name => store.files.stream(name),
      hold: () => store.files.hold(),
      usage: () => store.files.usage(),
    },
    free: () => store.free(),
    keys: () => store.keys(),
    close: async () => {},
  }
  const shrink = shrinking(full, GOES_ON)
  await t.rejects(shrink(), { code: 'full' })
  isFull = false
  await shrink()
  const [, followups] = await records(store)
  t.ok(followups.every(({ comment }) => Buffer.byteLength(comment) <= LONGEST_KEPT))
})

t.test('a text that changes meanwhile is not overwritten', async t => {
  const store = await openStore(directoryFor(t), quietStore)
  t.teardown(() => store.close())
  await fill(store)
  const put: Store['files']['put'] = async bytes => {
    const file = await store.files.put(bytes)
    await store.transact(async tx => {
      await tx.put('tickets', { ...ticket({ resolution: 'Another.' }), id: 1 })
      await tx.delete('followups', 1)
    })
    return file
  }
  const { get, stream, hold, usage } = store.files
  const files = { put, get, stream, hold, usage }
  await shrinking(
    {
      read: run => store.read(run),
      transact: run => store.transact(run),
      search: (table, search) => store.search(table, search),
      watch: () => () => {},
      files,
      free: () => store.free(),
      keys: () => store.keys(),
      close: async () => {},
    },
    GOES_ON,
  )()
  const [tickets, followups] = await records(store)
  t.match(tickets[0], { resolution: 'Another.', resolution_file: undefined })
  t.same(
    followups.map(({ id }) => id),
    [2, 3],
  )
})

function readJournals(directory: string): string {
  return journalsOf(directory)
    .map(name => readFileSync(join(directory, name), 'utf8'))
    .join('')
}

t.test('the daemon does this when it starts', async t => {
  const config = configFor(directoryFor(t))
  const before = await openStore(config.state_dir, quietStore)
  await fill(before)
  await before.close()
  const daemon = await startDaemon(config, quietEvents())
  const named = () => readJournals(config.state_dir).match(/"(?:comment|resolution)_file"/g) ?? []
  await until('the texts to be moved', () => named().length >= 3 || undefined)
  await daemon.stop()
  const store = await openStore(config.state_dir, quietStore)
  t.teardown(() => store.close())
  const [tickets, followups] = await records(store)
  t.ok(followups.every(({ comment }) => Buffer.byteLength(comment) <= LONGEST_KEPT))
  await until('the file', async () => (await store.files.get(tickets[0]!.resolution_file!)) !== undefined)
})

const MANY = 60

/** The same store, which reports how many records each find() gives. */
function counted(store: Store, found: number[]): Store {
  const counting = (tx: Reader): Reader => ({
    get: (table, id) => tx.get(table, id),
    count: (table, where) => tx.count(table, where),
    find: async (table, where, page) => {
      const records = await tx.find(table, where, page)
      found.push(records.length)
      return records
    },
  })
  return {
    read: work => store.read(tx => work(counting(tx))),
    transact: work => store.transact(work),
    search: (table, search) => store.search(table, search),
    watch: (table, wake) => store.watch(table, wake),
    files: store.files,
    free: () => store.free(),
    keys: () => store.keys(),
    close: () => store.close(),
  }
}

t.test('a store of an older version is read a few records at a time', async t => {
  const store = await opened(t, directoryFor(t))
  await store.transact(async tx => {
    for (let at = 1; at <= MANY; at++)
      await tx.add('followups', followup({ comment: at === 45 ? OLD_TEXT : 'short' }))
  })
  const found: number[] = []
  await shrinking(counted(store, found), GOES_ON)()
  t.ok(Math.max(...found) <= 10, 'no find() reads a whole table')
  const kept = (await store.read(tx => tx.get('followups', 45)))!
  t.ok(kept.comment.length <= 64 * 1024 && OLD_TEXT.startsWith(kept.comment))
  t.equal((await store.files.get(kept.comment_file!))!.toString(), OLD_TEXT)
})

t.test('it stops when its signal is aborted', async t => {
  const store = await opened(t, directoryFor(t))
  await store.transact(tx => tx.add('followups', followup({ comment: OLD_TEXT })))
  const end = new AbortController()
  const comment = async () => (await store.read(tx => tx.get('followups', 1)))!.comment
  end.abort()
  await shrinking(store, end.signal)()
  t.equal(await comment(), OLD_TEXT)
  await shrinking(store, GOES_ON)()
  t.not(await comment(), OLD_TEXT)
})
