import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { repairStore } from '../../../data/json/open.ts'
import type { JsonStore } from '../../../data/json/store.ts'
import { damagedJournals, tornTails } from '../../../data/json/torn_tail.ts'
import { anyCharacter } from '../../any_character.ts'
import { copyState, directoryFor, quietStore } from '../../house.ts'
import { runs } from '../../runs.ts'
import { ticket } from '../records.ts'
import { failing, onDisk } from './disk_faults.ts'
import { journalsOf, open, opened } from './json_store.ts'

/** Makes a small commit, and lists all of them. They are small, since the tests try each byte of a journal. */
const promise = (store: JsonStore, id: string) =>
  store.transact(tx => tx.put('once', { id, expires: '', answer: null, refusal: null }))
const promised = (store: JsonStore) => store.read(async tx => (await tx.find('once', {})).map(({ id }) => id))

/** A directory as a killed process leaves it, with these commits in its journal; commits of one list came at the same time. */
async function killed(
  t: Test,
  groups: string[][],
): Promise<{ directory: string; path: string; bytes: Buffer }> {
  const running = directoryFor(t)
  const store = await opened(t, running)
  for (const group of groups) await Promise.all(group.map(id => promise(store, id)))
  const directory = join(directoryFor(t), 'state')
  copyState(running, directory)
  const [name] = journalsOf(directory)
  const path = join(directory, name!)
  return { directory, path, bytes: readFileSync(path) }
}

interface Line {
  readonly start: number
  readonly end: number
  readonly seq: number
  readonly durable: number
  readonly id: string
}

/** The commits of an intact journal, read without the code under test. */
function commitsIn(bytes: Buffer): Line[] {
  const lines: Line[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf('\n', start) + 1
    const { seq, durable, put } = JSON.parse(bytes.toString('utf8', start + 9, end - 1))
    if (put) lines.push({ start, end, seq, durable, id: put.once[0].id })
    start = end
  }
  return lines
}

/** The commits that must load if the bytes from `from` to `to` are damaged; undefined if the store must refuse to start. */
function expected(lines: Line[], header: number, from: number, to: number): string[] | undefined {
  const touched = (start: number, end: number) => from < end && to > start
  const flawed = touched(0, header) ? 0 : lines.findIndex(({ start, end }) => touched(start, end))
  if (flawed < 0) return lines.map(({ id }) => id)
  const good = lines.slice(flawed).filter(({ start, end }) => !touched(start, end))
  if (touched(0, header) && good.length) return undefined
  const { seq } = lines[flawed]!
  if (good.some(({ durable }) => durable >= seq)) return undefined
  return lines.slice(0, flawed).map(({ id }) => id)
}

/** Without syncs, since the tests open a store thousands of times. */
async function withoutSyncs(t: Test): Promise<void> {
  await onDisk(t, 'datasync', async () => {})
  await onDisk(t, 'sync', async () => {})
}

/** Gives a function that opens the directory with a changed journal, each time from the same copy. */
async function loader(t: Test, directory: string) {
  await withoutSyncs(t)
  const clean = join(directoryFor(t), 'clean')
  copyState(directory, clean)
  return async (
    path: string,
    bytes: Buffer,
  ): Promise<{ ids: string[] | undefined; torn: number; says: string }> => {
    rmSync(directory, { recursive: true })
    copyState(clean, directory)
    writeFileSync(path, bytes)
    let torn = 0
    try {
      const store = await open(directory, {
        ...quietStore,
        tornTail: ({ bytes }) => {
          torn = bytes
        },
      })
      const found = await promised(store)
      await store.close()
      return { ids: found, torn, says: '' }
    } catch (error) {
      const { code, message } = error as Error & { code: string }
      if (code !== 'invalid') throw error
      return { ids: undefined, torn, says: message }
    }
  }
}

const STEP = process.env.HELPDESKD_TORTURE ? 1 : 64
const FLIP_STEP = process.env.HELPDESKD_TORTURE ? 5 : 50
const GROUPS = [['a'], ['b é😀'], ['c', 'd', 'e'], ['f'], ['g'], ['h', 'i'], ['j'], ['k', 'l']]

/** All offsets with HELPDESKD_TORTURE=1, otherwise some, and those around the ends of lines. */
function somePlaces(bytes: Buffer): number[] {
  const isNearEnd = (at: number) => bytes.subarray(Math.max(0, at - 2), at + 2).includes('\n')
  return [...bytes.keys()].filter(at => at % STEP === 0 || isNearEnd(at))
}

t.test('a journal cut at any byte loads with exactly the commits whose lines are complete', async t => {
  const { directory, path, bytes } = await killed(t, GROUPS)
  const lines = commitsIn(bytes)
  t.equal(lines.length, 12)
  const load = await loader(t, directory)
  const wrong: unknown[] = []
  for (const at of somePlaces(bytes)) {
    const whole = lines.filter(({ end }) => end <= at)
    const found = await load(path, bytes.subarray(0, at))
    const { length: start } = bytes.subarray(0, whole.at(-1)?.end ?? bytes.indexOf('\n') + 1)
    const torn = at < start ? at : at - start
    if (found.torn !== torn || found.ids?.join() !== whole.map(({ id }) => id).join())
      wrong.push({ at, found })
  }
  t.same(wrong, [])
})

t.test(
  'a journal with any damage loads or is refused, depending on what its lines say was durable',
  async t => {
    const { directory, path, bytes } = await killed(t, GROUPS)
    const lines = commitsIn(bytes)
    const header = bytes.indexOf('\n') + 1
    const load = await loader(t, directory)
    let refused = 0
    const check = async (from: number, changed: Buffer) => {
      const length = changed.length - bytes.length
      const to = length ? bytes.length : from + 1
      const found = await load(path, changed)
      const wanted = expected(lines, header, from, to)
      if (!wanted) refused++
      if (!wanted && !/is damaged at byte \d+: .*run "helpdeskd repair"/.test(found.says)) {
        throw new Error(`byte ${from}: "${found.says}" and ${found.ids}, not a refusal`)
      }
      if (wanted?.join() !== found.ids?.join()) throw new Error(`byte ${from}: ${found.ids}, not ${wanted}`)
    }
    const flipped = (at: number, mask: number) => {
      const changed = Buffer.from(bytes)
      changed[at]! ^= mask
      return changed
    }
    for (let at = 0; at < bytes.length; at += FLIP_STEP) await check(at, flipped(at, 1 << (at % 8)))
    for (const { start, end } of lines) {
      for (const at of [start, start + 8, end - 2, end - 1]) await check(at, flipped(at, 0xff))
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) =>
        check(at, flipped(at, mask)),
      ),
      runs(100, 10),
    )
    t.ok(refused > 25, `${refused} refusals`)
  },
)

t.test('a torn tail is kept in a file beside the journal for 30 days', async t => {
  const { directory, path, bytes } = await killed(t, GROUPS)
  const { start } = commitsIn(bytes).at(-1)!
  const told: { bytes: number; kept: string }[] = []
  const events = { ...quietStore, tornTail: (facts: { bytes: number; kept: string }) => told.push(facts) }
  for (const length of [start + 1, bytes.length - 1]) {
    writeFileSync(path, bytes.subarray(0, length))
    await (await open(directory, events)).abandon()
    const { kept } = told.at(-1)!
    t.equal(kept, `${path}.torn-${told.length}`)
    t.same(readFileSync(kept), bytes.subarray(start, length))
    t.same(readFileSync(path), bytes.subarray(0, start), 'the journal is cut')
  }
  const old = Date.now() / 1000 - 31 * 24 * 60 * 60
  utimesSync(`${path}.torn-1`, old, old)
  await (await open(directory, events)).abandon()
  t.same(await tornTails(directory), [`${path}.torn-2`])
  t.equal(told.length, 2)
})

t.test('a torn tail stays in the journal if there is no space to keep it', async t => {
  const { directory, path, bytes } = await killed(t, GROUPS)
  writeFileSync(path, bytes.subarray(0, -1))
  const restore = await onDisk(t, 'write', (at, real) =>
    at.includes('.torn-') ? Promise.reject(failing('ENOSPC')) : real(),
  )
  await t.rejects(open(directory), { code: 'full' })
  restore()
  t.same(readFileSync(path), bytes.subarray(0, -1))
  t.same(await tornTails(directory), [])
})

t.test('missing or unreadable lines are damage if they were durable', async t => {
  const { directory, path, bytes } = await killed(t, GROUPS)
  const lines = commitsIn(bytes)
  const load = await loader(t, directory)
  const without = (first: number, last: number) =>
    Buffer.concat([bytes.subarray(0, lines[first]!.start), bytes.subarray(lines[last]!.end)])
  t.match((await load(path, without(0, 0))).says, /commit 1 had been confirmed/)
  t.match((await load(path, without(3, 6))).says, /commits 4 to 7 had been confirmed/)
  t.same((await load(path, without(10, 10))).ids?.length, 10, 'nothing says that the last group was durable')
  const zeros = Buffer.from(bytes).fill(0, lines[3]!.start, lines[7]!.end - 1)
  t.match((await load(path, zeros)).says, /commits 4 to 8 had been confirmed/)
  const feeds = Buffer.from(bytes).fill('\n', lines[3]!.start, lines[7]!.end)
  t.match((await load(path, feeds)).says, /commits 4 to 8 had been confirmed/)
  const twice = Buffer.concat([bytes, bytes.subarray(lines[4]!.start)])
  t.same((await load(path, twice)).ids?.length, 12, 'a repeated line does no harm')
})

t.test('repair continues without what is lost, and keeps the damaged journal', async t => {
  const { directory, path, bytes } = await killed(t, GROUPS)
  const lines = commitsIn(bytes)
  const damaged = Buffer.from(bytes)
  for (const at of [lines[1]!.start + 20, lines[5]!.start + 20, lines[6]!.start + 20, bytes.length - 3])
    damaged[at]! ^= 1
  writeFileSync(path, damaged)
  await t.rejects(open(directory), { code: 'invalid', message: /commit 2 had been confirmed/ })
  t.same(readFileSync(path), damaged, 'a refusal changes nothing')
  t.notOk(existsSync(`${path}.damaged`))

  const journal = Number(/(\d+)\.journal$/.exec(path)![1])
  t.same(await repairStore(directory, quietStore), [
    { journal, offset: lines[1]!.start, first: 2, last: 2 },
    { journal, offset: lines[5]!.start, first: 6, last: 7 },
  ])
  t.same(readFileSync(`${path}.damaged`), damaged)
  t.same(await damagedJournals(directory), [`${path}.damaged`])
  const old = Date.now() / 1000 - 31 * 24 * 60 * 60
  utimesSync(`${path}.damaged`, old, old)
  const store = await opened(t, directory)
  t.same(await damagedJournals(directory), [], 'for 30 days')
  t.same(await promised(store), ['a', 'c', 'd', 'e', 'h', 'i', 'j', 'k'])
})

t.test('repair with a damaged header, and with nothing to repair', async t => {
  const { directory, path, bytes } = await killed(t, GROUPS)
  bytes[12]! ^= 1
  writeFileSync(path, bytes)
  await t.rejects(open(directory), {
    code: 'invalid',
    message: /damaged at byte 0: its header cannot be read/,
  })
  t.match(await repairStore(directory, quietStore), [{ offset: 0 }])
  t.same(await repairStore(directory, quietStore), [])
  t.equal((await promised(await opened(t, directory))).length, 12)
})

t.test('a journal of another format, or of another store, is refused', async t => {
  const { directory, path, bytes } = await killed(t, [['a']])
  const header = JSON.parse(bytes.toString('utf8', 9, bytes.indexOf('\n')))
  const rest = bytes.subarray(bytes.indexOf('\n') + 1)
  const load = await loader(t, directory)
  const under = (changes: object) => {
    const json = JSON.stringify({ ...header, ...changes })
    return Buffer.concat([Buffer.from(`${crc32(json).toString(16).padStart(8, '0')} ${json}\n`), rest])
  }
  t.same((await load(path, under({}))).ids, ['a'])
  t.equal(
    (await load(path, under({ helpdeskd_journal: 2 }))).says,
    `${path} has format 2; this version reads 1.`,
  )
  t.match((await load(path, under({ store: 'other' }))).says, /belongs to another store; move it out/)
  t.same((await load(path, bytes)).ids, ['a'])
})

t.test('journals without their snapshot are refused if commits are missing', async t => {
  const directory = directoryFor(t)
  const store = await open(directory)
  await promise(store, 'folded in')
  await store.checkpoint()
  await promise(store, 'in the journal')
  const copy = join(directoryFor(t), 'copy')
  copyState(directory, copy)
  await store.close()
  rmSync(join(copy, 'helpdesk.json'))
  await t.rejects(open(copy), { code: 'invalid', message: /helpdesk\.json is missing/ })
  await t.rejects(repairStore(copy, quietStore), { code: 'invalid', message: /helpdesk\.json is missing/ })
})

t.test('a journal missing between others is damage, and repair continues after it', async t => {
  const running = directoryFor(t)
  const store = await opened(t, running, { ...quietStore, checkpointFailed: () => {} })
  const full = await onDisk(t, 'write', (path, real) =>
    path.endsWith('.json.tmp') ? Promise.reject(new Error('no snapshot')) : real(),
  )
  for (const id of ['a', 'b', 'c', 'd']) {
    await promise(store, id)
    if (id !== 'd') await t.rejects(store.checkpoint())
  }
  const copy = join(directoryFor(t), 'copy')
  copyState(running, copy)
  full()
  const [, second, third] = journalsOf(copy)
  rmSync(join(copy, second!))
  rmSync(join(copy, third!))
  await t.rejects(open(copy), { code: 'invalid', message: `${second} is missing. Restore` })
  const journal = Number(/\d+/.exec(second!)![0])
  t.same(await repairStore(copy, quietStore), [{ journal, offset: undefined, first: 2, last: 3 }])
  t.same(await promised(await opened(t, copy)), ['a', 'd'])
})

t.test('lines longer than a chunk are read back', async t => {
  const long = ['é', '😀'].map(character => character.repeat(700_000))
  const { directory } = await killed(t, [['a'], [`b${long[0]}`], ['c', `d${long[1]}`], ['e']])
  t.same(await promised(await opened(t, directory)), ['a', `b${long[0]}`, 'c', `d${long[1]}`, 'e'])
})

type Step =
  | {
      do: 'transact'
      refuse: boolean
      writes: { what: 'add' | 'put' | 'delete'; id: number; title: string }[]
    }
  | { do: 'reopen' | 'crash' | 'checkpoint' }

t.test('whatever happens to a store, it has everything that was confirmed', async t => {
  const write = fc.record({
    what: fc.constantFrom<'add' | 'put' | 'delete'>('add', 'put', 'delete'),
    id: fc.integer({ min: 1, max: 12 }),
    title: fc.string({ unit: anyCharacter, maxLength: 8 }),
  })
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('transact' as const),
        refuse: fc.boolean(),
        writes: fc.array(write, { maxLength: 5 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constantFrom<'reopen' | 'crash' | 'checkpoint'>('reopen', 'crash', 'checkpoint'),
      }),
    },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async steps => {
      let directory = directoryFor(t)
      let store = await open(directory)
      const model = new Map<number, string>()
      let number = 0
      for (const step of steps) {
        if (step.do === 'checkpoint') await store.checkpoint()
        if (step.do === 'crash') {
          const copy = join(directoryFor(t), 'copy')
          copyState(directory, copy)
          await store.close()
          directory = copy
          store = await open(directory)
        }
        if (step.do === 'reopen') {
          await store.close()
          store = await open(directory)
        }
        if (step.do === 'transact') {
          const before = new Map(model)
          const numberBefore = number
          await store
            .transact(async tx => {
              for (const { what, id, title } of step.writes) {
                if (what === 'delete') {
                  await tx.delete('tickets', id)
                  model.delete(id)
                  continue
                }
                const fields = ticket({ title })
                const kept =
                  what === 'add'
                    ? await tx.add('tickets', fields)
                    : await tx.put('tickets', { id, ...fields })
                if (what === 'add' && kept.id !== number + 1) throw new Error(`${kept.id} after ${number}`)
                number = Math.max(number, kept.id)
                model.set(kept.id, title)
              }
              if (step.refuse) throw 'refused'
            })
            .catch(error => {
              if (error !== 'refused') throw error
              model.clear()
              for (const [id, title] of before) model.set(id, title)
              number = numberBefore
            })
        }
        const found = await store.read(tx => tx.find('tickets', {}))
        t.strictSame(
          found.map(({ id, title }) => [id, title]),
          [...model].sort(([a], [b]) => a - b),
        )
      }
      await store.close()
      t.ok(readdirSync(directory).every(name => /^(helpdesk\.(json|\d+\.journal)|files)$/.test(name)))
    }),
    runs(40),
  )
})
