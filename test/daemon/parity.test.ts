import { isDeepStrictEqual } from 'node:util'
import { simpleParser } from 'mailparser'
import t, { type Test } from 'tap'
import { connect } from '../../daemon/shell/client.ts'
import { Passwords } from '../../data/password/password.ts'
import type { Reader } from '../../data/store.ts'
import { call } from '../../handlers/call.ts'
import { exampleCall } from '../../handlers/command/command.ts'
import { methods } from '../../handlers/index.ts'
import type { Gives, Method } from '../../handlers/method.ts'
import { desk, NOW, susan } from '../handlers/fixture.ts'
import {
  atOnce,
  FILE,
  furnishExamples,
  isSentHere,
  KEEPS_RECORDS,
  passwordHash,
  withoutToken,
  writeFile,
} from '../handlers/methods/examples.ts'
import { type House, house, quietEvents, SUSAN } from '../house.ts'
import { kept, keptAll } from './mail/kept.ts'

/** What must be the same at every door: the sentence and the result, as far as the door gives them, and the records. */
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
  mail: async ({ mail, letters, config }, { example }) => {
    await mail({ subject: example.command, login: SUSAN, ...(example.body ? { text: example.body } : {}) })
    const written = (await kept(config.state_dir, 'letters')).filter(isSentHere)
    const sent = await Promise.all((await letters(written.length)).map(letter => simpleParser(letter)))
    const { text = '' } = sent.find(({ subject }) => subject === `Re: ${example.command}`) ?? {}
    const told = [text, text.replace(/\n> ?/g, '\n'), text.replace(/\n>? ?/g, '\n')]
    return { says: told.some(one => one.includes(example.says)) ? example.says : text }
  },
  shell: async ({ config }, method) => {
    const client = await connect(config.state_dir, quietEvents())
    try {
      return await client.run({ ...exampleCall(method), as: SUSAN.username })
    } finally {
      await client.close()
    }
  },
}

// As if susan had logged in a moment ago: a check of her password takes 0.1 s, and each daemon would make its own.
const { isRemembered } = Passwords.prototype
t.intercept(Passwords.prototype, 'isRemembered', {
  value: function (this: Passwords, username: string, password: string, hash: string | null) {
    const isSusan = username === SUSAN.username && password === SUSAN.password && hash === passwordHash
    return isSusan || isRemembered.call(this, username, password, hash)
  },
})

for (const method of methods.values()) {
  const { name, example, doors: open = ['http', 'mail', 'shell'] } = method
  t.test(`${name} is the same at every door`, async t => {
    const expected = await calledHere(t, method)
    t.equal(expected.says, example.says, 'its example is correct')
    if (!method.sends)
      t.strictSame(expected.gives, example.gives ?? example.says, 'its example is correct for programs, too')
    let made: House | undefined
    for (const door of Object.keys(doors) as (keyof typeof doors)[]) {
      if (!open.includes(door)) continue
      // What only reads finds the same after each door, so one daemon is enough.
      if (!made || expected.writes) made = await house(t, KEEPS_RECORDS, furnishExamples)
      const { says, gives, records } = await calledAt(made, door, method)
      if (door !== 'http') t.equal(says, example.says, `${door}: the sentence`)
      if (door === 'http' && method.sends) t.equal(gives, FILE, 'http: the file')
      else if (door === 'http' && typeof expected.gives !== 'object')
        t.equal(gives, String(expected.gives), 'http: the body')
      else if (door === 'http')
        t.strictSame(atOnce(gives), atOnce(formOf(method, expected.gives)), 'http: the JSON')
      else if (gives !== undefined)
        t.strictSame(atOnce(gives), atOnce(expected.gives), `${door}: what it gives`)
      t.strictSame(records, expected.records, `${door}: the records`)
    }
  })
}

/** The API of 2008 has the ids of queues as strings, and its clients may rely on that. */
function formOf({ name }: Method, gives: Gives): Gives {
  if (name !== 'list_queues') return gives
  return (gives as { id: number }[]).map(({ id, ...more }) => ({ id: String(id), ...more }))
}

/** Without a door: the reference for the others. */
async function calledHere(
  t: Test,
  method: Method,
): Promise<Outcome & { says: string; gives: Gives; writes: boolean }> {
  const { store } = await desk(t)
  await store.transact(furnishExamples)
  const before = await store.read(recordsOf)
  const itself = method.doors?.includes('daemon')
  const actor = itself ? ({ kind: 'daemon' } as const) : susan
  const passwords = new Passwords()
  t.teardown(() => passwords.close())
  const [answer] = await call(store, [exampleCall(method)], {
    passwords,
    actor,
    door: itself ? 'daemon' : 'http',
    now: NOW,
  })
  const records = await store.read(recordsOf)
  return {
    says: withoutToken(answer!.says),
    gives: withoutToken(answer!.gives),
    records,
    writes: !isDeepStrictEqual(records, before),
  }
}

async function calledAt(made: House, door: keyof typeof doors, method: Method): Promise<Outcome> {
  writeFile(made.config.state_dir)
  const { says, gives } = await doors[door](made, method)
  const records = await recordsOf(await keptAll(made.config.state_dir))
  return {
    says: says && withoutToken(says),
    records,
    ...(gives === undefined ? {} : { gives: withoutToken(gives) }),
  }
}

/** All that the call wrote, without what differs between doors: time, author, mail, and the letter that answers the mail. */
async function recordsOf(tx: Reader): Promise<unknown> {
  return {
    tickets: (await tx.find('tickets', {})).map(({ created, modified, ...same }) => same),
    followups: (await tx.find('followups', {})).map(({ date, author, door, message_id, ...same }) => ({
      ...same,
      // The line of a redaction names its time.
      comment: same.redacted ? 'redacted' : same.comment,
    })),
    queues: await tx.find('queues', {}),
    tokens: (await tx.find('tokens', {})).map(({ hash, created, ...same }) => same),
    ignores: (await tx.find('ignores', {})).map(({ created, ...same }) => same),
    failing: await tx.find('failing', {}),
    exclusions: await tx.find('exclusions', {}),
    users: (await tx.find('users', {})).map(({ password_hash, addresses_since, ...same }) => ({
      ...same,
      password: password_hash === null ? 'none' : password_hash === passwordHash ? 'the old one' : 'another',
    })),
    letters: (await tx.find('letters', {}))
      .filter(({ event }) => event !== 'answered')
      .map(({ event, to, ticket, followup, retried }) => ({
        event,
        to,
        ticket,
        followup,
        isRetried: retried !== undefined,
      })),
  }
}
