import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { meaningOf } from '../../../daemon/codes.ts'
import { connect } from '../../../daemon/shell/client.ts'
import { saidBy, withInput } from '../../../daemon/shell/command_line.ts'
import { type Done, refused } from '../../../daemon/shell/run.ts'
import { openSocket } from '../../../daemon/shell/socket.ts'
import { socketPath } from '../../../daemon/shell/socket_path.ts'
import { openStore } from '../../../data/json/open.ts'
import { Passwords } from '../../../data/password/password.ts'
import type { Store } from '../../../data/store.ts'
import { withoutTokens } from '../../../data/token.ts'
import { methods } from '../../../handlers/index.ts'
import { anyCharacter } from '../../any_character.ts'
import {
  directoryFor,
  house,
  noCaps,
  noInput,
  quietEvents,
  quietStore,
  sharesOf,
  until,
} from '../../house.ts'
import { runs } from '../../runs.ts'

const events = quietEvents()
/** There is always room. */
const enough = { room: async () => {}, letters: noCaps(), passwords: new Passwords(), events }
const EXITS = new Set([0, 65, 66, 75, 77])

/** Every method, in an order that works on an empty store, with its sentence. */
const round: readonly (readonly [string[], string, number?])[] = [
  [['add_queue', 'title=Support', 'slug=support'], 'Queue Support is added with the id 1.'],
  [['change_queue', 'queue=support', 'title=Help desk'], 'Queue Help desk is changed.'],
  [['list_queues'], '1 support Help desk'],
  [['queues'], '1 support Help desk'],
  [
    ['add_user', 'username=tom', 'email=tom@example.org', 'new_password=a long sentence'],
    'User tom is added with the id 1.',
  ],
  [['change_user', 'username=tom', 'full_name=Tom Thumb'], 'User tom is changed.'],
  [['set_password', 'username=tom', 'new_password=another one'], 'The password of tom is set.'],
  [['user', 'tom'], 'User tom has the id 1.'],
  [['find_user', 'username=tom'], 'User tom has the id 1.'],
  [['list_users'], '1 tom tom@example.org'],
  [['create', 'support:', 'The printer', 'is on fire'], 'Ticket 1 is open in queue Help desk.'],
  [['create_ticket', 'queue=1', 'title=a = b'], 'Ticket 2 is open in queue Help desk.'],
  [['hold 1: two words'], 'Ticket 1 is on hold.'],
  [['hold', '[support-1]:', 'once more'], 'Ticket 1 is on hold.'],
  [['unhold', '#1'], 'Ticket 1 is not on hold.'],
  [['hold_ticket', 'ticket=1', 'reason='], 'Ticket 1 is on hold.'],
  [['unhold_ticket', 'ticket=1'], 'Ticket 1 is not on hold.'],
  [['priority', '1', '2'], 'Ticket 1 has priority 2.'],
  [['due', '1', '24', 'dec', '2099:', 'the fair'], 'Ticket 1 is due on Thursday, 24 December 2099.'],
  [['due', '1', '2026-02-01'], 'due_date: "2026-02-01" is Sunday, 1 February 2026, which is past', 65],
  [['set_due', 'ticket=1', 'due_date=none'], 'Ticket 1 has no due date.'],
  [['followup', '1', 'public:', 'a\nb'], 'A public follow-up is added to ticket 1.'],
  [['add_followup', 'ticket=1', 'message=x'], 'A private follow-up is added to ticket 1.'],
  [['title', '1: The fire is out'], 'The title of ticket 1 is: The fire is out'],
  [['submitter', '1', 'ann@example.net'], 'Ticket 1 has the submitter ann@example.net.'],
  [['assign', '1', 'tom'], 'Ticket 1 is assigned to tom.'],
  [['take', '1'], 'Only a user can take a ticket', 77],
  [['next'], 'Only a user can take a ticket', 77],
  [['move', '1', 'support'], 'Ticket 1 is in queue Help desk.'],
  [['watch', '1', 'eve@example.net'], 'eve@example.net watches ticket 1.'],
  [['unwatch', '1', 'eve@example.net'], 'eve@example.net does not watch ticket 1.'],
  [['hold', '1', 'until', 'answer'], 'Ticket 1 is on hold until the submitter answers.'],
  [['hold', '1', 'until', '31', 'feb'], 'until: "31 feb" is no day of this year or the next', 65],
  [['escalation', 'support'], 'does not rise: it is on hold until the submitter answers'],
  [['report', 'support', 'this', 'month'], '2 opened, 2 still open'],
  [['report', 'month=smarch'], 'month: "smarch" is not a month', 65],
  [['resolve', '1:', 'It is out.'], 'Ticket 1 is resolved.'],
  [['resolve', '2', 'like', '1'], 'Ticket 2 is resolved.'],
  [['reopen', '1'], 'Ticket 1 is reopened.'],
  [['close', '1'], 'Ticket 1 is closed.'],
  [['duplicate', '2', 'of', '1'], 'Ticket 2 is a duplicate of ticket 1.'],
  [['redact', '1', 'followup', '1'], 'Follow-up 1 of ticket 1 is redacted.'],
  [['history', '1'], 'operator (shell): on hold from no to yes'],
  [['escalation', 'ticket', '1'], 'does not rise: it is not open'],
  [['show', '1'], '1 The fire is out'],
  [['list', 'support', 'closed'], '1 The fire is out'],
  [['mine'], 'There are no such tickets.'],
  [['whoami'], 'You are the operator, who may call every method.'],
  [['notify', 'mine'], 'The operator gets no letters; use change_user for those of a user.', 77],
  [['attachment', '1', '1'], 'Ticket 1 has no attachment 1', 66],
  [['delete', '2', 'confirm'], 'Ticket 2 is deleted.'],
  [['original', '1', 'followup', '1'], 'Follow-up 1 of ticket 1 has no original', 66],
  [['attachments', '1'], 'Ticket 1 has no attachments.'],
  [['issue_token', 'username=tom', 'label=x'], 'Token 1 of tom, shown only once: hdt_'],
  [['list_tokens'], '1 tom x, never used'],
  [['revoke_token', 'token=1'], 'Token 1, x, is revoked.'],
  [
    ['ignore', '*@spam.example:', 'Spam'],
    'Mail from *@spam.example is ignored in all queues; this is entry 1.',
  ],
  [
    ['add_ignore', 'email=ann@*', 'queues=support'],
    'Mail from ann@* is ignored in queue Help desk; this is entry 2.',
  ],
  [['ignores'], '1 *@spam.example in all queues: Spam\n2 ann@* in queue Help desk'],
  [['ignore', '*@*'], 'email: "*@*" stands for every address', 65],
  [['unignore', '1'], 'Entry 1 of the ignore list, *@spam.example, is removed.'],
  [['unignore', '1'], 'There is no entry 1 in the ignore list.', 66],
  [['remove_ignore', 'ignore=ann@*'], 'Entry 2 of the ignore list, ann@*, is removed.'],
  [['exclude', 'saturdays'], 'Saturday no longer counts in any queue; this is exclusion 1.'],
  [
    ['exclude', '24', 'dec', '2026', 'to', '2', 'jan', 'in', 'support:', 'Closed'],
    '10 days, from Thursday, 24 December 2026 to Saturday, 2 January 2027, no longer count in queue Help desk; these are exclusions 2 to 11.',
  ],
  [
    ['add_exclusion', 'yearly=12-25', 'queues=support'],
    '25 December of every year no longer counts in queue Help desk',
  ],
  [['exclude', 'saturday'], 'That is excluded already: exclusion 1, every Saturday in all queues.', 75],
  [['exclude', 'the', 'day', 'after'], 'date: "the day after" is not understood as a day', 65],
  [
    ['exclusions', 'support'],
    '1 every Saturday in all queues\n12 25 December of every year in queue Help desk',
  ],
  [['import_exclusions', 'calendar=x'], 'There is no calendar in this', 65],
  [['unexclude', '2', 'to', '11'], 'Removed:\n2 Thursday, 24 December 2026 in queue Help desk: Closed'],
  [['unexclude', 'saturday'], 'Removed: 1 every Saturday in all queues'],
  [['remove_exclusion', 'exclusion=1'], 'There is no exclusion 1;', 66],
  [['failing'], 'Letters reach all addresses, as far as is known.'],
  [['clear', 'ann@example.net'], 'No letter to ann@example.net has failed', 66],
  [['list_held_back'], 'No letter was held back in the last day.'],
  [['mails'], 'There are no such mails.'],
  [['why', '1'], 'There is no record of mail 1.', 66],
  [['letters', 'failed', 'to', 'ann@example.net', '1'], 'There are no such letters.'],
  [['letter', '99'], 'There is no record of letter 99.', 66],
  [['retry', 'letter', '99'], 'There is no record of letter 99.', 66],
  [['retry', 'failed', 'since', '2026-03-01'], 'No letter is tried again.'],
  [['drop', '#99'], 'There is no record of letter 99.', 66],
  [['help', 'queues'], 'queues\n'],
  [['hold', '2'], 'There is no ticket 2.', 66],
  [['hold_ticket', 'ticket=x'], 'ticket: "x" is not a ticket number', 65],
  [['hold_ticket', 'tikcet=1'], 'hold_ticket has no parameter "tikcet"', 65],
  [['hold_ticket', '__proto__=1'], 'hold_ticket has no parameter "__proto__"', 65],
  [['add_user', 'username=tom', 'email=tim@example.org'], 'tom', 75],
]

/** Replaces what differs between two calls of the same: tokens and moments, which may lie in two minutes. */
function withoutInstants(done: Done | undefined): string {
  return withoutTokens(JSON.stringify(done)).replace(/[0-9-]{10}(?:T[0-9:.]{12}Z| [0-9:]{5})/g, 'then')
}

t.test('every method gives the same sentences over the socket and on the store itself', async t => {
  const empty = async (t: Test) => {
    const directory = directoryFor(t)
    const store = await openStore(directory, quietStore)
    return { directory, store }
  }
  const behind = await empty(t)
  const { close } = await openSocket(sharesOf(behind.store), behind.directory, enough)
  const alone = await empty(t)
  await alone.store.close()
  const clients = [await connect(behind.directory, events), await connect(alone.directory, events)]
  for (const [words, says, exit = 0] of round) {
    const done: Done[] = []
    for (const client of clients) done.push(await client.run(await withInput(saidBy(words), noInput)))
    const [overSocket, onStore] = done
    t.same(withoutInstants(overSocket), withoutInstants(onStore), words.join(' '))
    t.match(overSocket, { exit, says }, words.join(' '))
  }
  for (const client of clients) await client.close()
  const called = new Set(
    await Promise.all(round.map(async ([words]) => (await withInput(saidBy(words), noInput)).method)),
  )
  t.same(
    [...methods.values()].filter(
      ({ name, doors }) => !called.has(name) && (doors?.includes('shell') ?? true),
    ),
    [],
    'no method is missing',
  )
  t.equal(statSync(socketPath(behind.directory)).mode & 0o777, 0o600)
  await close()
  await behind.store.close()
  t.notOk(readdirSync(behind.directory).includes('helpdeskd.sock'), 'it is removed')
})

t.test('the operator can call a method in the name of a user', async t => {
  const { directory, config, daemon, susan } = await house(t)
  await susan('create_ticket', { queue: '1', title: 'x' })
  const say = async (as: string, ...words: string[]) => {
    const client = await connect(config.state_dir, events)
    const command = await withInput(saidBy(words), noInput)
    return client.run({ ...command, as }).finally(() => client.close())
  }
  t.match(await say('fred', 'hold', '1'), { exit: 0, says: 'Ticket 1 is on hold.' })
  const refused = 'Only administrators can call list_users, and fred is not one.'
  t.match(await say('fred', 'users'), { exit: 77, says: refused }, 'with the permissions of that user')
  t.match(await say('nobody', 'hold', '1'), { exit: 66, says: 'There is no user "nobody".' })
  await susan('change_user', { username: 'fred', active: 'n' })
  t.match(await say('fred', 'hold', '1'), { exit: 77, says: /no longer active/ })
  await daemon.stop()
  t.match(await say('susan', 'unhold', '1'), { exit: 0 }, 'also if no daemon runs')
  const snapshot = readFileSync(join(directory, 'state/helpdesk.json'), 'utf8')
  t.match(snapshot, /"author":{"kind":"user","user":2},"door":"shell"/)
  t.match(snapshot, /"author":{"kind":"user","user":1},"door":"shell"/)
})

t.test('standard input is the text of a body, only if no text is given', async t => {
  const asked: string[] = []
  const input = {
    text: async () => {
      asked.push('text')
      return 'from\nbelow\n'
    },
    secret: async (name: string) => {
      asked.push(name)
      return 'a long sentence'
    },
  }
  const read = async (...words: string[]) => withInput(saidBy(words), input)
  t.same(await read('followup', '1'), {
    method: 'add_followup',
    params: { ticket: '1', message: 'from\nbelow\n' },
  })
  t.same((await read('resolve_ticket', '1').catch(error => error.code)) as string, 'invalid')
  t.match(await read('resolve', '1'), { params: { resolution: 'from\nbelow\n' } })
  t.match(await read('create', 'support: x'), { params: { body: 'from\nbelow\n' } })
  t.same(asked.splice(0), ['text', 'text', 'text'])
  await read('followup', '1:', 'a tail')
  await read('hold', '1')
  await read('queues')
  await read('delete', '1', 'confirm')
  await read('resolve', 'ticket=1', 'resolution=x').catch(() => {})
  await read('resolve', '1: x')
  t.same(asked.splice(0), [], 'standard input is read only if needed')
  t.match(await read('set_password', 'username=tom', 'new_password=-'), {
    params: { new_password: 'a long sentence' },
  })
  t.match(await read('hold', '1: -'), { params: { reason: '-' } })
  t.match(await read('add_queue', 'title=-', 'slug=s'), { params: { title: '-' } })
  t.same(asked, ['new_password'])
})

t.test('any words get a sentence and an exit code from the table', async t => {
  const { shell } = await house(t)
  await shell('create', 'support: x')
  const name = fc.constantFrom(...methods.keys())
  const key = fc.constantFrom(
    ...[...methods.values()].flatMap(({ params }) => Object.keys(params)),
    '__proto__',
  )
  const odd = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 50 }),
    fc.constantFrom(
      '1',
      '#1',
      '[support-1]',
      '99',
      '0',
      '-1',
      '9007199254740992',
      '٣',
      '',
      ':',
      'x'.repeat(5000),
    ),
    fc.constantFrom(
      'hold',
      'HOLD',
      'create',
      'support:',
      'confirm',
      'constructor',
      '\0',
      '"',
      '\\',
      ' ',
      '\n',
    ),
  )
  const pair = fc.tuple(key, odd).map(([key, value]) => `${key}=${value}`)
  const words = fc.oneof(
    fc.array(odd, { minLength: 1, maxLength: 4 }),
    fc.tuple(name, fc.array(pair, { maxLength: 4 })).map(([first, rest]) => [first, ...rest]),
  )
  await fc.assert(
    fc.asyncProperty(words, async words => {
      const done = await shell(...words).catch(refused)
      if (!EXITS.has(done.exit) || done.says.trim() === '') t.fail(`${done.exit} ${done.says}`, { words })
    }),
    runs(400),
  )
  t.match(await shell('queues'), { exit: 0 }, 'the daemon still runs')
})

t.test('anything that is sent to the socket is answered', async t => {
  const { config, log } = await house(t)
  const lines = [
    '',
    '{',
    'null',
    '7',
    '[]',
    '{}',
    '{"method":"list_queues"}',
    '{"method":5,"params":{}}',
    '{"method":"list_queues","params":[]}',
    '{"method":"list_queues","params":null}',
    '{"method":"find_user","params":{"username":{"given":1}}}',
    '{"method":"find_user","params":{"__proto__":"x"}}',
    '{"method":"__proto__","params":{}}',
    '\xff\0',
    '{"method":"list_queues","params":{}}',
  ]
  const socket = createConnection(socketPath(config.state_dir))
  t.teardown(() => socket.destroy())
  let answers = ''
  socket.setEncoding('utf8').on('data', chunk => {
    answers += chunk
  })
  socket.end(lines.map(line => `${line}\n`).join(''))
  await new Promise(resolve => socket.once('close', resolve))
  const done = answers
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Done)
  t.equal(done.length, lines.length)
  for (const one of done.slice(0, -1)) t.match(one, { exit: /^6[56]$/, says: /\.$/ })
  t.match(done.at(-1), { exit: 0, says: '1 support Support' })
  t.same(
    log.filter(line => line.includes('"level":"error"')),
    [],
  )
})

t.test('a shell that disconnects in the middle does no harm', async t => {
  const { config, shell, log } = await house(t)
  for (let shells = 20; shells > 0; shells--) {
    const socket = createConnection(socketPath(config.state_dir))
    socket.on('error', () => {})
    socket.write('{"method":"list_users","params":{}}\n{"method":"list_que')
    await new Promise(resolve => socket.once('connect', resolve))
    socket.destroy()
  }
  t.match(await shell('queues'), { exit: 0 })
  t.same(
    log.filter(line => line.includes('"level":"error"')),
    [],
  )
})

t.test('a command in progress is answered before the door closes', async t => {
  const directory = directoryFor(t)
  const real = await openStore(directory, quietStore)
  let reached = () => {}
  const running = new Promise<void>(resolve => {
    reached = resolve
  })
  let release = () => {}
  const gate = new Promise<void>(resolve => {
    release = resolve
  })
  const slow: Store = {
    read: work => real.read(work),
    transact: async work => {
      reached()
      await gate
      return real.transact(work)
    },
    search: (table, search) => real.search(table, search),
    watch: (table, wake) => real.watch(table, wake),
    files: real.files,
    free: () => real.free(),
    keys: () => real.keys(),
    close: () => real.close(),
  }
  const { close } = await openSocket(sharesOf(slow), directory, enough)
  const idle = await connect(directory, events)
  const client = await connect(directory, events)
  const answer = client.run({ method: 'add_queue', params: { title: 'Support', slug: 'support' } })
  await running
  const closed = close()
  await t.rejects(idle.run({ method: 'list_queues', params: {} }), {
    code: 'unavailable',
    message: /ended before it answered/,
  })
  release()
  t.match(await answer, { exit: 0, says: /Queue Support is added/ })
  await closed
  await real.close()
})

t.test('a shell that stays after its texts were refused does not keep the door open', async t => {
  const directory = directoryFor(t)
  const store = await openStore(directory, quietStore)
  const { close } = await openSocket(sharesOf(store), directory, enough)
  const socket = createConnection({ path: socketPath(directory), allowHalfOpen: true }).setEncoding('utf8')
  socket.write('{"method":"resolve","params":{},"long":{"resolution":99999999}}\n')
  const said = await new Promise(resolve => socket.once('data', resolve))
  t.match(said, /send at most/)
  await close()
  socket.destroy()
  await store.close()
})

t.test('the shell reports a daemon that ends while it waits', async t => {
  const directory = directoryFor(t)
  for (const go of ['end', 'destroy'] as const) {
    const server = createServer(socket => socket.once('data', () => socket[go]()))
    await new Promise<void>(resolve => server.listen(socketPath(directory), resolve))
    const client = await connect(directory, events)
    const error = await client.run({ method: 'list_queues', params: {} }).catch((error: unknown) => error)
    t.match(error, { code: 'unavailable', message: /ended before it answered/ }, go)
    t.equal(meaningOf(error).exit, 75)
    await client.close()
    await new Promise(resolve => server.close(resolve))
  }
})

t.test('a dead socket is replaced', async t => {
  const directory = directoryFor(t)
  const state = join(directory, 'state')
  mkdirSync(state)
  writeFileSync(socketPath(state), '')
  const client = await connect(state, events)
  t.match(await client.run({ method: 'list_queues', params: {} }), { exit: 0 })
  await client.close()
  const store = await openStore(state, quietStore)
  const { close } = await openSocket(sharesOf(store), state, enough)
  t.ok(statSync(socketPath(state)).isSocket())
  await close()
  await store.close()
})

t.test('a state directory whose name is too long for a socket is refused in a sentence', async t => {
  const long = join(directoryFor(t), 'x'.repeat(100))
  await t.rejects(connect(long, events), { code: 'invalid', message: /too long for a socket/ })
})

t.test('many shells at once are all answered', async t => {
  const { shell } = await house(t)
  const done = await Promise.all(Array.from({ length: 30 }, () => shell('create', 'support: x')))
  const numbers = done.map(({ gives }) => gives as number).sort((a, b) => a - b)
  t.same(
    numbers,
    Array.from({ length: 30 }, (_, index) => index + 1),
  )
  await until('all of them', async () => (await shell('hold', '30')).exit === 0)
})
