import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { MINUTE } from '../../data/durations.ts'
import { Failure } from '../../data/failure.ts'
import { tables } from '../../data/indexes.ts'
import type { Store, Tx } from '../../data/store.ts'
import { type Answer, type Command, call, type Options } from '../../handlers/call.ts'
import { agent, ann, type Desk, desk, fred, LATER, NOW, operator, refusal, susan } from './fixture.ts'

const SECRET = 'correct horse battery'
const hold: Command = { method: 'hold_ticket', params: { ticket: '31794' } }
const nothing: Command = { method: 'hold_ticket', params: { ticket: '99999' } }
const options: Options = { actor: susan, door: 'http', now: NOW }

t.test('a number or a boolean from a door is taken unchanged', async t => {
  const { store, ticket, all } = await desk(t)
  const params = { ticket: 31794, message: 'x', public: true }
  t.match(await call(store, [{ method: 'add_followup', params }], options), [
    { says: 'A public follow-up is added to ticket 31794.' },
  ])
  t.match(await all('followups'), [{ ticket: 31794, public: true }])
  const create = { method: 'create_ticket', params: { queue: 1, title: 'x', priority: 2, assigned_to: 2 } }
  await call(store, [create], options)
  t.match(await ticket(31795), { queue: 1, priority: 2, assigned_to: 2 })
})

t.test('several commands run in order, all or none', async t => {
  const { store, ticket, all } = await desk(t)
  t.match(await refusal(call(store, [hold, nothing], options)), {
    code: 'not_found',
    message: 'There is no ticket 99999.',
  })
  t.match(await ticket(), { on_hold: false, version: 1 })
  t.same(await all('followups'), [])

  const unhold = { ...hold, method: 'unhold_ticket' }
  const answers = await call(store, [hold, unhold, hold], options)
  t.same(
    answers.map(({ says }) => says),
    ['Ticket 31794 is on hold.', 'Ticket 31794 is not on hold.', 'Ticket 31794 is on hold.'],
  )
  t.match(await ticket(), { on_hold: true, version: 4 })
  t.equal((await all('followups')).length, 3)
})

t.test('room is checked if any command needs it', async t => {
  const { store, all, ticket } = await desk(t)
  let recorded = 0
  const room = async () => {
    throw new Failure('full', 'No room.')
  }
  const also = async () => {
    recorded++
  }
  const list: Command = { method: 'list_queues', params: {} }
  const remove: Command = { method: 'delete_ticket', params: { ticket: '31794', confirm: 'y' } }
  const unreadable = { refused: new Failure('invalid', 'What?') }
  for (const commands of [[hold], [list, hold], [nothing], [unreadable]])
    t.match(await refusal(call(store, commands, { ...options, room, also })), { code: 'full' })
  t.equal(recorded, 0, 'the refusal is not recorded, so the call can be made again')
  const dry = { ...hold, params: { ...hold.params, dry_run: 'y' } }
  t.match(await call(store, [dry], { ...options, room }), [{ says: /Ticket 31794 is on hold\./ }])
  t.match(await ticket(), { on_hold: false })
  t.match(await call(store, [list, remove], { ...options, room, also }), [
    {},
    { says: 'Ticket 31794 is deleted.' },
  ])
  t.same(await all('tickets'), [])
  t.match(await refusal(call(store, [remove], { ...options, room, also })), { code: 'not_found' })
  t.ok(recorded > 0)
})

t.test('the first mistake is the one that is refused', async t => {
  const { store, put } = await desk(t)
  await put('users', { ...agent(4, 'gone', ['gone@example.org']), admin: true, active: false })
  const gone = { kind: 'user', user: 4 } as const
  const nobody = { kind: 'user', user: 77 } as const
  const bad = { ticket: '31794abc', message: '', nonsense: '1' }
  const table: [string, string, Command['params'], Partial<Options>, string, string | RegExp][] = [
    [
      'an unknown method',
      'explode',
      {},
      { actor: gone },
      'not_found',
      'There is no method "explode"; "help" lists the methods.',
    ],
    [
      'a name of Object.prototype',
      'constructor',
      {},
      {},
      'not_found',
      'There is no method "constructor"; "help" lists the methods.',
    ],
    [
      'an inactive user',
      'add_user',
      bad,
      { actor: gone, door: 'mail' },
      'unauthenticated',
      'This user is no longer active; ask an administrator.',
    ],
    [
      'a user who does not exist',
      'add_user',
      bad,
      { actor: nobody, door: 'mail' },
      'unauthenticated',
      'This user is no longer active; ask an administrator.',
    ],
    [
      'a submitter',
      'resolve',
      bad,
      { actor: ann, door: 'mail' },
      'forbidden',
      'Only users of this helpdesk can call resolve.',
    ],
    [
      'an agent without permission',
      'add_user',
      bad,
      { actor: fred, door: 'mail' },
      'forbidden',
      'Only administrators can call add_user, and fred is not one.',
    ],
    [
      'a wrong door',
      'add_user',
      bad,
      { door: 'mail' },
      'forbidden',
      'add_user cannot be called by mail; use http or shell.',
    ],
    [
      'a method of the helpdesk itself',
      'report_letter',
      bad,
      {},
      'forbidden',
      'Only the helpdesk itself can call report_letter.',
    ],
    ['missing', 'add_followup', { ticket: '99999' }, {}, 'invalid', 'message is missing; give some text.'],
    [
      'empty',
      'add_followup',
      { ticket: '99999', message: '' },
      {},
      'invalid',
      'message is empty; give some text.',
    ],
    [
      'blank',
      'add_followup',
      { ticket: '99999', message: ' \n' },
      {},
      'invalid',
      'message: there is no visible text; give some text.',
    ],
    [
      'invalid',
      'add_followup',
      { ticket: '1e3', message: 'x' },
      {},
      'invalid',
      'ticket: "1e3" is not a ticket number; give only digits, like 31794.',
    ],
    [
      'invalid before not found',
      'add_followup',
      { ticket: '99999', message: 'x', public: 'Y' },
      {},
      'invalid',
      'public: "Y" is neither y nor n; give one of them.',
    ],
    [
      'a value of a wrong type',
      'add_followup',
      { ticket: true, message: 'x' },
      {},
      'invalid',
      'ticket: true is not a ticket number; give only digits, like 31794.',
    ],
    [
      'a number instead of text',
      'add_followup',
      { ticket: 99999, message: 7 },
      {},
      'invalid',
      'message: 7 is not text; give some text.',
    ],
    [
      'not found',
      'add_followup',
      { ticket: '99999', message: 'x', public: 'y' },
      {},
      'not_found',
      'There is no ticket 99999.',
    ],
  ]
  for (const [name, method, params, more, code, message] of table) {
    const refused = await refusal(call(store, [{ method, params }], { ...options, ...more }))
    t.match(refused, { code, message }, `${name}: ${refused.message}`)
    t.ok(refused.message.length <= 300, 'the sentence is short')
  }
})

t.test('the user is loaded again when the call runs', async t => {
  const { store, put } = await desk(t)
  const add = { method: 'add_queue', params: { title: 'Sales', slug: 'sales' } }
  await put('users', { ...agent(1, 'susan', ['susan@example.org']), admin: false })
  t.match(await refusal(call(store, [add], options)), { code: 'forbidden' })
  await put('users', { ...agent(1, 'susan', ['susan@example.org']), admin: true })
  t.match(await call(store, [add], options), [{ gives: 2 }])
})

t.test('a repeat gets the first answer and writes nothing', async t => {
  const { store, ticket, all } = await desk(t)
  const create: Command = {
    method: 'create_ticket',
    params: { queue: '1', title: 'Once' },
    once: { key: 'a', milliseconds: MINUTE },
  }
  const told: unknown[] = []
  const also: Options['also'] = async (_, outcome) => void told.push(outcome)
  const [first] = await call(store, [create], options)
  t.match(first, { gives: 31795, tickets: [31795] })
  const [again] = await call(store, [create], { ...options, now: secondsAfter(30), also })
  t.match(again, { says: first!.says, gives: 31795, tickets: [], heard: [] })
  t.same(told, [], 'the door adds no records to a repeat')
  t.equal((await all('followups')).length, 1)

  const other: Command = { ...hold, once: { key: 'b', milliseconds: MINUTE } }
  const both = await call(store, [create, other], { ...options, also })
  t.same(
    both.map(({ says }) => says),
    ['Ticket 31795 is open in queue Support.', 'Ticket 31794 is on hold.'],
  )
  t.match(await ticket(), { on_hold: true }, 'of two commands, the new one runs')
  t.equal((await all('tickets')).length, 2)
  t.equal(told.length, 2, 'the door adds its records (twice, since this store runs everything twice)')

  const [third] = await call(store, [create], { ...options, now: secondsAfter(61) })
  t.match(third, { gives: 31796 }, 'after the key has expired, it is a new call')
  const [fourth] = await call(store, [create], { ...options, now: secondsAfter(62) })
  t.match(fourth, { gives: 31796 }, 'the new call is the first one from then on')
})

t.test('a key in its former form is valid until it expires', async t => {
  const { store, all } = await desk(t)
  const create: Command = {
    method: 'create_ticket',
    params: { queue: '1', title: 'Once' },
    once: { key: 'short', former: 'the long one', milliseconds: MINUTE },
  }
  const says = 'Ticket 7 is open in queue Support.'
  await store.transact(tx =>
    tx.put('once', {
      id: 'the long one',
      expires: secondsAfter(60),
      answer: { says, gives: 7 },
      refusal: null,
    }),
  )
  t.match(await call(store, [create], options), [{ says, gives: 7 }])
  const tickets = (await all('tickets')).length
  t.match(await call(store, [create], { ...options, now: secondsAfter(61) }), [{ gives: 31795 }])
  t.equal((await all('tickets')).length, tickets + 1)
})

t.test('of a method that only reads, the key is kept without the answer', async t => {
  const { store, all } = await desk(t)
  const list: Command = { method: 'list_users', params: {}, once: { key: 'a', milliseconds: MINUTE } }
  const told: unknown[] = []
  const also: Options['also'] = async (_, outcome) => void told.push(outcome)
  t.match(await call(store, [list], { ...options, also }), [{ says: /susan/, gives: { length: 2 } }])
  t.match(await all('once'), [{ answer: { says: '', gives: '' }, refusal: null }])
  const before = told.length
  await call(store, [list], { ...options, also })
  t.equal(told.length, before, 'the door adds no records to a repeat')
})

t.test('a refusal is remembered only if the door records it', async t => {
  const { store, all } = await desk(t)
  const once = { key: 'c', milliseconds: MINUTE }
  const early: Command = { method: 'hold_ticket', params: { ticket: '31795' }, once }
  t.match(await refusal(call(store, [early], options)), { code: 'not_found' })
  t.same(await all('once'), [])

  const alsoRefused: Options['alsoRefused'] = async (tx, refusal) => record(tx, refusal)
  const mail = { ...options, alsoRefused }
  t.match(await refusal(call(store, [early], mail)), { code: 'not_found' })
  t.equal((await all('mails')).length, 1)
  await call(store, [{ method: 'create_ticket', params: { queue: '1', title: 'x' } }], options)
  t.match(await refusal(call(store, [early], mail)), {
    code: 'not_found',
    message: 'There is no ticket 31795.',
  })
  t.equal((await all('mails')).length, 1, 'a repeat of a refusal is not recorded again')
  t.match(await call(store, [early], { ...mail, now: LATER }), [{ says: 'Ticket 31795 is on hold.' }])
})

t.test('a repeated refusal is recorded again for a new command of the same call', async t => {
  const { store, all } = await desk(t)
  const alsoRefused: Options['alsoRefused'] = async (tx, refusal) => record(tx, refusal)
  const mail = { ...options, alsoRefused }
  const first: Command = { ...nothing, once: { key: 'first', milliseconds: MINUTE } }
  const second: Command = { ...hold, once: { key: 'second', milliseconds: MINUTE } }
  await refusal(call(store, [first], mail))
  for (const _ of [1, 2])
    t.match(await refusal(call(store, [first, second], mail)), { message: 'There is no ticket 99999.' })
  t.equal((await all('mails')).length, 2)
})

t.test('a refusal after a repeat is recorded and does not change the first answer', async t => {
  const { store, all } = await desk(t)
  const first: Command = { ...hold, once: { key: 'first', milliseconds: MINUTE } }
  const second: Command = { ...nothing, once: { key: 'second', milliseconds: MINUTE } }
  const alsoRefused: Options['alsoRefused'] = async (tx, refusal) => record(tx, refusal)
  await call(store, [first], options)
  t.match(await refusal(call(store, [first, second], { ...options, alsoRefused })), { code: 'not_found' })
  t.match(await all('mails'), [{ reasons: ['There is no ticket 99999.'] }])
  t.match(await call(store, [first], options), [{ says: 'Ticket 31794 is on hold.' }])
})

t.test('the records of the door are in the same commit', async t => {
  const { store, ticket, all } = await desk(t)
  const also: Options['also'] = async (tx, outcome) => record(tx, outcome)
  await call(store, [hold], { ...options, also })
  t.match(await all('mails'), [{ reasons: ['Ticket 31794 is on hold.'], tickets: [31794] }])

  const fails: Options['also'] = async () => {
    throw new Error('a bug of the door')
  }
  await t.rejects(call(store, [{ ...hold, method: 'unhold_ticket' }], { ...options, also: fails }), {
    message: 'a bug of the door',
  })
  t.match(await ticket(), { on_hold: true }, 'without them, nothing is changed')
})

t.test('a permanent refusal is recorded in a second commit, a temporary one is not', async t => {
  const { store, all } = await desk(t)
  const alsoRefused: Options['alsoRefused'] = async (tx, refusal) => record(tx, refusal)
  await refusal(call(store, [hold, nothing], { ...options, alsoRefused }))
  t.match(await all('mails'), [{ reasons: ['There is no ticket 99999.'], tickets: [] }])
  await refusal(call(store, [{ method: 'explode', params: {} }], { ...options, alsoRefused }))
  t.equal((await all('mails')).length, 2)

  for (const code of ['full', 'unavailable', 'too_many'] as const) {
    const refused = refusal(call(failing(store, code), [hold], { ...options, alsoRefused }))
    t.match(await refused, { code })
  }
  t.equal((await all('mails')).length, 2)
})

t.test('a dry run changes nothing and says what would happen and who would be notified', async t => {
  const desk = await furnished(t)
  const before = await everything(desk)
  const params = { queue: '1', title: 'Dry', submitter_email: 'Ann@example.net', assigned_to: 'fred' }
  const create: Command = { method: 'create_ticket', params: { ...params, dry_run: 'y' } }
  const wet: Command = { method: 'delete_ticket', params: { ticket: '31794', confirm: 'y' } }
  const [created, deleted] = await call(desk.store, [create, wet], options)
  const says =
    'Nothing is changed, since this is a dry run. The call would do this:\nTicket 31795 is open in queue Support.\nLetters go to Ann@example.net, fred@example.org.'
  const would = {
    says: 'Ticket 31795 is open in queue Support.',
    tickets: [31795],
    heard: ['Ann@example.net', 'fred@example.org'],
  }
  t.same(created, { says, gives: 31795, tickets: [], heard: [], heldBack: [], would })
  t.match(
    deleted,
    { says: /dry run\. [\s\S]+\nTicket 31794 is deleted\.\nNobody gets a letter\.$/ },
    'all of a call',
  )
  const bad = { method: 'hold_ticket', params: { ticket: '9', dry_run: true } }
  t.match(await refusal(call(desk.store, [bad], options)), { code: 'not_found' })
  const unclear = { method: 'hold_ticket', params: { ticket: '31794', dry_run: 'maybe' } }
  t.match(await refusal(call(desk.store, [unclear], options)), { code: 'invalid' })
  t.same(await everything(desk), before)
  const wetCreate = { method: 'create_ticket', params: { ...params, dry_run: 'n' } }
  t.match(await call(desk.store, [wetCreate], options), [{ gives: 31795 }], 'the dry run used no number')
})

t.test('what the door records about a dry run is kept, and a repeat gets the same answer', async t => {
  const desk = await furnished(t)
  let recorded = 0
  const also = async () => {
    recorded++
  }
  const once = { key: 'd', milliseconds: MINUTE }
  const dry: Command = { method: 'hold_ticket', params: { ticket: '31794', dry_run: 'y' }, once }
  const [first] = await call(desk.store, [dry], { ...options, also })
  t.ok(recorded > 0)
  recorded = 0
  const [again] = await call(desk.store, [dry], { ...options, also })
  t.equal(recorded, 0, 'not again for a repeat')
  t.equal(again!.says, first!.says)
  t.match(await desk.all('tickets'), [{ on_hold: false }])
})

t.test('a dry run keeps no secret under its key', async t => {
  const { store, all } = await furnished(t)
  const once = { key: 's', milliseconds: MINUTE }
  const params = { username: 'susan', label: 'x', dry_run: 'y' }
  const [answer] = await call(store, [{ method: 'issue_token', params, once }], options)
  t.match(answer!.says, 'hdt_')
  t.notMatch(JSON.stringify(await all('once')), 'hdt_')
  t.same(await all('tokens'), [])
})

t.test('a command may name several tickets: all of them change, or none', async t => {
  const desk = await furnished(t)
  for (const title of ['a', 'b', 'c'])
    await call(desk.store, [{ method: 'create_ticket', params: { queue: '1', title } }], options)
  const holding = (ticket: string, more = {}) =>
    call(desk.store, [{ method: 'hold_ticket', params: { ticket, ...more } }], options)
  t.match(await holding('31794, 31796-31797,31796'), [
    {
      says: 'Ticket 31794 is on hold.\nTicket 31796 is on hold.\nTicket 31797 is on hold.',
      tickets: [31794, 31796, 31797],
    },
  ])
  const named = { queue: '1', title: 'd', reference: 'INV-7' }
  await call(desk.store, [{ method: 'create_ticket', params: named }], options)
  t.match(await holding('31798,ref:INV-7, 31796-31796'), [
    { says: 'Ticket 31798 is on hold.\nTicket 31798 is on hold.\nTicket 31796 is on hold.' },
  ])
  await call(
    desk.store,
    [{ method: 'delete_ticket', params: { ticket: 'ref:INV-7', confirm: 'y' } }],
    options,
  )
  const isHeld = async () => (await desk.all('tickets')).map(({ on_hold }) => on_hold)
  t.same(await isHeld(), [true, false, true, true])
  const refused: [string, RegExp][] = [
    ['31795,99', /^There is no ticket 99\.$/],
    ['31797-31795', /^ticket: "31797-31795" is not a range; give the smaller number first\.$/],
    ['31795-31895', /^ticket: this names more than 50 tickets/],
    ['1-99999999999999999999', /^ticket: this names more than 50 tickets/],
    [`1,${'2,'.repeat(2000)}`, /^ticket: this names more than 50 tickets/],
    ['31795,', /^ticket is empty; give a ticket number/],
    ['31795,x', /^ticket: "x" is not a ticket number/],
    ['1-2-3', /^ticket: "1-2-3" is not a ticket number/],
  ]
  for (const [given, message] of refused)
    t.match((await refusal(holding(given))).message, message, given.slice(0, 30))
  t.match((await refusal(holding('31795,31796', { expect: '1' }))).message, /^expect: it is about one ticket/)
  t.same(await isHeld(), [true, false, true, true])
})

t.test('a change that expects another version of the ticket is refused', async t => {
  const desk = await furnished(t)
  const holding = (expect: string) =>
    call(desk.store, [{ method: 'hold_ticket', params: { ticket: '31794', expect } }], options)
  const version = (await desk.all('tickets'))[0]!.version
  t.match(await refusal(holding(String(version + 1))), {
    code: 'invalid',
    message: `expect: ticket 31794 has no version ${version + 1} yet; its version is ${version}.`,
  })
  t.match(await holding(String(version)), [{ says: 'Ticket 31794 is on hold.' }])
  t.match(await refusal(holding(String(version))), {
    code: 'conflict',
    message: `Ticket 31794 has changed since version ${version}; its version is ${version + 1} now. Look at it again, then decide.`,
  })
})

t.test('a password is kept only as a hash, which is made before the transaction', async t => {
  const { store, all, directory, call: one, say } = await desk(t)
  // The store `twice` fails any work that awaits something else than its tx, such as hashing.
  const added = await one('add_user', { username: 'tom', email: 'tom@example.org', new_password: SECRET })
  t.match(added, { gives: 3 })
  const set = await one('set_password', { username: 'susan', new_password: SECRET })
  const users = await all('users')
  t.match(users[0]!.password_hash, /^\$2b\$10\$/)
  t.match(users[2]!.password_hash, /^\$2b\$10\$/)
  t.not(users[0]!.password_hash, users[2]!.password_hash)

  const said: unknown[] = [added, set, await one('list_users')]
  const wrong: [string, Record<string, string>, Partial<Options>, RegExp][] = [
    ['set_password', { username: 'nobody' }, {}, /There is no user nobody/],
    ['set_password', { username: 'susan' }, { actor: fred }, /Only an administrator/],
    ['set_password', { username: 'susan' }, { door: 'mail' }, /cannot be called by mail/],
    ['add_user', { username: 'susan', email: 'x@example.org' }, {}, /is taken by/],
  ]
  for (const [method, params, more, message] of wrong) {
    const refused = await refusal(one(method, { ...params, new_password: SECRET }, more))
    t.match(refused.message, message)
    said.push(refused)
  }
  for (const password of ['pass 1', `${SECRET}\0`, SECRET.repeat(4)]) {
    const refused = await refusal(one('set_password', { username: 'susan', new_password: password }))
    t.match(refused, { code: 'invalid', message: /^new_password: The password / })
    t.notOk(refused.message.includes(password))
    said.push(refused)
  }
  const empty = refusal(one('set_password', { username: 'susan', new_password: '' }))
  t.match(await empty, {
    code: 'invalid',
    message: 'new_password is empty; give at least 8 characters and at most 72 bytes.',
  })
  said.push(await refusal(say(`hold_ticket ticket="${SECRET.slice(0, 3)}"`)))
  t.notOk(JSON.stringify(said).includes(SECRET))
  await store.close()
  for (const file of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (file.isFile())
      t.notOk(readFileSync(join(file.parentPath, file.name), 'utf8').includes(SECRET), file.name)
  }
})

t.test('a caller without permission causes no slow work', async t => {
  const { store, call: one } = await desk(t)
  // A check of the password would refuse it as too short.
  const params = { username: 'tom', email: 'tom@example.org', new_password: 'short' }
  t.match(await refusal(one('add_user', params, { actor: fred })), { code: 'forbidden' })
  t.match(await refusal(one('add_user', params, { door: 'mail' })), { code: 'forbidden' })
  t.match(await refusal(one('add_user', params, { actor: { kind: 'user', user: 9 } })), {
    code: 'unauthenticated',
  })
  t.match(await refusal(one('add_user', params, { actor: operator })), { code: 'invalid' })
  t.equal((await store.read(tx => tx.find('users', {}))).length, 2)
})

async function furnished(t: Parameters<typeof desk>[0]): Promise<Desk> {
  const made = await desk(t)
  await made.call('add_followup', { ticket: '31794', message: 'so far' })
  return made
}

async function everything({ all }: Desk): Promise<unknown> {
  return Promise.all(tables.map(async table => [table, await all(table)]))
}

/** A record that a door adds to a call. */
async function record(tx: Tx, outcome: readonly Answer[] | Failure): Promise<void> {
  const refused = outcome instanceof Failure
  await tx.add('mails', {
    received: NOW,
    peer: '127.0.0.1',
    envelope_from: '',
    recipients: [],
    from: null,
    subject: '',
    message_id: null,
    verdict: 'command',
    reasons: refused ? [outcome.message] : outcome.map(({ says }) => says),
    user: null,
    tickets: refused ? [] : outcome.flatMap(({ tickets }) => tickets),
    raw: null,
  })
}

/** A store that refuses the first transaction and accepts later ones. */
function failing(store: Store, code: 'full' | 'unavailable' | 'too_many'): Store {
  let refused = false
  return {
    ...store,
    read: work => store.read(work),
    transact: async work => {
      if (refused) return store.transact(work)
      refused = true
      throw new Failure(code, 'Not now.')
    },
  }
}

function secondsAfter(seconds: number): string {
  return new Date(Date.parse(NOW) + seconds * 1000).toISOString()
}
