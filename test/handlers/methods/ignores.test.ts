import t from 'tap'
import { agent, desk, fred, NOW, QUEUE, refusal } from '../fixture.ts'

t.test('entries come and go', async t => {
  const { say, call, all, put } = await desk(t)
  t.match(await call('list_ignores'), { says: 'The ignore list is empty.', gives: [] })
  await put('queues', { ...QUEUE, id: 2, title: 'Sales', slug: 'sales', email_address: null })
  t.match(await say('ignore *@Spam.Example: They  sell'), {
    says: 'Mail from *@spam.example is ignored in all queues; this is entry 1.',
    gives: 1,
    tickets: [],
    heard: [],
  })
  t.match(await say('ignore ann@* sales,support'), {
    says: 'Mail from ann@* is ignored in the queues Sales, Support; this is entry 2.',
  })
  t.match(await call('add_ignore', { email: 'bob@spam.example', queues: '2,sales', name: '' }), {
    says: 'Mail from bob@spam.example is ignored in queue Sales; this is entry 3.',
  })
  t.strictSame(await all('ignores'), [
    { id: 1, email: '*@spam.example', name: 'They  sell', created: NOW },
    { id: 2, email: 'ann@*', name: '', queues: [2, 1], created: NOW },
    { id: 3, email: 'bob@spam.example', name: '', queues: [2], created: NOW },
  ])
  t.match(await say('ignores'), {
    says: '1 *@spam.example in all queues: They  sell\n2 ann@* in the queues Sales, Support\n3 bob@spam.example in queue Sales',
    gives: [{ ignore: 1, queues: [] }, { ignore: 2, queues: ['sales', 'support'] }, { ignore: 3 }],
  })
  t.match(await say('unignore *@SPAM.example'), {
    says: 'Entry 1 of the ignore list, *@spam.example, is removed.',
  })
  await call('remove_ignore', { ignore: 2 })
  t.match(await all('ignores'), [{ id: 3 }])
  t.match(await call('add_ignore', { email: '*@spam.example', dry_run: 'y' }), { says: /entry 4/ })
  t.equal((await all('ignores')).length, 1)
})

t.test('only administrators see and change the list', async t => {
  const { say } = await desk(t)
  for (const line of ['ignore *@spam.example', 'unignore 1', 'ignores'])
    t.match(await refusal(say(line, { actor: fred })), { code: 'forbidden', message: /Only administrators/ })
})

t.test('an entry that is not there, or twice there, is refused', async t => {
  const { say, call } = await desk(t)
  await say('ignore ann@* support')
  t.match(await refusal(say('ignore ANN@*')), {
    code: 'conflict',
    message: 'ann@* is in the ignore list, as entry 1; to change it, remove it first with remove_ignore.',
  })
  const table: [string, string, RegExp][] = [
    ['2', 'not_found', /^There is no entry 2 in the ignore list\.$/],
    ['*@spam.example', 'not_found', /^There is no entry \*@spam\.example in the ignore list\.$/],
    ['*@*', 'invalid', /^ignore: "\*@\*" stands for every address; give/],
    ['ann', 'invalid', /^ignore: "ann" is not the number of an entry; give one like 1, or its address/],
  ]
  for (const [ignore, code, message] of table)
    t.match(await refusal(call('remove_ignore', { ignore })), { code, message }, ignore)
  t.match(await refusal(call('add_ignore', { email: 'spam.example' })), {
    code: 'invalid',
    message: /^email: "spam\.example" is neither an address nor a pattern; give one like/,
  })
  t.match(await refusal(call('add_ignore', { email: 'bob@*', queues: 'sales' })), {
    code: 'not_found',
    message: 'There is no queue sales.',
  })
})

t.test('addresses of the helpdesk are ignored only by force', async t => {
  const { call, put, all } = await desk(t)
  await put('users', agent(3, 'tom', ['tom@example.org', 'Tom@home.example']))
  await put('users', { ...agent(4, 'old', ['old@gone.example']), active: false })
  const table: [string, string][] = [
    ['susan@example.org', 'susan@example.org, the address of user susan'],
    ['*@EXAMPLE.org', 'susan@example.org, the address of user susan'],
    ['fred@*', 'fred@example.org, the address of user fred'],
    ['*@home.example', 'Tom@home.example, the address of user tom'],
    ['*@helpdesk.example', 'support@helpdesk.example, the address of queue Support'],
    ['support@*', 'support@helpdesk.example, the address of queue Support'],
  ]
  for (const [email, whose] of table)
    t.match(
      await refusal(call('add_ignore', { email, queues: 'support' })),
      {
        code: 'invalid',
        message: `${email.toLowerCase()} would ignore mail from ${whose}; name others, or give force=y.`,
      },
      email,
    )
  for (const email of ['*@*.example.org', '*@gone.example']) await call('add_ignore', { email })
  await call('add_ignore', { email: '*@example.org', force: 'y' })
  t.equal((await all('ignores')).length, 3)
})

t.test('the list has at most a thousand entries', async t => {
  const { call, store, all } = await desk(t)
  await store.transact(async tx => {
    for (let n = 1; n <= 999; n++)
      await tx.put('ignores', { id: n, email: `*@s${n}.example`, name: '', created: NOW })
  })
  await call('add_ignore', { email: 'ann@*' })
  t.match(await refusal(call('add_ignore', { email: 'bob@*' })), {
    code: 'invalid',
    message: 'The ignore list has 1000 entries, and it can have no more; remove some with remove_ignore.',
  })
  t.equal((await all('ignores')).length, 1000)
})
