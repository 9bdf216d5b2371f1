import { createConnection } from 'node:net'
import { text as textIn } from 'node:stream/consumers'
import fc from 'fast-check'
import t from 'tap'
import { connect } from '../../../daemon/shell/client.ts'
import { framesOf } from '../../../daemon/shell/frames.ts'
import { messageIn, partsOf, withTexts } from '../../../daemon/shell/message.ts'
import { socketPath } from '../../../daemon/shell/socket_path.ts'
import { LONGEST_KEPT } from '../../../handlers/params/kept_text.ts'
import { house, quietEvents } from '../../house.ts'
import { kept } from '../mail/kept.ts'

const LONG = 'é"\\\x01\n\u2028 😀 '.repeat(LONGEST_KEPT)

t.test('lines and bytes arrive unchanged, however they are split', async t => {
  const line = fc.string({ unit: fc.constantFrom('a', 'é', '"', '\r') })
  const frame = fc.tuple(line, fc.uint8Array({ maxLength: 20 }))
  await t.resolves(
    fc.assert(
      fc.asyncProperty(
        fc.array(frame),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (frames, size, ends) => {
          const all = Buffer.concat(
            frames.flatMap(([text, bytes]) => [Buffer.from(`${text}\n`), Buffer.from(bytes)]),
          )
          const sent = ends ? all : Buffer.concat([all, Buffer.from('half')])
          async function* chunks() {
            for (let at = 0; at < sent.length; at += size) yield sent.subarray(at, at + size)
          }
          const read = framesOf(chunks())
          for (const [text, bytes] of frames) {
            if ((await read.line()) !== text) return false
            if (!(await read.bytes(bytes.length))!.equals(bytes)) return false
          }
          return (await read.line()) === (ends ? undefined : 'half') && (await read.bytes(1)) === undefined
        },
      ),
    ),
  )
})

t.test('a command goes over the socket with its long texts after it', async t => {
  const params = { ticket: '1', resolution: LONG, __proto__x: 'short' }
  const parts = partsOf({ method: 'resolve', params })
  t.equal(parts.length, 2)
  t.ok((parts[0] as string).length < 200)
  async function* sent() {
    for (const part of parts) yield Buffer.from(part)
  }
  const frames = framesOf(sent())
  const command = await withTexts(messageIn((await frames.line())!)!, frames)
  t.equal(command.method, 'resolve')
  t.same(command.params, { ...params, resolution: Buffer.from(LONG) })
  t.equal(messageIn('{"method":"x","params":{},"long":{"a":-1}}'), undefined)
  t.equal(messageIn('{"method":"x","params":{},"long":{"a":"1"}}'), undefined)
  t.equal(messageIn('{"method":"x","params":{},"long":7}')?.method, 'x')
})

t.test('a long text is kept whole by the daemon and by the shell itself', async t => {
  const { daemon, config, susan } = await house(t)
  await susan('create_ticket', { queue: '1', title: 'x' })
  const resolve = { method: 'resolve', params: { ticket: '1', resolution: LONG } }
  const many = await Promise.all(
    [1, 2, 3].map(async () => {
      const client = await connect(config.state_dir, quietEvents())
      const done = await client.run(resolve)
      t.match(
        await client.run({ method: 'list_queues', params: {} }),
        { exit: 0 },
        'and the next command is read',
      )
      await client.close()
      return done
    }),
  )
  for (const done of many) t.match(done, { exit: 0, says: 'Ticket 1 is resolved.' })
  await daemon.stop()
  const client = await connect(config.state_dir, quietEvents())
  t.match(await client.run(resolve), { exit: 0 })
  await client.close()
  const [ticket] = await kept(config.state_dir, 'tickets')
  const followups = await kept(config.state_dir, 'followups')
  t.equal(followups.length, 5)
  t.equal(new Set(followups.slice(1).map(({ comment_file }) => comment_file)).size, 1)
  t.equal(ticket!.resolution_file, followups[1]!.comment_file)
})

t.test('too long or incomplete texts are refused, and other commands still work', async t => {
  const { config, shell } = await house(t)
  const say = async (...parts: (string | Buffer)[]) => {
    const socket = createConnection(socketPath(config.state_dir))
    socket.on('error', () => {})
    for (const part of parts) socket.write(part)
    socket.end()
    return (await textIn(socket))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
  }
  const head = (size: number) =>
    `{"method":"resolve","params":{"ticket":"1"},"long":{"resolution":${size}}}\n`
  const line = Buffer.alloc(5_000_000, 'x')
  t.match(await say('{"method":"list_queues","params":{}}\n', line, '\n'), [
    { exit: 0 },
    { exit: 65, says: 'The line is too long; send at most 4194304 bytes.' },
  ])
  t.match(await say(head(26_214_401), line), [
    { exit: 65, says: 'The texts are too long; send at most 26214400 bytes.' },
  ])
  const notThere = { exit: 65, says: 'A text is incomplete or not UTF-8; send it again.' }
  t.match(await say(head(100_000), Buffer.alloc(99_999, 'x')), [notThere])
  t.match(await say(head(100_000), Buffer.alloc(100_000, 0xff)), [notThere])
  t.match(await say(head(3), 'abc', '{"method":"list_queues","params":{}}\n'), [
    { exit: 66, says: 'There is no ticket 1.' },
    { exit: 0 },
  ])
  t.match(await shell('queues'), { exit: 0 })
})
