import t from 'tap'
import { nameOf } from '../../handlers/author_name.ts'
import { authorWord } from '../../handlers/author_word.ts'
import { senderWords } from '../../handlers/sender_words.ts'
import type { WholeTicket } from '../../handlers/tickets/whole.ts'
import { SUSAN } from '../house.ts'
import { desk, machine, operator, refusal } from './fixture.ts'

const MARIA = { address: 'maria@example.net', name: 'Maria Muster' }
const WRITTEN = '"Jöhn Doe" <jdöe@mächine.example>'

t.test('a name stands before the address, and cannot be taken for one', async t => {
  const of = (name: string) => senderWords({ address: 'x@y.example', name })
  t.equal(of(''), 'x@y.example')
  t.equal(senderWords({ address: 'x@y.example' }), 'x@y.example')
  t.equal(of('Muster, Maria'), 'Muster, Maria <x@y.example>')
  t.equal(of('ceo@victim.example'), '"ceo@victim.example" <x@y.example>')
  t.equal(of('Boss <ceo>'), '"Boss <ceo>" <x@y.example>')
  t.equal(of('a" <ceo@victim.example> \\'), '"a\\" <ceo@victim.example> \\\\" <x@y.example>')
  t.equal(of('ceo＠victim.example'), '"ceo＠victim.example" <x@y.example>', 'a fullwidth at sign')
  t.equal(senderWords({ address: null, name: WRITTEN }), `${WRITTEN} (no usable address)`)
  t.equal(senderWords({ address: null, name: '' }), undefined)
})

t.test('the author of a mail by name', async t => {
  const author = { kind: 'submitter', ...MARIA, automatic: false } as const
  t.equal(nameOf(author, undefined), 'Maria Muster <maria@example.net>')
  t.equal(nameOf({ ...author, proven: false }, undefined), 'Maria Muster <maria@example.net> (not proven)')
  t.equal(nameOf({ ...author, automatic: true }, undefined), 'A machine at Maria Muster <maria@example.net>')
  t.equal(nameOf({ ...author, address: null, name: WRITTEN }, undefined), `${WRITTEN} (no usable address)`)
  t.equal(
    nameOf({ kind: 'submitter', address: null, automatic: true }, undefined),
    'A machine at an unknown address',
  )
})

t.test('a ticket keeps the name of its submitter until it has another one', async t => {
  const { call, say, ticket } = await desk(t)
  const actor = { kind: 'submitter', ...MARIA, automatic: false } as const
  const by = { actor, door: 'mail' } as const
  const { gives: id } = await call('create_ticket', { queue: 1, title: 'x', submitter_email: MARIA }, by)
  const shown = async () =>
    (await call('get_ticket', { ticket: id as number })) as { says: string; gives: WholeTicket }
  const { says, gives } = await shown()
  t.match(says, /^Submitter: Maria Muster <maria@example\.net>$/m)
  t.match(says, /^#1 Maria Muster <maria@example\.net> · /m)
  t.match(gives, { submitter_email: 'maria@example.net', submitter_name: 'Maria Muster' })
  t.match(gives.followups, [{ author: 'Maria Muster <maria@example.net>' }])

  await say(`priority ${id} 1`)
  await say(`submitter ${id} maria@example.net`)
  t.equal((await ticket(id as number))?.submitter_name, 'Maria Muster')
  await say(`submitter ${id} ann@example.net`)
  t.notOk('submitter_name' in (await ticket(id as number))!)
  t.match(await shown(), { says: /^Submitter: ann@example\.net$/m, gives: { submitter_name: null } })
})

t.test('without an address, the ticket says who wrote', async t => {
  const { call, all, store } = await desk(t)
  const author = { address: null, name: WRITTEN }
  const actor = { kind: 'submitter', ...author, automatic: true } as const
  const params = { queue: 1, title: 'x', submitter_email: author }
  const { gives: id } = await call('create_ticket', params, { actor, door: 'mail' })
  const { says, gives } = await call('get_ticket', { ticket: id as number })
  t.match(says, `\nSubmitter: ${WRITTEN} (no usable address)\n`)
  t.match(says, `#1 A machine at ${WRITTEN} (no usable address) · `)
  t.match(gives, { submitter_email: null, submitter_name: WRITTEN })
  t.equal(await store.read(tx => authorWord(tx, actor)), `${WRITTEN} (no usable address)`)
  t.match(await all('letters'), [{ to: SUSAN.address }], 'only the administrator is told')
  await call('set_submitter', { ticket: id as number, email: 'john@example.net' })
  t.notMatch((await call('get_ticket', { ticket: id as number })).says, /^Submitter: .*Doe/m)
})

t.test('only a door can give a name, on one line', async t => {
  const { call, ticket } = await desk(t)
  const open = async (submitter_email: string | typeof MARIA) => {
    const { gives } = await call(
      'create_ticket',
      { queue: 1, title: 'x', submitter_email },
      { actor: operator },
    )
    return ticket(gives as number)
  }
  t.match(await open({ ...MARIA, name: 'a\r\nOwner: \u202eb' }), { submitter_name: 'a Owner:  b' })
  t.notOk('submitter_name' in (await open('maria@example.net'))!)
  t.notOk('submitter_name' in (await open({ ...MARIA, name: '' }))!)
  t.match(await refusal(open('Maria <maria@example.net>')), {
    code: 'invalid',
    message: /^submitter_email: /,
  })
})

t.test('the mail of a machine causes no acknowledgement, whoever is the submitter', async t => {
  const { call } = await desk(t)
  const open = (actor: typeof machine) =>
    call('create_ticket', { queue: 1, title: 'x', submitter_email: MARIA }, { actor, door: 'mail' })
  t.same((await open(machine)).heard, [SUSAN.address])
  t.same((await open({ kind: 'submitter', ...MARIA, automatic: true })).heard, [SUSAN.address])
  const person = { kind: 'submitter', ...MARIA, automatic: false } as const
  t.same((await open(person)).heard, ['maria@example.net', SUSAN.address])
})
