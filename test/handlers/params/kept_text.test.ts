import type { Readable } from 'node:stream'
import fc from 'fast-check'
import t from 'tap'
import { onDisk } from '../../../data/blocks.ts'
import { Failure } from '../../../data/failure.ts'
import type { Files } from '../../../data/store.ts'
import {
  type KeptText,
  keepText,
  LONGEST_KEPT,
  mayBeLong,
  withPrefix,
} from '../../../handlers/params/kept_text.ts'
import { plainPieces, plainText } from '../../../handlers/params/plain_text.ts'
import { runs } from '../../runs.ts'
import { ann, type Desk, desk, fred, operator, refusal } from '../fixture.ts'

/** Texts of about the longest length in a record, with characters of one to four bytes, NULs and lone surrogates. */
const long = fc
  .tuple(
    fc.array(fc.constantFrom('a', 'é', '\u2028', '😀', '\ud800', '\r\n', '\0', '"', '\x01'), {
      minLength: 1,
    }),
    fc.integer({ min: LONGEST_KEPT / 4 - 20, max: LONGEST_KEPT + 20 }),
  )
  .map(([units, length]) =>
    units
      .join('')
      .repeat(Math.ceil(length / units.length))
      .slice(0, length),
  )

async function wholeOf(files: Files, { beginning, file }: KeptText): Promise<string> {
  return file === undefined ? beginning : (await files.get(file))!.toString()
}

t.test('record and file keep any whole text, and the record stays within its limit', async t => {
  const { store } = await desk(t)
  await t.resolves(
    fc.assert(
      fc.asyncProperty(long, async given => {
        const kept = await keepText(store.files, plainPieces(given))
        const bytes = Buffer.byteLength(kept.beginning)
        const whole = await wholeOf(store.files, kept)
        return (
          whole === plainText(given) &&
          whole.startsWith(kept.beginning) &&
          bytes <= LONGEST_KEPT &&
          // At most one character that does not fit is cut.
          (kept.file === undefined ? Buffer.byteLength(whole) <= LONGEST_KEPT : bytes > LONGEST_KEPT - 4) &&
          (mayBeLong(given) || kept.file === undefined)
        )
      }),
      runs(200),
    ),
  )
})

t.test('a prefix and a kept text make one kept text', async t => {
  const { files } = (await desk(t)).store
  const short = await withPrefix(files, 'One ', { beginning: 'two' })
  t.same(short, { beginning: 'One two' })
  const grown = await withPrefix(files, 'One ', { beginning: 'é'.repeat(LONGEST_KEPT / 2) })
  t.equal(await wholeOf(files, grown), `One ${'é'.repeat(LONGEST_KEPT / 2)}`)
  const large = await keepText(files, plainPieces('two '.repeat(LONGEST_KEPT)))
  const larger = await withPrefix(files, 'One ', large)
  t.equal(await wholeOf(files, larger), `One ${'two '.repeat(LONGEST_KEPT)}`)
  t.match(larger.beginning, /^One two .{65528}$/)
})

t.test('an unread file is closed if there is no room for the new one', async t => {
  const { files } = (await desk(t)).store
  const large = await keepText(files, plainPieces('two '.repeat(LONGEST_KEPT)))
  const opened: Readable[] = []
  const full: Files = {
    put: async () => {
      throw new Failure('full', 'There is no room.')
    },
    get: name => files.get(name),
    hold: () => files.hold(),
    usage: () => files.usage(),
    stream: async name => {
      const stream = await files.stream(name)
      if (stream) opened.push(stream)
      return stream
    },
  }
  await t.rejects(withPrefix(full, 'One ', large), { code: 'full' })
  t.equal(opened.length, 1)
  t.ok(opened[0]?.destroyed)
})

const LONG = `${'x'.repeat(LONGEST_KEPT)}end`

async function texts({ store, all }: Desk): Promise<string[]> {
  const followups = await all('followups')
  return Promise.all(
    followups.map(({ comment, comment_file: file }) =>
      wholeOf(store.files, { beginning: comment, ...(file === undefined ? {} : { file }) }),
    ),
  )
}

t.test('each method takes text of any length, as a string or in UTF-8', async t => {
  const made = await desk(t)
  const { call, ticket, all, store } = made
  const calls: [string, string, Record<string, string>][] = [
    ['create_ticket', 'body', { queue: '1', title: 'x' }],
    ['add_followup', 'message', { ticket: '31794' }],
    ['hold_ticket', 'reason', { ticket: '31794' }],
    ['unhold_ticket', 'reason', { ticket: '31794' }],
    ['resolve', 'resolution', { ticket: '31794' }],
  ]
  for (const [method, name, params] of calls) {
    await call(method, { ...params, [name]: `${LONG} of ${method}\r\n` })
    await call(method, { ...params, [name]: Buffer.from(`${LONG} of ${method} again`) })
  }
  t.same(
    await texts(made),
    calls.flatMap(([method]) => [`${LONG} of ${method}\n`, `${LONG} of ${method} again`]),
  )
  const { resolution, resolution_file } = (await ticket())!
  t.equal(resolution, 'x'.repeat(LONGEST_KEPT))
  t.equal((await store.files.get(resolution_file!))?.toString(), `${LONG} of resolve again`)
  const changes = (await all('followups')).at(-1)!.changes
  t.match(
    changes,
    [{ field: 'resolution', from: /^x{997}…$/, to: /^x{997}…$/ }],
    'although both have the same beginning',
  )

  await call('resolve', { ticket: '31794', resolution: 'Short.' })
  t.match(await ticket(), { resolution: 'Short.', resolution_file: undefined })
  t.ok(await store.files.get(resolution_file!), 'the follow-up still names it')
  await call('delete_ticket', { ticket: '31794', confirm: 'y' })
  t.equal(await store.files.get(resolution_file!), undefined, 'its files are deleted with the ticket')
})

t.test('a text that fits into the record has no file', async t => {
  const made = await desk(t)
  for (const text of [
    'x'.repeat(LONGEST_KEPT),
    'é'.repeat(LONGEST_KEPT / 2),
    `${'\r\n'.repeat(LONGEST_KEPT - 1)}x`,
  ])
    await made.call('add_followup', { ticket: '31794', message: text })
  t.same(
    (await made.all('followups')).map(({ comment, comment_file }) => [comment.length, comment_file]),
    [
      [LONGEST_KEPT, undefined],
      [LONGEST_KEPT / 2, undefined],
      [LONGEST_KEPT, undefined],
    ],
  )
})

t.test('a long text is refused like a short one', async t => {
  const { call, store } = await desk(t)
  const bytes = async () => (await store.files.usage()).bytes
  const before = await bytes()
  const blank = { code: 'invalid', message: 'message: there is no visible text; give some text.' }
  for (const message of [' \r\n'.repeat(LONGEST_KEPT), Buffer.from('\u200b'.repeat(LONGEST_KEPT))])
    t.match(await refusal(call('add_followup', { ticket: '31794', message })), blank)
  const hold = { ticket: '31794', reason: LONG }
  t.match(await refusal(call('hold_ticket', hold, { actor: ann })), { code: 'forbidden' })
  t.match(await refusal(call('hold_ticket', hold, { actor: { kind: 'user', user: 9 } })), {
    code: 'unauthenticated',
  })
  t.match(await refusal(call('hold_ticket', { ...hold, ticket: Buffer.from(LONG) })), {
    code: 'invalid',
    message: `ticket has ${LONG.length} bytes; give a ticket number, like 31794, or a reference, like ref:INV-7.`,
  })
  t.match(
    await refusal(
      call(
        'add_user',
        { username: 'x', email: 'x@example.org', new_password: Buffer.from(LONG) },
        { actor: operator },
      ),
    ),
    {
      code: 'invalid',
      message: `new_password has ${LONG.length} bytes; give at least 8 characters and at most 72 bytes.`,
    },
  )
  t.equal(await bytes(), before, 'no record names a file of a refused call')
  await call('hold_ticket', hold, { actor: fred })
  await call('hold_ticket', { ...hold, ticket: '31794', dry_run: 'y' }, { actor: fred })
  t.equal(await bytes(), before + onDisk(LONG.length))
})
