import { simpleParser } from 'mailparser'
import t, { type Test } from 'tap'
import { connect } from '../../daemon/shell/client.ts'
import { hashPassword } from '../../data/password.ts'
import type { Store, Tx } from '../../data/store.ts'
import type { Letter } from '../../data/tables.ts'
import { call } from '../../handlers/call.ts'
import { exampleCall } from '../../handlers/command.ts'
import { methods } from '../../handlers/index.ts'
import type { Gives, Method } from '../../handlers/method.ts'
import { desk, furnish, NOW, susan } from '../handlers/fixture.ts'
import { type House, house, inStore, SUSAN } from '../house.ts'

const hash = await hashPassword(SUSAN.password)

/** What is the same at every door: the sentence as far as the door tells it, what a program gets as far as it gives it, the records. */
interface Outcome {
  readonly says?: string | undefined
  readonly gives?: Gives
  readonly records: unknown
}
const doors: Record<
  'http' | 'mail' | 'shell',
  (house: House, method: Method) => Promise<Omit<Outcome, 'records'>>
> = {
  http: async ({ susan }, method) => {
    const { params } = exampleCall(method)
    const { status, body, headers } = await susan(method.name, params as Record<string, string>)
    if (status !== 200) throw new Error(`${status} ${body}`)
    return { gives: headers.get('content-type') === 'text/json' ? JSON.parse(body) : body }
  },
  mail: async ({ mail, letters }, { example }) => {
    await mail({ subject: example.command, login: SUSAN, ...(example.body ? { text: example.body } : {}) })
    const [letter = ''] = await letters(1)
    const { text = '' } = await simpleParser(letter)
    return { says: text.includes(example.says) ? example.says : text }
  },
  shell: async ({ config, shell }, method) => {
    const { example } = method
    if (example.body === undefined) return shell(example.command)
    const client = await connect(config.state_dir)
    try {
      return await client.run(exampleCall(method))
    } finally {
      await client.close()
    }
  },
}

for (const method of methods.values()) {
  const { name, example, doors: open = ['http', 'mail', 'shell'] } = method
  t.test(`${name} is the same at every door`, async t => {
    const expected = await calledHere(t, method)
    t.equal(expected.says, example.says, 'its example tells the truth')
    t.same(expected.gives, example.gives ?? example.says, 'of what a program gets too')
    for (const door of Object.keys(doors) as (keyof typeof doors)[]) {
      if (!open.includes(door)) continue
      const { says, gives, records } = await calledAt(t, door, method)
      if (door !== 'http') t.equal(says, example.says, `${door}: the sentence`)
      if (door === 'http' && typeof expected.gives !== 'object')
        t.equal(gives, String(expected.gives), 'http: the body')
      else if (gives !== undefined) t.same(gives, expected.gives, `${door}: what it gives`)
      t.strictSame(records, expected.records, `${door}: the records`)
    }
  })
}

/** With no door between: the measure of the others. */
async function calledHere(t: Test, method: Method): Promise<Outcome & { says: string; gives: Gives }> {
  const { store } = await desk(t)
  await store.transact(furnishAll)
  const itself = method.doors?.includes('daemon')
  const actor = itself ? ({ kind: 'daemon' } as const) : susan
  const [answer] = await call(store, [exampleCall(method)], {
    actor,
    door: itself ? 'daemon' : 'http',
    now: NOW,
  })
  return { says: answer!.says, gives: answer!.gives, records: await recordsOf(store) }
}

async function calledAt(t: Test, door: keyof typeof doors, method: Method): Promise<Outcome> {
  const made = await house(t, '', furnishAll)
  const { says, gives } = await doors[door](made, method)
  await made.daemon.stop()
  const records = await inStore(made.config, recordsOf)
  return { says, records, ...(gives === undefined ? {} : { gives }) }
}

/** The usual records, with a password to log in with and a letter that may fail. */
async function furnishAll(tx: Tx): Promise<void> {
  await furnish(tx)
  const [user] = await tx.find('users', { username: SUSAN.username })
  await tx.put('users', { ...user!, password_hash: hash })
  await tx.put('letters', LETTER)
}
const LETTER: Letter = {
  id: 1,
  event: 'followed_up',
  to: 'fred@example.org',
  ticket: 31794,
  followup: null,
  answer: null,
  state: 'sent',
  created: NOW,
  due: NOW,
  attempts: [],
}

/** All that the call wrote, without what is the door's own: when, who, by which mail, and the letter that answers one. */
async function recordsOf(store: Store): Promise<unknown> {
  return store.read(async tx => ({
    tickets: (await tx.find('tickets', {})).map(({ created, modified, ...same }) => same),
    followups: (await tx.find('followups', {})).map(({ date, author, door, message_id, ...same }) => same),
    queues: await tx.find('queues', {}),
    users: (await tx.find('users', {})).map(({ password_hash, ...same }) => ({
      ...same,
      password: password_hash === null ? 'none' : password_hash === hash ? 'the old one' : 'another',
    })),
    letters: (await tx.find('letters', {}))
      .filter(({ event }) => event !== 'answered')
      .map(({ event, to, ticket, followup }) => ({ event, to, ticket, followup })),
  }))
}
