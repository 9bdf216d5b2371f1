import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openParser } from '../../daemon/mail/parser.ts'
import { directoryFor, until } from '../house.ts'

const MAIL = Buffer.from(
  'From: Erin <erin@example.net>\r\nSubject: =?utf-8?Q?Gr=C3=B6=C3=9Fe?=\r\nContent-Type: text/plain\r\n\r\nText.\r\n',
)
const PARSED = { subject: 'Größe', from: 'erin@example.net', text: 'Text.\n', attachments: [] }

/** A program in the place of the parser's own, that does what a mail says. */
const STUB = `
process.on('message', raw => {
  const word = Buffer.from(raw).toString()
  if (word === 'die') process.kill(process.pid, 'SIGKILL')
  if (word === 'exit') process.exit(3)
  if (word === 'hang') for (;;) {}
  if (word === 'memory') { const all = []; for (;;) all.push(new Array(1e6).fill(all.length)) }
  const parsed = { subject: word, from: null, text: String(process.pid), attachments: [] }
  setTimeout(() => process.send({ parsed }), word === 'slow' ? 300 : 0)
})
process.on('disconnect', () => process.exit(0))
process.send('ready')
`

function stubFor(t: Parameters<typeof directoryFor>[0], longest?: number) {
  const program = join(directoryFor(t), 'stub.mjs')
  writeFileSync(program, STUB)
  const parser = openParser(program, longest)
  t.teardown(() => parser.close())
  return { parse: (word: string) => parser.parse(Buffer.from(word)), close: parser.close }
}

t.test('a mail is taken apart', async t => {
  const parser = openParser()
  t.teardown(() => parser.close())
  t.match(await parser.parse(MAIL), PARSED)
  const nested = `${'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'.repeat(1200)}\r\n`
  t.equal(await parser.parse(Buffer.from(nested)), null, 'one that cannot be')
  t.match(await parser.parse(MAIL), PARSED, 'and the next')
})

t.test('bytes come back as they were', async t => {
  const parser = openParser()
  t.teardown(() => parser.close())
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
  const raw = `Content-Type: application/x-a; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString('base64')}\r\n`
  const parsed = await parser.parse(Buffer.from(raw))
  t.ok(bytes.equals(parsed!.attachments[0]!.content))
})

t.test('what a child comes to costs its own mail alone', async t => {
  const { parse } = stubFor(t, 5000)
  for (const end of ['die', 'exit', 'memory']) {
    const [lost, ...others] = await Promise.all([parse(end), parse('a'), parse('b'), parse('c')])
    t.equal(lost, null, end)
    t.match(others, [{ subject: 'a' }, { subject: 'b' }, { subject: 'c' }], `beside ${end}`)
  }
})

t.test('what takes too long is made to end', async t => {
  const { parse } = stubFor(t, 1500)
  const found = await Promise.all([parse('hang'), parse('a'), parse('b')])
  t.match(found, [null, { subject: 'a' }, { subject: 'b' }])
})

t.test('two children share the work, and no third', async t => {
  const { parse } = stubFor(t)
  const found = await Promise.all(Array.from({ length: 8 }, () => parse('slow')))
  t.equal(new Set(found.map(parsed => parsed!.text)).size, 2)
})

t.test('a child that is killed while it has nothing to do is replaced', async t => {
  const { parse } = stubFor(t)
  const first = Number((await parse('a'))!.text)
  process.kill(first, 'SIGKILL')
  await until('it to be gone', () => !isThere(first) || undefined)
  const next = await parse('b')
  t.notMatch(next, { text: String(first) })
})

t.test('a mail that is under way when we stop is not taken for a bad one', async t => {
  const { parse, close } = stubFor(t)
  await parse('a')
  const underWay = ['slow', 'slow', 'slow'].map(word => t.rejects(parse(word), { code: 'unavailable' }))
  close()
  await Promise.all(underWay)
  await t.rejects(parse('a'), { code: 'unavailable' })
})

t.test('a parser that cannot begin blames no mail', async t => {
  const parser = openParser(join(directoryFor(t), 'nothing.mjs'))
  t.teardown(() => parser.close())
  for (const _ of [1, 2, 3]) await t.rejects(parser.parse(MAIL), { code: 'unavailable' })
})

/** Whether a process runs; one that is dead and not yet waited for does not. */
function isThere(pid: number): boolean {
  if (!readdirSync('/proc').includes(String(pid))) return false
  return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}
