import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type RunSite, runEscalations } from '../../daemon/escalation_run.ts'
import { render } from '../../daemon/mail/out/letter.ts'
import { LetterWords } from '../../daemon/mail/out/letters/letter_words.ts'
import { signedIdsOf } from '../../daemon/mail/signed_ids.ts'
import { DAY, MINUTE } from '../../data/durations.ts'
import { Failure } from '../../data/failure.ts'
import { openStore } from '../../data/json/open.ts'
import type { Store } from '../../data/store.ts'
import type { Letter, Ticket } from '../../data/tables.ts'
import { call } from '../../handlers/call.ts'
import { queue, ticket, user } from '../data/records.ts'
import { directoryFor, FRED, HELPDESK, noCaps, quietEvents, quietStore, SUSAN } from '../house.ts'

const HOURS = { at: '08:00', time_zone: 'UTC' }
const CREATED = '2026-03-02T12:00:00.000Z'
const NOON = Date.parse('2026-03-09T12:00Z')

/** A helpdesk whose queue escalates after three days; susan is an administrator, and fred owns so many tickets. */
async function storeWith(t: Test, tickets: number, fields: Partial<Ticket> = {}): Promise<Store> {
  const store = await openStore(join(directoryFor(t), 'state'), quietStore)
  t.teardown(() => store.close())
  await store.transact(async tx => {
    await tx.add('users', user({ username: SUSAN.username, addresses: [SUSAN.address], admin: true }))
    await tx.add('users', user({ username: FRED.username, addresses: [FRED.address] }))
    await tx.add('queues', queue({ escalate_days: 3 }))
    for (let number = 1; number <= tickets; number++)
      await tx.add(
        'tickets',
        ticket({ title: `Ticket ${number}`, created: CREATED, assigned_to: 2, ...fields }),
      )
  })
  return store
}

async function run(store: Store, now: () => number, more: Partial<RunSite> = {}): Promise<number> {
  const queues = await store.read(tx => tx.find('queues', {}))
  const failed = (_: number, error: unknown) => {
    throw error
  }
  return runEscalations({ store, hours: HOURS, letters: noCaps(), failed, ...more }, queues, now)
}

function lettersOf(store: Store): Promise<readonly Letter[]> {
  return store.read(tx => tx.find('letters', {}))
}

async function textOf(store: Store, letter: Letter): Promise<string | undefined> {
  const signedIds = signedIdsOf(await store.keys(), HELPDESK, [], 'plus')
  const site = {
    files: store.files,
    signedIds,
    mailAddress: HELPDESK,
    gone: new Set<string>(),
    attachUpTo: 0,
    hours: HOURS,
    proofs: [],
    words: new LetterWords(),
    events: quietEvents(),
  }
  return (await store.read(tx => render(tx, site, letter)))?.text as string | undefined
}

t.test('a run that takes long writes one letter to each recipient', async t => {
  const store = await storeWith(t, 230)
  let now = NOON
  t.equal(await run(store, () => (now += MINUTE / 2)), 230)
  const [letter, ...others] = await lettersOf(store)
  t.strictSame(others, [])
  t.match(letter, { to: FRED.address, event: 'escalations', more: true })
  t.equal(letter!.followups!.length, 200)
  t.ok(Date.parse(letter!.due) <= now, 'it goes out when the run ends')
  t.match(
    await textOf(store, letter!),
    /\[support-200\] Ticket 200\n.*\n {2}Owner fred\n\nThere are more\.\n/,
  )
})

t.test('a ticket whose step fails does not keep the others from theirs', async t => {
  const store = await storeWith(t, 2, { created: 'yesterday' })
  await store.transact(tx => tx.add('tickets', ticket({ created: CREATED })))
  const failures: number[] = []
  t.equal(await run(store, () => NOON, { failed: number => failures.push(number) }), 1)
  t.strictSame(failures, [1, 2])
})

t.test('a run ends if the disk is full, or if too many steps fail; what it has told goes out', async t => {
  const store = await storeWith(t, 3)
  let calls = 0
  const room = async () => {
    if (++calls > 2) throw new Failure('full', 'The disk is full.')
  }
  await t.rejects(
    run(store, () => NOON, { room }),
    { code: 'full' },
  )
  t.match(await lettersOf(store), [
    { to: FRED.address, followups: [1, 2], due: new Date(NOON).toISOString() },
  ])
  t.equal(await run(store, () => NOON + DAY), 1, 'the next run takes up the rest')

  const broken = await storeWith(t, 30, { created: 'yesterday' })
  const failures: number[] = []
  await t.rejects(
    run(broken, () => NOON, { failed: number => failures.push(number) }),
    { name: 'RangeError' },
  )
  t.equal(failures.length, 20)
})

t.test('a letter about several tickets does not name one that was deleted', async t => {
  const store = await storeWith(t, 3)
  await run(store, () => NOON)
  const [letter] = await lettersOf(store)
  const said = (method: string, params: Record<string, string | number>) =>
    call(store, [{ method, params }], {
      actor: { kind: 'operator' },
      door: 'shell',
      now: new Date(NOON).toISOString(),
    })
  const [shown] = await said('get_ticket', { ticket: 3 })
  t.match(shown!.says, /\nLetters: fred@example\.org waiting$/, 'it shows with each of them')
  const remove = (ticket: number) => said('delete_ticket', { ticket, confirm: 'y' })
  await remove(2)
  const text = (await textOf(store, letter!))!
  t.match(text, /\[support-1\].*\[support-3\]/s)
  t.notMatch(text, /support-2/)
  await remove(1)
  await remove(3)
  t.equal(await textOf(store, letter!), undefined, 'without tickets there is no letter')
})

t.test('that a letter about several tickets did not arrive is told in one letter, and that once', async t => {
  const store = await storeWith(t, 2)
  await run(store, () => NOON)
  const report = (letter: number) =>
    call(store, [{ method: 'report_letter', params: { letter, reply: '550 5.1.1 no such mailbox' } }], {
      actor: { kind: 'daemon' },
      door: 'daemon',
      now: new Date(NOON).toISOString(),
      letters: noCaps(),
    })
  await report(1)
  const [, letter, ...others] = await lettersOf(store)
  t.strictSame(others, [])
  t.match(letter, { to: SUSAN.address, event: 'escalations', due: new Date(NOON).toISOString() })
  t.match(
    await textOf(store, letter!),
    /\[support-1\] Ticket 1\n {2}The letter to fred@example\.org did not arrive: 550 5\.1\.1 no such mailbox\n/,
  )
  await report(letter!.id)
  t.equal((await lettersOf(store)).length, 2)
})
