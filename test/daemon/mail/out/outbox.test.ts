import t, { type Test } from 'tap'
import { LetterWords } from '../../../../daemon/mail/out/letters/letter_words.ts'
import { Outbox } from '../../../../daemon/mail/out/outbox.ts'
import { OUTBOX_WAITS, type OutboxWaits } from '../../../../daemon/mail/out/outbox_waits.ts'
import { RecoveryPace } from '../../../../daemon/mail/out/recovery_pace.ts'
import type { Result, Smarthost } from '../../../../daemon/mail/out/smarthost.ts'
import { signedIdsOf } from '../../../../daemon/mail/signed_ids.ts'
import { DAY, HOUR, MINUTE } from '../../../../data/durations.ts'
import { Failure } from '../../../../data/failure.ts'
import { openStore } from '../../../../data/json/open.ts'
import { openKeys } from '../../../../data/secret.ts'
import type { Store } from '../../../../data/store.ts'
import type { Letter } from '../../../../data/tables.ts'
import { call } from '../../../../handlers/call.ts'
import { directoryFor, eventsTo, HELPDESK, noCaps, quietStore, until } from '../../../house.ts'

const SENT: Result = { state: 'sent', reply: '250 kept' }
const OPERATOR = { actor: { kind: 'operator' }, door: 'shell' } as const
const DAEMON = { actor: { kind: 'daemon' }, door: 'daemon' } as const

/** A store with a queue and ticket 1, without letters. */
async function desk(t: Test) {
  const directory = directoryFor(t)
  let added = 0
  const log: string[] = []
  const events = eventsTo(log)
  const store = await openStore(directory, quietStore)
  t.teardown(() => store.close())
  const marks = signedIdsOf(await openKeys(directory), HELPDESK, [])
  const run = (method: string, params: Record<string, string>) =>
    call(store, [{ method, params }], { ...OPERATOR, now: new Date().toISOString() })
  await run('add_queue', { title: 'Support', slug: 'support' })
  await run('create_ticket', { queue: '1', title: 'No paper' })
  return {
    store,
    run,
    /** The logged events with a name. */
    logged: (event: string) => log.map(line => JSON.parse(line)).filter(line => line.event === event),
    open: (smarthost: Partial<Smarthost>, on: Store = store, waits: Partial<OutboxWaits> = {}) => {
      const site = {
        store: on,
        smarthost: { send: async () => SENT, close: () => {}, ...smarthost },
        signedIds: marks,
        mailAddress: HELPDESK,
        attachUpTo: 1000,
        hours: { at: '09:00', time_zone: 'UTC' },
        proofs: ['smtp-auth'] as const,
        words: new LetterWords(),
        events,
        letters: noCaps(),
      }
      const outbox = new Outbox(site, { ...OUTBOX_WAITS, ...waits })
      t.teardown(() => outbox.close())
      return outbox
    },
    /** Adds a waiting letter, each to somebody else. */
    add: (fields: Partial<Letter> = {}) => {
      const to = `erin${added++ || ''}@example.net`
      return store.transact(tx => tx.add('letters', { ...waiting(), to, ...fields }))
    },
    letter: (id: number) => store.read(tx => tx.get('letters', id)),
    followups: () => store.read(tx => tx.find('followups', { ticket: 1 })),
  }
}

function ago(milliseconds: number): string {
  return new Date(Date.now() - milliseconds).toISOString()
}

function waiting(): Omit<Letter, 'id'> {
  return {
    event: 'opened',
    to: 'erin@example.net',
    ticket: 1,
    followup: 1,
    answer: null,
    state: 'waiting',
    created: ago(MINUTE),
    due: ago(MINUTE),
    attempts: [],
  }
}

/** A smarthost that replies only when told to. */
function slow() {
  const begun: number[] = []
  const ends: ((result: Result) => void)[] = []
  const send = (id: number) => {
    begun.push(id)
    return new Promise<Result>(resolve => ends.push(resolve))
  }
  return { begun, send, end: (result: Result) => ends.shift()!(result) }
}

/** Long enough for unwanted events to happen. */
function aMoment(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 100))
}

t.test('a letter is attempted at once, and the result is recorded', async t => {
  const { open, add, letter, logged } = await desk(t)
  open({})
  const { id } = await add()
  const sent = await until('the letter', async () => {
    const found = await letter(id)
    return found?.state === 'sent' ? found : undefined
  })
  t.match(sent.attempts, [{ reply: '250 kept' }])
  t.equal(sent.attempts.length, 1)
  t.match(logged('letter_sent'), [{ letter: id, reply: '250 kept' }])
})

t.test('a file that is gone is named in the letter, and not sent', async t => {
  const { open, add, store } = await desk(t)
  const file = await store.files.put(Buffer.from('here'))
  const here = { file, filename: 'here.txt', mime_type: 'text/plain', size: 4 }
  const gone = { ...here, filename: 'gone.txt', file: '0'.repeat(64) }
  await store.transact(async tx => {
    const followup = (await tx.get('followups', 1))!
    await tx.put('followups', { ...followup, attachments: [here, gone] })
  })
  await add()
  const answer = { subject: 'get 1', message_id: null, sentences: ['Here it is.'], attachment: gone }
  await add({ event: 'answered', followup: null, answer })
  const sent = new Map<number, { text: string; names: unknown[] }>()
  open({
    send: async (id, { text, attachments = [] }) => {
      sent.set(id, { text: String(text), names: attachments.map(({ filename }) => filename) })
      return SENT
    },
  })
  await until('two letters', async () => (sent.size === 2 ? sent : undefined))
  t.match(sent.get(1), { names: ['here.txt'] })
  t.match(sent.get(1)?.text, /\nAttached: here\.txt \(4 bytes\)\nNot attached: gone\.txt \(4 bytes\)\n/)
  t.same(sent.get(2)?.names, [])
  t.match(sent.get(2)?.text, /^Here it is\.\n\nNot attached: gone\.txt \(4 bytes\)\n/)
})

t.test('a deferred letter waits longer each time', async t => {
  const { open, add, letter } = await desk(t)
  const waits = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 4 * HOUR, 4 * HOUR]
  const attempts = [...waits.keys()].map(before => Array(before).fill({ at: ago(DAY), reply: '451 later' }))
  for (const before of attempts) await add({ attempts: before })
  open({ send: async () => ({ state: 'deferred', reply: '451 later' }) })
  for (const [index, wait] of waits.entries()) {
    const kept = await until(`letter ${index + 1}`, async () => {
      const found = await letter(index + 1)
      return found && found.attempts.length > index ? found : undefined
    })
    t.equal(kept.state, 'waiting')
    t.equal(Date.parse(kept.due) - Date.parse(kept.attempts.at(-1)!.at), wait)
  }
})

for (const [what, fields, state] of [
  ['refused permanently', {}, 'failed'],
  ['deferred for five days', { created: ago(5 * DAY + MINUTE) }, 'deferred'],
  ['kept from a smarthost that is down for five days', { created: ago(5 * DAY + MINUTE) }, 'down'],
] as const) {
  t.test(`a letter that was ${what} has failed, and its ticket says so without another letter`, async t => {
    const { open, add, letter, followups, store, run, logged } = await desk(t)
    await run('change_queue', { queue: '1', updated_ticket_cc: 'all@example.org' })
    open({ send: async () => ({ state, reply: '550 no such mailbox' }) })
    const { id } = await add(fields)
    await until('the end', async () => (await letter(id))?.state === 'failed')
    const [, report] = await followups()
    t.match(report, {
      public: false,
      author: { kind: 'daemon' },
      comment: /^The letter to erin@example\.net did not arrive: 550 no such mailbox/,
    })
    t.equal((await followups()).length, 2)
    t.equal(await store.read(tx => tx.count('letters', {})), 1)
    t.match(await letter(id), { attempts: [{ reply: '550 no such mailbox' }] })
    const isRefused = state === 'failed'
    t.equal(await store.read(tx => tx.count('failing', {})), isRefused ? 1 : 0, 'only a refusal counts')
    await until('its event', () => logged('letter_failed').length === 1)
  })
}

t.test('letters are sent in order of their due time, four at once, none twice', async t => {
  const { open, add, store } = await desk(t)
  for (const minutes of [5, 9, 1, 7, 3, 8, 2, 6, 4]) await add({ due: ago(minutes * MINUTE) })
  const { begun, send, end } = slow()
  open({ send })
  await until('four', () => begun.length === 4)
  await add({ due: ago(0) })
  await aMoment()
  t.strictSame(begun, [2, 6, 4, 8])
  for (let ended = 0; ended < 10; ended++) {
    await until('one more', () => begun.length >= Math.min(10, ended + 4))
    end(SENT)
  }
  await until('the end', async () => (await store.read(tx => tx.count('letters', { state: 'sent' }))) === 10)
  t.strictSame(begun, [2, 6, 4, 8, 1, 9, 5, 7, 3, 10])
})

/** The same store; `reads` is called for each read. */
function counted(store: Store, reads: () => void): Store {
  return Object.create(store, {
    read: {
      value: (work: Parameters<Store['read']>[0]) => {
        reads()
        return store.read(work)
      },
    },
    watch: { value: store.watch.bind(store) },
    transact: { value: store.transact.bind(store) },
  })
}

t.test('an attempt reads the store twice, since each read waits for a sync', async t => {
  const { open, add, store } = await desk(t)
  for (let n = 0; n < 20; n++) await add()
  let reads = 0
  open(
    {},
    counted(store, () => reads++),
  )
  await until('all', async () => (await store.read(tx => tx.count('letters', { state: 'sent' }))) === 20)
  t.ok(reads <= 20 * 2 + 5, `${reads} reads, with those that look for letters`)
})

t.test('the outbox sleeps while no letter is due, and while all attempts are in use', async t => {
  const { open, add, store } = await desk(t)
  let reads = 0
  const counting = counted(store, () => reads++)
  await add({ due: ago(-HOUR) })
  const { begun, send, end } = slow()
  open({ send }, counting)
  await aMoment()
  t.ok(reads <= 2, `${reads} reads`)
  for (let n = 0; n < 6; n++) await add()
  await until('four', () => begun.length === 4)
  await aMoment()
  const before = reads
  await aMoment()
  t.equal(reads, before)
  for (const _ of begun.slice()) end(SENT)
  await until('the rest', () => begun.length === 6)
  end(SENT)
  end(SENT)
})

t.test('while the smarthost is down, there is a pause, and no letter is lost', async t => {
  const { open, add, letter, logged } = await desk(t)
  for (let n = 0; n < 6; n++) await add()
  let asked = 0
  open({
    send: async () => {
      asked++
      return { state: 'down', reply: 'ECONNREFUSED' }
    },
  })
  await until('the alarm', () => logged('letter_deferred').length === 4)
  await add()
  await aMoment()
  t.equal(asked, 4, 'only the attempts that had begun')
  t.match(logged('smarthost_down'), [{ level: 'error', reply: 'ECONNREFUSED' }])
  t.equal(logged('smarthost_down').length, 1)
  t.match(await letter(1), { state: 'waiting', attempts: [{ reply: 'ECONNREFUSED' }] })
  t.match(await letter(6), { state: 'waiting', attempts: [] })
  t.match(await letter(7), { state: 'waiting', attempts: [] })
})

t.test('letters that waited at the stop are sent after the next start', async t => {
  const { open, add, letter } = await desk(t)
  const { begun, send, end } = slow()
  const first = open({ send })
  for (let n = 0; n < 5; n++) await add()
  await until('four', () => begun.length === 4)
  const closed = first.close()
  for (let n = 0; n < 4; n++) end(SENT)
  await closed
  t.strictSame(begun, [1, 2, 3, 4], 'nothing begins after the close')
  t.match(await letter(1), { state: 'sent' }, 'the running attempt is recorded')
  t.match(await letter(5), { state: 'waiting', attempts: [] })
  open({})
  await until('the last', async () => (await letter(5))?.state === 'sent')
})

t.test('the close does not wait for a smarthost that never replies', async t => {
  const { open, add, letter, store } = await desk(t)
  const { begun, send, end } = slow()
  const close = () => {
    for (const _ of begun.splice(0)) end({ state: 'down', reply: 'closed' })
  }
  const outbox = open({ send, close }, store, { closing: 100 })
  await add()
  await until('it', () => begun.length === 1)
  let isClosed = false
  const closing = outbox.close().then(() => {
    isClosed = true
  })
  t.equal(begun.length, 1, 'the smarthost has time to reply')
  await until('the close', () => isClosed)
  await closing
  t.match(await letter(1), { state: 'waiting', attempts: [{ reply: 'closed' }] })
})

for (const state of ['sent', 'deferred', 'failed'] as const) {
  t.test(`a letter that is deleted with its ticket while it is ${state} stays deleted`, async t => {
    const { open, add, letter, run, logged } = await desk(t)
    const { begun, send, end } = slow()
    const outbox = open({ send })
    await add()
    await until('it', () => begun.length === 1)
    await run('delete_ticket', { ticket: '1', confirm: 'y' })
    end({ state, reply: '…' })
    await outbox.close()
    t.equal(await letter(1), undefined)
    t.strictSame([...logged('outbox_stuck'), ...logged('letter_failed')], [])
  })
}

t.test('an attempt that cannot be recorded on a full disk is recorded later, and not repeated', async t => {
  const { open, add, letter, store } = await desk(t)
  let refusals = 2
  const full: Store = Object.create(store, {
    read: { value: store.read.bind(store) },
    watch: { value: store.watch.bind(store) },
    transact: {
      value: (work: Parameters<Store['transact']>[0]) =>
        refusals-- > 0 ? Promise.reject(new Failure('full', 'No room.')) : store.transact(work),
    },
  })
  let handedOver = 0
  open(
    {
      send: async () => {
        handedOver++
        return SENT
      },
    },
    full,
    { record: 20 },
  )
  await add()
  await until('the record', async () => (await letter(1))?.state === 'sent')
  t.equal(handedOver, 1)
  t.equal((await letter(1))?.attempts.length, 1)
})

t.test('a letter that cannot be rendered waits, and the others are sent', async t => {
  const { open, add, letter, logged } = await desk(t)
  await add({ event: 'answered', answer: null })
  await add()
  open({})
  await until('the other', async () => (await letter(2))?.state === 'sent')
  await until('the record', async () => (await letter(1))?.attempts.length === 1)
  t.match(await letter(1), { state: 'waiting' })
  t.equal(logged('outbox_stuck').length, 1)
})

t.test('a letter that was returned has failed, too', async t => {
  const { add, store, followups, letter } = await desk(t)
  const { id } = await add({ state: 'sent' })
  const report = (params: Record<string, string>) =>
    call(store, [{ method: 'report_letter', params }], { ...DAEMON, now: new Date().toISOString() })
  await report({ letter: String(id), reply: '5.1.1 no such mailbox' })
  t.match(await letter(id), { state: 'failed', attempts: [{ reply: '5.1.1 no such mailbox' }] })
  t.match((await followups())[1], { public: false, comment: /erin@example\.net did not arrive: 5\.1\.1/ })
  await t.rejects(report({ letter: '99', reply: 'x' }), { message: 'There is no letter 99.' })
})

/** A smarthost with a reply for each letter, in this order; the last one repeats. */
function scripted(...results: readonly Result[]) {
  const sent: number[] = []
  const send = async (id: number) => {
    const result = results[Math.min(sent.length, results.length - 1)]!
    sent.push(id)
    return result
  }
  return { sent, send }
}

const QUICK = { retries: [20], pauses: [20], recovery: 1 }
const REFUSED: Result = { state: 'refused', reply: '554 5.2.252 SendAsDenied' }
const DOUBTED: Result = { state: 'doubted', reply: '554 no' }

t.test('a refusal of us fails no letter: all wait, one alert, and all are sent when it ends', async t => {
  const { open, add, store, logged } = await desk(t)
  for (let n = 0; n < 20; n++) await add({ to: `a${n}@b.example` })
  const replies = [
    '554 5.2.252 SendAsDenied',
    '550 5.7.30 no',
    '550 5.7.515 no',
    '432 4.3.2 throttled',
  ].flatMap(reply => Array<Result>(3).fill({ state: 'refused', reply }))
  open({ send: scripted(...replies, SENT).send }, store, QUICK)
  await until('all', async () => (await store.read(tx => tx.count('letters', { state: 'sent' }))) === 20)
  t.match(logged('smarthost_down'), [
    { level: 'error', reply: '554 5.2.252 SendAsDenied', sentence: /from its address/ },
  ])
  t.equal(logged('smarthost_down').length, 1)
  t.equal(logged('smarthost_up').length, 1)
  t.equal(await store.read(tx => tx.count('failing', {})), 0)
  t.equal(logged('letter_failed').length, 0)
})

t.test('a single refusal of us defers its letter alone if another was just sent', async t => {
  const { open, add, store, logged } = await desk(t)
  const { sent, send } = scripted(SENT, REFUSED, SENT)
  open({ send }, store, QUICK)
  await add()
  await until('the first', () => logged('letter_sent').length === 1)
  await add()
  await until('the second', () => logged('letter_sent').length === 2)
  t.same(sent, [1, 2, 2])
  t.equal(logged('smarthost_down').length, 0)
})

t.test('an unknown refusal counts against the letter once another one went through since', async t => {
  const { open, add, letter, store, logged } = await desk(t)
  let isClean = false
  const send = async (id: number) => (id === 1 || !isClean ? DOUBTED : SENT)
  open({ send }, store, QUICK)
  await add({ to: 'one@b.example' })
  await until('a few attempts', async () => ((await letter(1))?.attempts.length ?? 0) > 3)
  t.match(await letter(1), { state: 'waiting' }, 'it may be about us')
  t.equal(logged('smarthost_down').length, 1)
  isClean = true
  await add({ to: 'two@b.example' })
  await until('the end', async () => (await letter(1))?.state === 'failed')
  t.match(await letter(2), { state: 'sent' })
  t.equal(await store.read(tx => tx.count('failing', {})), 0, 'its address is not marked')
})

t.test('letters to one recipient about one ticket keep their order, and hold up no others', async t => {
  const { open, add, letter, store } = await desk(t)
  const { begun, send, end } = slow()
  open({ send }, store, { retries: [50] })
  for (let n = 0; n < 3; n++) await add({ to: 'maria@b.example' })
  await add({ to: 'other@b.example' })
  await add({
    to: 'maria@b.example',
    ticket: null,
    event: 'answered',
    answer: { subject: 'Re: x', message_id: null, sentences: ['Yes.'] },
  })
  await until('the others', () => begun.length === 3)
  t.same(begun, [1, 4, 5])
  end({ state: 'deferred', reply: '450 busy' })
  end(SENT)
  end(SENT)
  await until('the second attempt', () => begun.length === 4)
  t.equal(begun[3], 1)
  t.match(await letter(2), { state: 'waiting', attempts: [] })
  end(SENT)
  for (const next of [2, 3]) {
    await until('the next', () => begun.at(-1) === next)
    end(SENT)
  }
})

t.test('after an outage, letters go one after another, faster and faster', async t => {
  const pace = new RecoveryPace(1000)
  t.equal(pace.left(0), 0)
  pace.start()
  const gaps: number[] = []
  for (let now = 0, n = 0; n < 200; n++) {
    pace.count(now)
    const left = pace.left(now)
    now += left
    gaps.push(left)
  }
  t.same([gaps[0], gaps[19], gaps[20], gaps[40], gaps[199]], [1000, 1000, 500, 250, 20])
  pace.count(0)
  pace.end()
  t.equal(pace.left(0), 0)
})
