import t, { type Test } from 'tap'
import type { Letter } from '../../../../data/tables.ts'
import { agent, type Desk, desk, fred, operator, QUEUE, susan, TICKET } from '../../fixture.ts'

const CC = 'all@example.org'
const FRED = 'fred@example.org'
const TOM = 'tom@example.org'
const START = Date.parse('2026-03-01T12:00:00.000Z')

/** So many seconds after the first change. */
function at(seconds: number): string {
  return new Date(START + seconds * 1000).toISOString()
}

/** A ticket of fred, and who gets what about it: the event, the number of changes, and after how many seconds. */
async function scene(t: Test) {
  const built = await desk(t)
  const { put, say, all, store } = built
  await put('queues', { ...QUEUE, updated_ticket_cc: [CC] })
  await put('users', agent(3, 'tom', [TOM]))
  const begin = async () => {
    await put('tickets', { ...TICKET, assigned_to: 2 })
    await store.transact(async tx => {
      for (const { id } of await tx.find('letters', {})) await tx.delete('letters', id)
      for (const { id } of await tx.find('followups', {})) await tx.delete('followups', id)
    })
  }
  const told = async () => (await all('letters')).map(shortly).sort()
  const does = (line: string, seconds = 0, actor = susan) => say(line, { actor, now: at(seconds) })
  return { ...built, begin, told, does }
}

function shortly({ to, event, followups = [], due }: Letter): string {
  const after = (Date.parse(due) - START) / 1000
  return `${to.split('@')[0]} ${event} ${followups.length} ${after}`
}

type Does = (line: string, seconds?: number, actor?: typeof susan) => ReturnType<Desk['say']>
const cases: readonly [string, (does: Does) => Promise<unknown>, readonly string[]][] = [
  ['one change', does => does('priority 31794 1'), ['all changed 1 70', 'fred changed 1 70']],
  [
    'several by one person within a minute',
    async does => {
      await does('priority 31794 1')
      await does('hold 31794', 30)
      await does('due 31794 2026-04-01', 59)
    },
    ['all changed 3 70', 'fred changed 3 70'],
  ],
  [
    'one more after a minute',
    async does => {
      await does('priority 31794 1')
      await does('hold 31794', 60)
    },
    ['all changed 1 130', 'all changed 1 70', 'fred changed 1 130', 'fred changed 1 70'],
  ],
  [
    'by two people',
    async does => {
      await does('priority 31794 1')
      await does('hold 31794', 1, operator)
    },
    ['all changed 1 70', 'all changed 1 71', 'fred changed 1 70', 'fred changed 1 71'],
  ],
  ['by the owner', does => does('hold 31794', 0, fred), ['all changed 1 70']],
  [
    'taken back',
    async does => {
      await does('hold 31794 until tomorrow')
      await does('unhold 31794', 5)
    },
    [],
  ],
  [
    'taken back in part',
    async does => {
      await does('hold 31794')
      await does('priority 31794 1', 3)
      await does('unhold 31794', 5)
    },
    ['all changed 3 70', 'fred changed 3 70'],
  ],
  ['another owner', does => does('assign 31794 tom'), ['fred taken 1 70', 'tom assigned 1 70']],
  ['taken from its owner', does => does('take 31794'), ['fred taken 1 70']],
  ['assigned to oneself', does => does('assign 31794 susan'), ['fred taken 1 70']],
  [
    'another owner, taken back',
    async does => {
      await does('assign 31794 tom')
      await does('assign 31794 fred', 9)
    },
    [],
  ],
  [
    'another owner, taken back, with a change that stays',
    async does => {
      await does('assign 31794 tom')
      await does('priority 31794 1', 1)
      await does('assign 31794 fred', 9)
    },
    ['all changed 2 71', 'fred changed 3 70'],
  ],
  [
    'a third owner: the one in between hears nothing, and the first one who it is in the end',
    async does => {
      await does('assign 31794 tom')
      await does('take 31794', 9)
    },
    ['fred taken 2 70'],
  ],
  [
    'words go at once and take the changes along',
    async does => {
      await does('priority 31794 1')
      await does('followup 31794: Hurry.', 5)
    },
    ['all followed_up 1 5', 'fred followed_up 1 5'],
  ],
  [
    'a change with words, too',
    async does => {
      await does('priority 31794 1')
      await does('hold 31794: No part.', 5)
    },
    ['all changed 2 5', 'fred changed 2 5'],
  ],
  [
    'words of somebody else let the changes go first',
    async does => {
      await does('priority 31794 1')
      await does('followup 31794: Hurry.', 5, operator)
    },
    ['all changed 1 5', 'all followed_up 0 5', 'fred changed 1 5', 'fred followed_up 0 5'],
  ],
  [
    'words right before the changes are due let them go first',
    async does => {
      await does('priority 31794 1')
      await does('followup 31794: Hurry.', 65)
    },
    ['all changed 1 65', 'all followed_up 0 65', 'fred changed 1 65', 'fred followed_up 0 65'],
  ],
]

t.test('changes without words by one person within a minute are one letter', async t => {
  const { begin, told, does } = await scene(t)
  for (const [name, run, letters] of cases) {
    await begin()
    await run(does)
    t.strictSame(await told(), letters, name)
  }
})

t.test('a letter that is under way or tried takes no more changes', async t => {
  const { begin, told, does, all, put } = await scene(t)
  await begin()
  await does('priority 31794 1')
  for (const letter of await all('letters'))
    await put('letters', { ...letter, due: at(600), attempts: [{ at: at(70), reply: '451 later' }] })
  await does('hold 31794', 80)
  t.same(await told(), ['all changed 1 150', 'all changed 1 600', 'fred changed 1 150', 'fred changed 1 600'])
})

t.test('the answer says who hears', async t => {
  const { begin, does } = await scene(t)
  await begin()
  t.same((await does('assign 31794 tom')).heard, [TOM, FRED])
  t.same((await does('assign 31794 fred', 5)).heard, [], 'nobody, if it was taken back')
})
