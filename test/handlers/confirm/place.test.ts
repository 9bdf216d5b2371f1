import fc from 'fast-check'
import t from 'tap'
import type { Confirmation } from '../../../data/tables.ts'
import { MOST_OPEN, placeAmong, type WaitingCommand } from '../../../handlers/confirm/place.ts'
import { runs } from '../../runs.ts'

/** Commands that wait, each from the source of one letter, numbered in their order. */
function waiting(sources: string): WaitingCommand[] {
  return [...sources].map((source, at) => ({ source, confirmation: { id: at + 1 } as Confirmation }))
}

/** Which of them goes for one more of a source; `full` if none does. */
function going(sources: string, source: string): number | 'none' | 'full' {
  const place = placeAmong(waiting(sources), source)
  return place.isFull ? 'full' : (place.goes?.id ?? 'none')
}

t.test('three commands wait, and the source of most of them makes place for others', async t => {
  for (const [sources, source, goes] of [
    ['', 'a', 'none'],
    ['aa', 'a', 'none'],
    ['aaa', 'a', 'full'],
    ['aaa', 'b', 1],
    ['baa', 'b', 'full'],
    ['baa', 'a', 'full'],
    ['baa', 'c', 2],
    ['abc', 'd', 'full'],
  ] as const)
    t.equal(going(sources, source), goes, `${sources} ${source}`)
})

t.test(
  'whatever comes, there are never more than three, and no source loses a place to one that has as many',
  async () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'abcd'), { maxLength: 30 }), sources => {
        let open: WaitingCommand[] = []
        const count = (source: string) => open.filter(one => one.source === source).length
        for (const [at, source] of sources.entries()) {
          const place = placeAmong(open, source)
          if (place.isFull) continue
          const loser = open.find(({ confirmation }) => confirmation === place.goes)
          if (loser && count(loser.source) < count(source) + 2) return false
          open = [...open.filter(one => one !== loser), { source, confirmation: { id: at } as Confirmation }]
          if (open.length > MOST_OPEN) return false
        }
        return true
      }),
      runs(200),
    )
  },
)
