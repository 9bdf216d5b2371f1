import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { tables } from '../../../data/indexes.ts'
import { call } from '../../../handlers/call.ts'
import { LONGEST_KEPT } from '../../../handlers/params/kept_text.ts'
import { ann, type Desk, desk, fred, LATER, NOW, refusal, susan, TICKET } from '../fixture.ts'

const LINE = '(fred removed the text and the files of this follow-up on 2026-03-01 13:00 UTC.)'
const redacting = { actor: fred, now: LATER } as const

async function everything({ all }: Desk): Promise<string> {
  return JSON.stringify(await Promise.all(tables.map(table => all(table))))
}

function filesIn({ directory }: Desk): string[] {
  const files = readdirSync(join(directory, 'files'), { recursive: true, withFileTypes: true })
  return files.filter(one => one.isFile()).map(one => readFileSync(join(one.parentPath, one.name), 'utf8'))
}

t.test('a redacted follow-up leaves neither text nor file', async t => {
  const built = await desk(t)
  const { say, call, store, all, put, ticket } = built
  const file = (text: string) => store.files.put(Buffer.from(text))
  const attachments = [
    { file: await file('SECRET file'), filename: 'SECRET.txt', mime_type: 'text/plain', size: 11 },
  ]
  const long = `SECRET plan. ${'It is long. '.repeat(LONGEST_KEPT / 6)}`
  const before = {
    ...TICKET,
    id: 5,
    submitter_email: 'ann@example.net',
    resolution: 'before',
    status: 3,
  } as const
  await put('tickets', before)
  await call('add_followup', { ticket: '5', message: 'one', public: 'y' }, { actor: ann })
  await call('resolve', { ticket: '5', resolution: long, attachments }, { messageId: '<a@example.net>' })
  const mail = {
    received: NOW,
    peer: '::1',
    envelope_from: '',
    recipients: [],
    from: null,
    subject: 'resolve 5',
    message_id: '<a@example.net>',
    verdict: 'command',
    reasons: [],
    user: 1,
    tickets: [5],
    raw: null,
  } as const
  const raw = async (text: string) => ({ raw: await file(text), raw_size: text.length, network: '::/48' })
  await put('mails', { ...mail, id: 1, ...(await raw('SECRET mail')) })
  await put('mails', {
    ...mail,
    id: 2,
    received: LATER,
    ...(await raw('> SECRET quoted')),
    tickets: [5, 31794],
  })
  await put('mails', { ...mail, id: 3, received: '2026-02-01T00:00:00.000Z', ...(await raw('older')) })
  await call('resolve', { ticket: '5', resolution: 'after' }, { now: LATER })
  const answered = {
    event: 'answered',
    to: 'susan@example.org',
    ticket: 31794,
    followup: null,
    state: 'sent',
    created: LATER,
    due: LATER,
    attempts: [],
  } as const
  const sentences = [
    'Ticket 5',
    '1 SECRET.txt text/plain, 11 bytes',
    `  > SECRET plan.\n   It is   long. It is long. It is long. It is long. It is long`,
  ]
  await put('letters', {
    ...answered,
    id: 90,
    answer: { subject: 'show 5, 31794', message_id: null, sentences },
  })

  t.match(await call('redact', { ticket: '5', followup: '2' }, redacting), {
    says: 'Follow-up 2 of ticket 5 is redacted.',
    heard: [],
  })
  t.notMatch(await everything(built), /SECRET/)
  t.same(filesIn(built), ['older'])
  t.match(await all('followups'), [
    { comment: 'one' },
    {
      comment: LINE,
      public: true,
      redacted: true,
      attachments: [],
      changes: [{ field: 'status' }, { field: 'resolution', from: 'before', to: '(redacted)' }],
      author: susan,
    },
    { comment: 'after', changes: [{ field: 'resolution', from: '(redacted)', to: 'after' }] },
    { comment: '', author: fred, changes: [{ field: 'followup', from: 2, to: 'redacted' }] },
  ])
  t.match(await ticket(5), { resolution: 'after', version: 5 })
  t.match(await all('mails'), [{ raw: null }, { raw: null, subject: 'resolve 5' }, { raw: /./ }])
  t.match((await all('letters')).at(-1)?.answer, { sentences: ['Ticket 5', '(redacted)', '(redacted)'] })
  t.match((await say('history 5')).says, /fred \(shell\): followup from 2 to redacted$/)

  await call('redact', { ticket: '5', followup: '2' }, { actor: susan })
  t.match(await ticket(5), { version: 5 }, 'once is enough')
})

t.test('the resolution goes with its follow-up, and so does a command with the text', async t => {
  const built = await desk(t)
  const { say, ticket, all, put } = built
  await say('resolve 31794: SECRET')
  const answer = {
    subject: 'resolve 31794: SECRET',
    message_id: null,
    sentences: ['Ticket 31794 is resolved.'],
  }
  const letter = { event: 'answered', to: 'x@example.org', ticket: 31794, followup: null, answer } as const
  await put('letters', { ...letter, id: 1, state: 'sent', created: NOW, due: NOW, attempts: [] })
  await put('mails', {
    id: 1,
    received: LATER,
    peer: '::1',
    envelope_from: '',
    recipients: [],
    from: null,
    subject: 'Re: resolve 31794: SECRET',
    message_id: null,
    verdict: 'followup',
    reasons: [],
    user: null,
    tickets: [31794],
    raw: null,
  })
  await say('redact 31794 followup 1', redacting)
  t.notMatch(await everything(built), /SECRET/)
  t.match(await all('mails'), [{ subject: 'Re: resolve 31794: (redacted)' }])
  t.match(await ticket(), { status: 3, resolution: null })
  t.match((await all('letters'))[0]?.answer, { subject: 'resolve 31794: (redacted)' })
  t.match(await refusal(say('resolve 31794 like 31794')), { message: /has no resolution/ })

  await say('resolve 31794', {}, `SECRET plan. ${'It is long. '.repeat(LONGEST_KEPT / 6)}`)
  t.ok((await ticket())?.resolution_file)
  await say('redact 31794 followup 3', redacting)
  t.notMatch(await everything(built), /SECRET/)
  t.notOk((await ticket())?.resolution_file)
  t.same(filesIn(built), [])
})

t.test('what is kept for repeats of next has no text', async t => {
  const built = await desk(t)
  const { say, store } = built
  await say('followup 31794: SECRET')
  const defaults = { actor: susan, door: 'http', now: NOW } as const
  const next = async (key: string, params = {}) => {
    const once = { key, milliseconds: 1e9 }
    const [answer] = await call(store, [{ method: 'next', params, once }], defaults)
    return answer!
  }
  for (const [key, params] of [
    ['a', { dry_run: 'y' }],
    ['b', {}],
  ] as const) {
    t.match(await next(key, params), { says: /SECRET/, gives: { followups: [{ comment: 'SECRET' }] } })
    t.match(await next(key, params), {
      says: /31794 The printer is on fire[\s\S]*\(1 earlier follow-ups are left out\.\)/,
      gives: { ticket: 31794, owner: 'susan', left_out: 1, followups: [] },
    })
  }
  await say('redact 31794 followup 1', redacting)
  t.notMatch(await everything(built), /SECRET/)
})

t.test('follow-ups are counted within their ticket', async t => {
  const { say, put, all } = await desk(t)
  await put('tickets', { ...TICKET, id: 5 })
  for (let n = 1; n <= 130; n++) {
    await say(`followup 31794: other ${n}`)
    await say(`followup 5: number ${n}`)
  }
  await say('redact 5 followup 130', redacting)
  await say('redact 5 followup 101', redacting)
  const gone = (await all('followups')).filter(({ redacted }) => redacted)
  t.same(
    gone.map(({ id, ticket, comment }) => [id, ticket, comment]),
    [
      [202, 5, LINE],
      [260, 5, LINE],
    ],
  )
  t.match(await refusal(say('redact 5 followup 133')), {
    code: 'not_found',
    message: 'Ticket 5 has no follow-up 133; it has 132.',
  })
  t.match(await refusal(say('redact 5 followup 0')), {
    message: /^followup: "0" is not a whole number from 1 /,
  })
  t.match(await refusal(say('redact 5 followup first')), { message: /^followup: "first" is not/ })
  await put('tickets', { ...TICKET, id: 6 })
  t.match(await refusal(say('redact 6 followup 1')), { message: 'Ticket 6 has no follow-up 1; it has 0.' })
})
