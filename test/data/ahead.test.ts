import fc from 'fast-check'
import t from 'tap'
import { ahead } from '../../data/ahead.ts'
import type { Pieces } from '../../data/store.ts'

async function all(pieces: Pieces): Promise<Buffer> {
  const read: Uint8Array[] = []
  for await (const piece of pieces) read.push(piece)
  return Buffer.concat(read)
}

t.test('no piece is lost, whatever the sizes', async t => {
  await t.resolves(
    fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 5 })), fc.nat(20), async (pieces, most) => {
        const together = Buffer.concat(pieces)
        const { head, whole } = await ahead(pieces, most)
        if (together.length <= most) return whole === undefined && together.equals(head)
        const isBeginning = head.length > most && together.subarray(0, head.length).equals(head)
        return isBeginning && (await all(whole!)).equals(together)
      }),
    ),
  )
})

t.test('the source is closed when the reader stops early, and its errors reach the reader', async t => {
  let ended = 0
  async function* pieces(last: () => void): Pieces {
    try {
      for (let number = 0; number < 3; number++) yield Buffer.from(`${number}`)
      last()
    } finally {
      ended++
    }
  }
  const { whole } = await ahead(
    pieces(() => {}),
    1,
  )
  for await (const piece of whole!) {
    t.same(piece, Buffer.from('0'))
    break
  }
  t.equal(ended, 1)
  const broken = await ahead(
    pieces(() => {
      throw new Error('broken')
    }),
    1,
  )
  await t.rejects(all(broken.whole!), { message: 'broken' })
  t.equal(ended, 2)
})
