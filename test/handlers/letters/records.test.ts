import t from 'tap'
import type { Letter } from '../../../data/tables.ts'
import { agent, desk, fred, LATER, NOW, refusal, TICKET } from '../fixture.ts'

const MARIA = 'maria@example.net'
const LETTER: Letter = {
  id: 7,
  event: 'followed_up',
  to: MARIA,
  ticket: TICKET.id,
  followup: 1,
  answer: null,
  state: 'failed',
  created: NOW,
  due: NOW,
  attempts: [{ at: NOW, reply: '550 5.1.1 no such mailbox' }],
}

/** A ticket of Maria with a public follow-up of fred, and letter 7 about it. */
async function letterDesk(t: Parameters<typeof desk>[0], fields: Partial<Letter> = {}) {
  const made = await desk(t)
  await made.call('set_submitter', { ticket: 31794, email: MARIA })
  await made.call('add_followup', { ticket: 31794, public: 'y', message: 'We come.' }, { actor: fred })
  for (const { id } of await made.all('letters')) await made.store.transact(tx => tx.delete('letters', id))
  const followup = (await made.all('followups')).at(-1)!.id
  await made.put('letters', { ...LETTER, followup, ...fields })
  const letter = async (id = 7) => made.store.read(tx => tx.get('letters', id))
  return { ...made, letter, followup }
}

t.test('letters are listed by state, recipient and ticket, 50 on a page', async t => {
  const { say, call, put } = await letterDesk(t)
  await put('tickets', { ...TICKET, id: 5 })
  for (let id = 8; id < 68; id++)
    await put('letters', { ...LETTER, id, to: 'eve@example.net', ticket: 5, state: 'waiting', attempts: [] })
  const numbers = async (line: string) =>
    ((await say(line)).gives as { letters: { letter: number }[] }).letters.map(({ letter }) => letter)
  t.equal((await numbers('letters')).length, 50)
  t.same(await numbers('letters failed'), [7])
  t.same(await numbers(`letters to ${MARIA}`), [7])
  t.same(await numbers(`Letters TO ${MARIA} Failed #31794`), [7])
  t.same(await numbers('letters [support-31794]'), [7])
  t.same(await numbers('letters ticket 31794 sent'), [])
  t.same((await numbers('letters to eve@example.net 5')).slice(0, 2), [67, 66])
  const { says, gives } = await say('letters waiting')
  t.match(says, /^67 to eve@example\.net\n2026-03-01 12:00 UTC · waiting · followed_up · ticket 5\n/)
  t.match(says, /\n\nThere are more\. For the next page, write:\nletters state=waiting before=18$/)
  t.match(gives, { next: 18 })
  t.same((await numbers('letters state=waiting before=18')).at(-1), 8)
  t.match(await refusal(say('letters failed sent')), {
    message: '"failed" and "sent" exclude each other; give one of them.',
  })
  t.match(await refusal(call('letters', {}, { actor: fred })), { code: 'forbidden' })
})

t.test('a letter says its attempts, what they mean, and what to do', async t => {
  const { say, put } = await letterDesk(t, {
    retried: LATER,
    reports: [{ at: LATER, outcome: 'delayed', words: 'still trying' }],
  })
  const first = 'Letter 7 to maria@example.net about ticket 31794 (followed_up) was written on'
  const attempts = [
    `${first} 2026-03-01 12:00 UTC.`,
    '2026-03-01 12:00 UTC: 550 5.1.1 no such mailbox',
    '  There is no such mailbox.',
    '2026-03-01 13:00 UTC: reported as delayed: still trying',
    'An administrator last had it tried again on 2026-03-01 13:00 UTC.',
  ]
  t.equal(
    (await say('letter 7')).says,
    [
      ...attempts,
      'It was refused for good, or reported as failed, on 2026-03-01 12:00 UTC.',
      'To try it again now: retry 7',
    ].join('\n'),
  )
  await put('letters', { ...LETTER, id: 8, ticket: null, state: 'waiting', due: LATER, attempts: [] })
  t.equal(
    (await say('letter 8')).says,
    [
      'Letter 8 to maria@example.net (followed_up) was written on 2026-03-01 12:00 UTC.',
      'It waits; the next attempt is on 2026-03-01 13:00 UTC, or later if the smarthost is down then.',
      'To try it again now: retry 8',
      'To give it up: drop 8',
    ].join('\n'),
  )
})

t.test('a failed letter is tried again with new waits; one that waits is tried now', async t => {
  const { say, letter, put, followup } = await letterDesk(t, { given_up: true })
  await say('retry 7', { now: LATER })
  const { given_up, ...again } = (await letter())!
  t.equal(given_up, undefined)
  t.match(again, { state: 'waiting', due: LATER, retried: LATER, created: NOW, attempts: LETTER.attempts })
  await put('letters', { ...LETTER, id: 8, followup, state: 'waiting', due: '2026-03-02T12:00:00.000Z' })
  await say('retry letter 8', { now: LATER })
  t.match(await letter(8), { state: 'waiting', due: LATER, retried: undefined })
  await put('letters', { ...LETTER, id: 9, state: 'sent' })
  t.match(await refusal(say('retry 9')), {
    code: 'conflict',
    message: 'Letter 9 was sent on 2026-03-01 12:00 UTC; what was sent cannot be tried again.',
  })
  t.match(await refusal(say('drop 9')), { message: 'Letter 9 does not wait any more: it was sent.' })
})

t.test('not to an address that gets no letters, and not to one who no longer hears of it', async t => {
  const { say, call, put, letter, followup } = await letterDesk(t)
  await put('failing', { id: 1, address: MARIA, count: 3, reply: '550 no', last: NOW, since: NOW })
  t.same(await refusal(say('retry 7')), {
    code: 'conflict',
    message: `Letter 7 is not tried again. Letters to ${MARIA} do not arrive: 550 no\nIf the address is right, write "clear ${MARIA}" first, then "retry 7".`,
  })
  t.match((await say('letter 7')).says, /To write to that address again: clear maria@example\.net\n/)
  t.same((await say('retry failed', { now: LATER })).gives, { retried: 0, left_out: 1, left: 0 })
  await say(`clear ${MARIA}`)
  await say('add_followup ticket=31794 message=secret', { actor: fred })
  await call('set_submitter', { ticket: 31794, email: 'eve@example.net' })
  t.same(await refusal(say('retry 7')), {
    code: 'conflict',
    message: `Letter 7 is not tried again: ${MARIA} no longer hears of ticket 31794, or not of this follow-up.`,
  })
  await call('watch', { ticket: 31794, email: MARIA })
  await say('retry 7')
  // A private follow-up, to an address that was one of staff.
  await put('letters', { ...LETTER, id: 8, followup: followup + 1 })
  t.match(await refusal(say('retry 8')), { code: 'conflict' })
  await put('users', agent(3, 'maria', [MARIA]))
  await say('retry 8')
  t.match(await letter(8), { state: 'waiting' })
})

t.test('all that failed since a day are tried again, at most 1,000 at once', async t => {
  const { say, store, letter } = await letterDesk(t, { due: '2026-02-27T12:00:00.000Z' })
  await store.transact(async tx => {
    for (let id = 10; id < 1015; id++) await tx.put('letters', { ...LETTER, id, ticket: null })
  })
  const { says, gives } = await say('retry failed', { now: LATER })
  t.equal(says, '1000 letters are tried again.\n5 letters are left; for these, write the same again.')
  t.same(gives, { retried: 1000, left_out: 0, left: 5 })
  t.match(await letter(7), { state: 'failed' }, 'it failed earlier')
  t.match((await say('retry failed since 2026-02-27', { now: LATER })).gives, { retried: 6, left: 0 })
  t.equal((await say('retry failed', { now: LATER })).says, 'No letter is tried again.')
})

t.test('a letter is given up: its ticket says so, and the writer hears of it', async t => {
  const { say, all, letter } = await letterDesk(t, { state: 'waiting', due: LATER, attempts: [] })
  t.equal((await say('drop 7')).says, 'Letter 7 to maria@example.net is given up.')
  t.match(await letter(), { state: 'failed', given_up: true, attempts: [{ at: NOW }] })
  t.match((await all('followups')).at(-1), {
    public: false,
    author: { kind: 'user', user: 1 },
    comment: 'The letter to maria@example.net did not arrive: susan gave it up before it was sent.',
    about_letter: 7,
  })
  const told = (await all('letters')).at(-1)
  t.match(told, { event: 'letter_failed', to: 'fred@example.org', state: 'waiting' })
  t.same(await all('failing'), [], 'it does not count against the address')
  t.match(await refusal(say('drop 7')), { message: 'Letter 7 does not wait any more: it has failed.' })
})

t.test('who gives up a letter of their own is not told by letter', async t => {
  const { say, all } = await letterDesk(t, { state: 'waiting', due: LATER, attempts: [] })
  const before = await all('letters')
  await say('change_user username=fred admin=y')
  await say('drop 7', { actor: fred })
  t.equal((await all('letters')).length, before.length)
})
