import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Parser } from '../../../../../daemon/mail/in/parser/parser.ts'
import type { Parsed } from '../../../../../daemon/mail/in/parser/parser_protocol.ts'
import type { ParserWaits } from '../../../../../daemon/mail/in/parser/parser_waits.ts'
import { MINUTE } from '../../../../../data/durations.ts'
import { Failure } from '../../../../../data/failure.ts'
import { directoryFor, quietEvents, until } from '../../../../house.ts'

const MAIL = Buffer.from(
  'From: Erin <erin@example.net>\r\nSubject: =?utf-8?Q?Gr=C3=B6=C3=9Fe?=\r\nContent-Type: text/plain\r\n\r\nText.\r\n',
)
const PARSED = { subject: 'Größe', from: { address: 'erin@example.net' }, text: 'Text.', attachments: [] }
const itself = async (parsed: Parsed) => parsed

/**
 * Replaces the parser program, and does what a mail says. It notes each mail that it gets; a mail with `hold` in it is answered once the
 * test has released it, and a mute one never.
 */
const STUB = `
import { appendFileSync, existsSync } from 'node:fs'
const here = name => new URL(name, import.meta.url)
let word = ''
const answer = () => {
  const leftOut = { count: 0, names: [] }
  const text = /later|long/.test(word) ? { size: 10, number: 0 } : String(process.pid)
  process.send({ parsed: { subject: word, text, attachments: [], leftOut } })
}
const whenReleased = () => {
  if (existsSync(here(word + '.released')) || existsSync(here('all.released'))) return answer()
  setTimeout(whenReleased, 5)
}
process.on('message', ({ mail, isLast, content, from }) => {
  if (content !== undefined) {
    if (word === 'die later') process.kill(process.pid, 'SIGKILL')
    return process.send({ piece: Buffer.from('0123456789').subarray(from, from + 4) })
  }
  word = Buffer.from(mail).toString() || word
  if (!isLast) return
  appendFileSync(here('begun'), word + '\\n')
  if (word === 'die') process.kill(process.pid, 'SIGKILL')
  if (word === 'exit') process.exit(3)
  if (word === 'hang') for (;;) {}
  if (word === 'memory') { const all = []; for (;;) all.push(new Array(1e6).fill(all.length)) }
  if (word.includes('mute')) return
  if (word.includes('hold')) whenReleased()
  else answer()
})
process.on('disconnect', () => process.exit(0))
process.send('ready')
`

/** Waits that never end before the test; each test shortens those that it is about. */
const ENDLESS: ParserWaits = {
  longest: MINUTE,
  underLoad: MINUTE,
  largeUnderLoad: MINUTE,
  slow: MINUTE,
  slowFor: MINUTE,
}

function stubFor(t: Test, waits: Partial<ParserWaits> = {}) {
  const directory = directoryFor(t)
  const program = join(directory, 'stub.mjs')
  writeFileSync(program, STUB)
  writeFileSync(join(directory, 'begun'), '')
  const parser = new Parser(quietEvents(), program, { ...ENDLESS, ...waits })
  t.teardown(() => parser.close())
  const parse = (word: string, source = 'a') => parser.parse(Buffer.from(word), source, itself)
  const parseLarge = (word: string, source = 'a') => parser.parse(inPieces(word), source, itself)
  /** The mails that a process has got so far, in this order. */
  const begun = () => readFileSync(join(directory, 'begun'), 'utf8').split('\n').slice(0, -1)
  const toBegin = (...words: string[]) =>
    until(`${words.join(' and ')} to begin`, () => words.every(word => begun().includes(word)))
  const release = (word: string) => writeFileSync(join(directory, `${word}.released`), '')
  return {
    program,
    parser,
    parse,
    parseLarge,
    begun,
    toBegin,
    release,
    /** Waits until both processes are there and idle; mails of two other sources start them. */
    bothIdle: async () => {
      const first = [parse('hold first', 'first'), parse('hold second', 'second')]
      await toBegin('hold first', 'hold second')
      release('hold first')
      release('hold second')
      await Promise.all(first)
      await toBeGivenBack()
    },
  }
}

/** For the tests that need no waits of their own. Each of its processes takes a tenth of a second to start. */
const stub = stubFor(t)

/** A process is idle, or gets its next mail, only after its result was taken. */
function toBeGivenBack(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

/** Notes in a list when a mail has ended. */
function noted<R>(list: string[], name: string, end: Promise<R>): Promise<R> {
  return end.finally(() => list.push(name))
}

/** The parser as the daemon has it. */
const real = new Parser(quietEvents())
t.teardown(() => real.close())

t.test('a mail is parsed', async t => {
  t.match(await real.parse(MAIL, 'a', itself), PARSED)
  t.match(await real.parse(MAIL, 'a', itself), PARSED, 'the next mail')
})

t.test('bytes are not changed', async t => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
  const raw = `Content-Type: application/x-a; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString('base64')}\r\n`
  const parsed = await real.parse(Buffer.from(raw), 'a', itself)
  t.ok(bytes.equals(parsed!.attachments[0]!.content as Uint8Array))
})

t.test('the death of a child only affects its own mail', async t => {
  const { parse } = stub
  for (const end of ['die', 'exit', 'memory']) {
    const [lost, ...others] = await Promise.all([parse(end), parse('a'), parse('b'), parse('c')])
    t.equal(lost, null, end)
    t.match(others, [{ subject: 'a' }, { subject: 'b' }, { subject: 'c' }], `beside ${end}`)
  }
})

t.test('a mail that takes too long is aborted', async t => {
  const { parse } = stubFor(t, { longest: 300 })
  // On a slow machine another mail may take too long, too.
  const parsed = (word: string) => until(word, async () => (await parse(word))?.subject === word)
  const found = await Promise.all([parse('hang'), parsed('a'), parsed('b')])
  t.same(found, [null, true, true])
})

t.test('two children share the work, and there is no third', async t => {
  const { program, parse, toBegin, release } = stub
  const words = Array.from({ length: 8 }, (_, at) => `hold ${at}`)
  const all = words.map(word => parse(word))
  await toBegin('hold 0', 'hold 1')
  t.equal(processesOf(program).length, 2)
  for (const word of words) release(word)
  t.equal(new Set((await Promise.all(all)).map(parsed => parsed!.text)).size, 2)
  t.equal(processesOf(program).length, 2)
})

t.test('of two idle children, the one that had a mail last gets the next', async t => {
  const { parse, bothIdle } = stubFor(t)
  await bothIdle()
  const children = new Set<unknown>()
  for (const word of ['a', 'b', 'c']) {
    children.add((await parse(word))!.text)
    await toBeGivenBack()
  }
  t.equal(children.size, 1)
})

t.test('a child that is killed while it is idle is replaced', async t => {
  const { parse } = stub
  const first = Number((await parse('a'))!.text)
  process.kill(first, 'SIGKILL')
  await until('it to be gone', () => !isThere(first) || undefined)
  const next = await parse('b')
  t.notMatch(next, { text: String(first) })
})

t.test('a mail that is being parsed during shutdown is not treated as unreadable', async t => {
  const { parser, parse, toBegin } = stubFor(t)
  const underWay = ['mute 1', 'mute 2', 'mute 3'].map(word => t.rejects(parse(word), { code: 'unavailable' }))
  await toBegin('mute 1', 'mute 2')
  parser.close()
  await Promise.all(underWay)
  await t.rejects(parse('a'), { code: 'unavailable' })
})

t.test('if the parser cannot start, the mails are not treated as unreadable', async t => {
  const parser = new Parser(quietEvents(), join(directoryFor(t), 'nothing.mjs'))
  t.teardown(() => parser.close())
  for (const _ of [1, 2]) await t.rejects(parser.parse(MAIL, 'a', itself), { code: 'unavailable' })
})

/** A large mail that arrives in pieces. */
function inPieces(...pieces: string[]) {
  return async function* () {
    for (const piece of pieces) yield Buffer.from(piece)
  }
}

async function textOf({ text }: Parsed): Promise<string> {
  if (typeof text === 'string') return text
  const pieces: Uint8Array[] = []
  for await (const piece of text) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

t.test('a large mail gives the same result as a small one, and its large parts come in pieces', async t => {
  const raw = MAIL.toString()
  t.match(await real.parse(inPieces(raw.slice(0, 50), raw.slice(50)), 'a', itself), PARSED)
  const text = 'é "\\\u2028 '.repeat(200_000)
  const long = `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\u0000${text}\r\n`
  t.equal(await real.parse(Buffer.from(long), 'a', textOf), text.trim())
  t.equal(await real.parse(inPieces(long), 'a', textOf), text.trim())
})

t.test('after a failure of the consumer the next mail is parsed', async t => {
  const { parser, parse } = stub
  const full = async () => {
    throw new Failure('full', 'There is no room.')
  }
  await t.rejects(parser.parse(Buffer.from('long'), 'a', full), { code: 'full' })
  const half = async ({ text }: Parsed) => {
    for await (const _ of text as AsyncIterable<Uint8Array>) throw new Failure('full', 'There is no room.')
  }
  await t.rejects(parser.parse(Buffer.from('long'), 'a', half), { code: 'full' })
  t.equal(await parser.parse(Buffer.from('long'), 'a', textOf), '0123456789')
  t.equal(
    await parser.parse(Buffer.from('die later'), 'a', textOf),
    null,
    'a child that dies before it has told everything',
  )
  t.match(await parse('a'), { subject: 'a' })
  const broken = async function* () {
    yield Buffer.from('a')
    throw new Failure('unavailable', 'The file cannot be read.')
  }
  await t.rejects(parser.parse(broken, 'a', itself), { code: 'unavailable' })
  await t.rejects(real.parse(broken, 'a', itself), { code: 'unavailable' })
  t.match(
    await real.parse(inPieces(MAIL.toString()), 'a', itself),
    PARSED,
    'nothing of the previous mail remains',
  )
})

t.test('large mails are parsed one after the other, and small ones do not wait for them', async t => {
  const { parse, parseLarge, begun, bothIdle, toBegin, release } = stubFor(t)
  await bothIdle()
  const words = ['hold large 1', 'hold large 2', 'hold large 3']
  const ends: string[] = []
  const large = words.map(word => noted(ends, word, parseLarge(word)))
  const largeBegun = () => begun().filter(word => word.includes('large'))
  for (const [at, word] of words.entries()) {
    await toBegin(word)
    for (const small of ['1', '2', '3']) t.match(await parse(small), { subject: small })
    t.same(largeBegun(), words.slice(0, at + 1))
    t.same(ends, words.slice(0, at))
    release(word)
    await large[at]
  }
})

t.test('the number of waiting large mails is limited, in total and for one source', async t => {
  const { parser, parse } = stub
  await parse('a')
  const sent = (count: number, source: (at: number) => string) =>
    Array.from({ length: count }, (_, at) =>
      parser.parse(inPieces('large'), source(at), itself).catch(error => error),
    )
  const ofOne = sent(15, () => 'a')
  const ofMany = sent(35, at => `${at}`)
  const refusedOf = async (all: Promise<unknown>[]) =>
    (await Promise.all(all)).filter(one => one instanceof Failure)
  const refused = await refusedOf(ofOne)
  t.match(refused[0], { code: 'unavailable', message: /^Too many large mails are waiting/ })
  t.ok(
    refused.length >= 4 && refused.length <= 5,
    `${refused.length} refused: ten of one source wait, and one may be under way`,
  )
  const others = (await refusedOf(ofMany)).length
  t.ok(others >= 4 && others <= 5, `${others} refused: forty wait in all, and one may be under way`)
  t.match(await parse('a'), { subject: 'a' })
})

t.test('the order of mails depends on the time that each source has used', async t => {
  const { parse, bothIdle, toBegin, release } = stubFor(t)
  await bothIdle()
  const order: string[] = []
  const sent = (word: string, source: string) => noted(order, source, parse(word, source))
  const held = [parse('hold 1', 'a'), parse('hold 2', 'a')]
  await toBegin('hold 1', 'hold 2')
  const all = [...Array.from({ length: 6 }, (_, at) => sent(`${at}`, 'a')), sent('6', 'b'), sent('7', 'c')]
  release('hold 1')
  await Promise.all(all)
  t.same(order, ['b', 'c', ...Array(6).fill('a')], 'a source that has a process waits')

  const another = parse('hold 3', 'd')
  await toBegin('hold 3')
  order.length = 0
  const more = [sent('8', 'a'), sent('9', 'd'), sent('10', 'e')]
  release('hold 3')
  await Promise.all(more)
  t.same(order, ['e', 'd', 'a'], 'so does one that had a process a moment ago')
  release('all')
  t.match(await Promise.all([...held, another]), [
    { subject: 'hold 1' },
    { subject: 'hold 2' },
    { subject: 'hold 3' },
  ])
})

t.test('mail of others does not wait for the slow mail of one source, and none of it is lost', async t => {
  const { parse, begun, bothIdle, toBegin, release } = stubFor(t, { slow: 100 })
  await bothIdle()
  const ends: string[] = []
  const words = ['hold 1', 'hold 2', 'hold 3']
  const slow = words.map(word => noted(ends, word, parse(word, 'slow')))
  await toBegin('hold 1', 'hold 2')
  for (const [word, source] of [
    ['first', 'a'],
    ['second', 'b'],
    ['third', 'c'],
  ] as const) {
    t.match(await parse(word, source), { subject: word }, 'even if that source has both processes')
    await toBeGivenBack()
  }
  t.same(ends, [])
  t.same(
    begun()
      .filter(word => words.includes(word))
      .sort(),
    ['hold 1', 'hold 2'],
    'from then on it has only one',
  )
  release('all')
  t.match(
    await Promise.all(slow),
    words.map(subject => ({ subject })),
  )
})

t.test('a mail has less time while others wait', async t => {
  const underLoad = 200
  const { parse, bothIdle, toBegin } = stubFor(t, { underLoad })
  await bothIdle()
  const began = performance.now()
  const ends: string[] = []
  const mute = ['a', 'b'].map(source => noted(ends, source, parse(`mute ${source}`, source)))
  await toBegin('mute a', 'mute b')
  await until('the time to be over', () => performance.now() > began + underLoad)
  t.same(ends, [], 'nobody waits for their processes')
  t.match(await parse('word', 'c'), { subject: 'word' })
  t.equal(ends.length, 1, 'one is enough')
  t.equal(await Promise.race(mute), null)
})

t.test('a large mail has less time while other large mails wait, but not while small ones wait', async t => {
  const { parse, parseLarge, bothIdle, toBegin } = stubFor(t, { largeUnderLoad: 100, underLoad: 200 })
  await bothIdle()
  const began = performance.now()
  const ends: string[] = []
  const large = noted(ends, 'large', parseLarge('mute large', 'a'))
  const small = noted(ends, 'small', parse('mute small', 'b'))
  await toBegin('mute large', 'mute small')
  t.match(await parse('word', 'c'), { subject: 'word' })
  t.ok(performance.now() >= began + 200, 'it had its time')
  t.same(ends, ['small'])
  t.match(await parseLarge('another', 'd'), { subject: 'another' })
  t.same(ends, ['small', 'large'])
  t.same(await Promise.all([small, large]), [null, null])
})

/** Whether a process is running; a zombie is not. */
function isThere(pid: number): boolean {
  if (!readdirSync('/proc').includes(String(pid))) return false
  return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}

/** The numbers of the running processes of a program. */
function processesOf(program: string): string[] {
  const isOf = (pid: string) => {
    const path = `/proc/${pid}/cmdline`
    return existsSync(path) && readFileSync(path, 'utf8').split('\0').includes(program)
  }
  return readdirSync('/proc').filter(name => /^[0-9]+$/.test(name) && isOf(name))
}
