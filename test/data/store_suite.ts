import { createHash } from 'node:crypto'
import type { Test } from 'tap'
import { Failure } from '../../data/failure.ts'
import type { Page, Pieces, Reader, Search, Store, Where } from '../../data/store.ts'
import type { Followup, Ticket } from '../../data/tables.ts'
import { directoryFor } from '../house.ts'
import { followup, followupWith, letter, mail, ticket, user } from './records.ts'

/** The tests that every Store must pass. `open` opens the store of a directory. No test assumes an id before the store gives it. */
export function storeSuite(t: Test, open: (directory: string) => Promise<Store>): void {
  const fresh = async (t: Test) => {
    const directory = directoryFor(t)
    let store = await open(directory)
    t.teardown(() => store.close())
    return {
      store: () => store,
      reopen: async () => {
        await store.close()
        store = await open(directory)
      },
    }
  }
  const one = async (t: Test) => (await fresh(t)).store()

  t.test('search', async t => {
    const store = await one(t)
    const numbers = await store.transact(async tx => {
      const added = [
        ticket({ title: 'Red printer', priority: 2, due_date: null }),
        ticket({ title: 'Blue PRINTER', priority: 5, due_date: '2024-06-01' }),
        ticket({ title: 'Rote Möbel 100%', priority: 2, due_date: '2024-06-03' }),
        ticket({ title: 'Screen', priority: 1, queue: 2, submitter_email: 'ann@example.net' }),
      ]
      const numbers: number[] = []
      for (const one of added) numbers.push((await tx.add('tickets', one)).id)
      const comments = ['Paper "jam"', 'a ÖLFLECK on the .*', '100 \u212a cold', 'the\nend \\ mail']
      for (const [at, comment] of comments.entries())
        await tx.add('followups', followup({ ticket: numbers[at]!, comment }))
      await tx.add(
        'followups',
        followup({ ticket: numbers[3]!, comment: 'paper', author: { kind: 'user', user: 1 } }),
      )
      await tx.add('followups', { ...followupWith('a'.repeat(64)), ticket: numbers[2]!, comment: 'Papier' })
      return numbers
    })
    const found = async (search: Partial<Search<Ticket>> = {}) =>
      (await store.search('tickets', { where: {}, by: [], limit: 10, ...search })).map(
        ({ id }) => numbers.indexOf(id) + 1,
      )

    t.same(await found(), [1, 2, 3, 4])
    t.same(await found({ where: { queue: 1, priority: { to: 2 } } }), [1, 3])
    t.same(await found({ limit: 2, newest: true }), [4, 3])
    t.same(await found({ limit: 0 }), [])
    t.same(await found({ by: ['due_date'] }), [2, 3, 1, 4], 'null comes last')
    t.same(await found({ by: ['due_date'], newest: true }), [3, 2, 4, 1], 'in both directions')
    t.same(await found({ by: ['priority', 'due_date'] }), [4, 3, 1, 2], 'by two fields')
    const [first, second] = [numbers[0]!, numbers[1]!]
    t.same(await found({ after: [first] }), [2, 3, 4])
    t.same(await found({ by: ['due_date'], after: ['2024-06-01', second] }), [3, 1, 4])
    t.same(await found({ by: ['due_date'], after: [null, first] }), [4])
    t.same(await found({ by: ['priority'], newest: true, after: [2, first] }), [4])

    for (const [words, ...expected] of [
      ['printer', 1, 2],
      [' pRinter  RED ', 1],
      ['', 1, 2, 3, 4],
      ['paper', 1, 4],
      ['paper "jam"', 1],
      ['PAPI', 3],
      ['red paper', 'not in one record'],
      ['möbel', 3],
      ['MÖBEL', 3],
      ['ölfleck', 2],
      ['ö', 2, 3],
      ['.*', 2],
      ['%', 3],
      ['100', 3],
      ['k cold', 3],
      ['\\', 4],
      ['end', 4],
      ['mail', 4],
      ['shell', 'only searched fields count'],
      ['ann@', 4],
      ['2024', 'not a date'],
    ] as const) {
      const places = expected.filter(place => typeof place === 'number')
      t.same(await found({ words }), places, `words: ${words}`)
    }
    t.same(await found({ words: 'printer', where: { priority: 5 } }), [2], 'words and a condition')

    const many = await store.transact(async tx => {
      const ids: number[] = []
      for (let n = 0; n < 300; n++)
        ids.push((await tx.add('tickets', ticket({ priority: n % 2 ? 4 : 3 }))).id)
      await tx.delete('tickets', ids[100]!)
      return ids.filter((_, at) => at !== 100)
    })
    const all = await store.search('tickets', { where: { priority: { in: [3, 4] } }, by: [], limit: 1000 })
    t.same(
      all.map(({ id }) => id),
      many,
      'over several steps',
    )
    const back = await store.search('tickets', {
      where: { priority: 4 },
      by: ['priority'],
      newest: true,
      limit: 50,
    })
    t.equal(back.length, 50)
    t.equal(back[0]!.id, many.at(-1))
  })

  t.test('get, find and count', async t => {
    const store = await one(t)
    const numbers = await store.transact(async tx => {
      const added = [
        ticket({ queue: 1, title: 'Red printer', priority: 2 }),
        ticket({ queue: 2, title: 'Blue PRINTER', priority: 5, due_date: '2024-06-01' }),
        ticket({ queue: 1, title: 'Red mouse', priority: 2, due_date: '2024-06-03' }),
        ticket({ queue: 1, title: 'Screen', priority: 1, assigned_to: 7 }),
      ]
      const numbers: number[] = []
      for (const one of added) numbers.push((await tx.add('tickets', one)).id)
      await tx.add('users', user({ username: 'susan', addresses: ['susan@example.org', 's@example.org'] }))
      await tx.add('users', user({ username: 'fred', addresses: ['fred@example.org'] }))
      await tx.put('once', { id: 'a key', expires: '2024', answer: null, refusal: null })
      return numbers
    })
    /** The id of the nth ticket. */
    const nth = (place: number) => numbers[place - 1]!
    /** Which tickets are found, counted from 1. */
    const found = (where: Where<Ticket>, page?: Page<Ticket>) =>
      store.read(async tx => (await tx.find('tickets', where, page)).map(({ id }) => numbers.indexOf(id) + 1))

    t.match(await store.read(tx => tx.get('tickets', nth(3))), { id: nth(3), title: 'Red mouse' })
    t.match(await store.read(tx => tx.get('once', 'a key')), { id: 'a key' })
    t.equal(await store.read(tx => tx.get('tickets', nth(4) + 1)), undefined)
    t.equal(await store.read(tx => tx.get('once', 'constructor')), undefined)

    t.same(await found({}), [1, 2, 3, 4])
    t.same(await found({ queue: 1 }), [1, 3, 4], 'a key')
    t.same(await found({ queue: 1, priority: 2 }), [1, 3], 'a key and another field')
    t.same(await found({ title: 'Screen' }), [4], 'a field without an index')
    t.same(await found({ assigned_to: null }), [1, 2, 3], 'null is a value')
    t.same(await found({ queue: 3 }), [])
    t.same(await found({ queue: { in: [2, 3] } }), [2])
    t.same(await found({ priority: { in: [] } }), [])
    t.same(await found({ priority: { from: 2 } }), [1, 2, 3])
    t.same(await found({ priority: { to: 2 } }), [1, 3, 4])
    t.same(await found({ priority: { from: 2, to: 2 } }), [1, 3], 'both ends are included')
    t.same(await found({ due_date: { to: '2024-06-02' } }), [2], 'null is in no range')

    t.same(await found({}, { by: 'priority' }), [4, 1, 3, 2], 'equal values are sorted by id')
    t.same(await found({}, { by: 'priority', newest: true }), [2, 3, 1, 4])
    t.same(await found({}, { by: 'due_date' }), [1, 4, 2, 3], 'null comes first')
    t.same(await found({}, { limit: 2 }), [1, 2])
    t.same(await found({}, { limit: 0 }), [])
    t.same(await found({}, { after: nth(2) }), [3, 4])
    t.same(await found({}, { after: nth(4) }), [])
    t.same(await found({}, { by: 'priority', after: nth(1), limit: 1 }), [3])
    t.same(await found({}, { newest: true, after: nth(3), limit: 1 }), [2])
    t.same(await found({ queue: 1 }, { after: nth(2) }), [3, 4], 'after a record that does not match')
    t.same(await found({ queue: 1 }, { newest: true, limit: 2 }), [4, 3], 'some of those found by a key')
    t.same(await found({ queue: 1 }, { newest: true, after: nth(4), limit: 1 }), [3])
    t.same(await found({ queue: 1, title: 'Red mouse' }, { limit: 1 }), [3])

    const withFiles = await store.transact(async tx => {
      await tx.add('followups', followup({ ticket: 1 }))
      const { id } = await tx.add('followups', followupWith('a'.repeat(64)))
      const found = await tx.find('followups', { ticket: 1 }, { withFiles: true })
      const all = await tx.find('followups', {}, { withFiles: true })
      await tx.delete('followups', id)
      return [found, all].map(records => records.map(({ attachments }) => attachments.length))
    })
    t.same(withFiles, [[1], [1]])

    t.equal(await store.read(tx => tx.count('tickets', { queue: 1 })), 3)
    t.equal(await store.read(tx => tx.count('tickets', {})), 4)
    const named = (addresses: string) => store.read(tx => tx.find('users', { addresses }))
    t.match(
      await named('s@example.org'),
      [{ username: 'susan' }],
      'a list field is found by one of its values',
    )
    t.same(await named('nobody@example.org'), [])
    const either = { addresses: { in: ['fred@example.org', 's@example.org'] } }
    t.equal(await store.read(tx => tx.count('users', either)), 2)
  })

  t.test('deleteAll removes all that match, and a rollback restores them', async t => {
    const store = await one(t)
    const before = await store.transact(async tx => {
      for (const [ticket, comment] of [
        [1, 'a'],
        [2, 'b'],
        [1, 'c'],
        [3, 'd'],
        [3, 'e'],
      ] as const)
        await tx.add('followups', followup({ ticket, comment }))
      await tx.add('followups', { ...followupWith('a'.repeat(64)), ticket: 1 })
      return tx.find('followups', {})
    })
    const texts = (tx: Reader, ticket?: number) =>
      tx
        .find('followups', ticket === undefined ? {} : { ticket })
        .then(found => found.map(({ comment }) => comment))
    const error = new Error('never mind')
    await t.rejects(
      store.transact(async tx => {
        await tx.put('followups', { ...before[0]!, comment: 'changed' })
        await tx.deleteAll('followups', { ticket: 1 })
        t.same(await texts(tx, 1), [])
        await tx.add('followups', followup({ ticket: 1, comment: 'new' }))
        await tx.deleteAll('followups', {})
        t.same(await texts(tx), [])
        throw error
      }),
      error,
    )
    t.same(await store.read(tx => tx.find('followups', {})), before)
    t.equal(await store.read(tx => tx.count('followups', { ticket: 1 })), 3)
    await store.transact(async tx => {
      await tx.deleteAll('followups', { ticket: 1 })
      await tx.deleteAll('followups', { ticket: 3, comment: 'e' })
      await tx.deleteAll('followups', { ticket: 77 })
    })
    t.same(await store.read(tx => texts(tx)), ['b', 'd'])
    t.same(await store.read(tx => texts(tx, 1)), [])
  })

  t.test('a page continues after a record that has been deleted', async t => {
    const store = await one(t)
    const numbers = await store.transact(async tx => {
      const added: number[] = []
      for (let n = 0; n < 4; n++) added.push((await tx.add('letters', letter())).id)
      return added
    })
    const second = numbers[1]!
    await store.transact(tx => tx.delete('letters', second))
    const found = await store.read(tx => tx.find('letters', {}, { after: second }))
    t.same(
      found.map(({ id }) => id),
      numbers.slice(2),
    )
  })

  t.test('records are found by their present values, not by former ones', async t => {
    const { store, reopen } = await fresh(t)
    const susan = await store().transact(tx =>
      tx.add('users', user({ addresses: ['a@example.org', 'b@example.org'] })),
    )
    await store().transact(tx => tx.put('users', { ...susan, addresses: ['b@example.org', 'c@example.org'] }))
    await store()
      .transact(async tx => {
        await tx.put('users', { ...susan, addresses: ['d@example.org'] })
        t.equal(await tx.count('users', { addresses: 'd@example.org' }), 1, 'inside its transaction')
        throw new Error('never mind')
      })
      .catch(() => {})
    const count = (addresses: string) => store().read(tx => tx.count('users', { addresses }))
    for (const round of ['now', 'after a new start']) {
      t.same(
        await Promise.all(['a', 'b', 'c', 'd'].map(name => count(`${name}@example.org`))),
        [0, 1, 1, 0],
        round,
      )
      await reopen()
    }
    await store().transact(tx => tx.delete('users', susan.id))
    t.same(await count('b@example.org'), 0)
  })

  t.test('ids rise and are never reused', async t => {
    const { store, reopen } = await fresh(t)
    let highest = 0
    const rises = async (why: string) => {
      const { id } = await store().transact(tx => tx.add('tickets', ticket()))
      t.ok(id > highest, why)
      highest = id
    }
    await rises('the first')
    await rises('the next')
    await store().transact(tx => tx.delete('tickets', highest))
    await rises('after a delete')
    highest = await store().transact(async tx => {
      const { id } = await tx.add('tickets', ticket())
      await tx.delete('tickets', id)
      return id
    })
    await rises('after an add and a delete in one transaction')
    await t.rejects(
      store().transact(async tx => {
        await tx.add('tickets', ticket())
        throw new Failure('invalid', 'No.')
      }),
      { code: 'invalid', message: 'No.' },
    )
    await rises('after a rollback')
    const lower = highest + 50
    highest += 100
    await store().transact(tx => tx.put('tickets', { id: highest, ...ticket() }))
    await rises('after a put with a higher id')
    await store().transact(tx => tx.put('tickets', { id: lower, ...ticket() }))
    await rises('after a put with a lower id')
    await store().transact(tx => tx.delete('tickets', highest))
    await reopen()
    await rises('after a restart')
    const { id } = await store().transact(tx => tx.add('mails', mail()))
    t.ok(id < lower, 'each table has its own ids')
    const stray = { id: lower, ...ticket({ title: 'stray' }) }
    const added = await store().transact(tx => tx.add('tickets', stray))
    t.ok(added.id > highest, 'an id in the fields is ignored')
    t.notMatch(await store().read(tx => tx.get('tickets', lower)), { title: 'stray' })
  })

  t.test('skipped ids are not given out', async t => {
    const { store, reopen } = await fresh(t)
    const add = async () => (await store().transact(tx => tx.add('tickets', ticket()))).id
    const skip = (to: number) => store().transact(tx => tx.skip('tickets', to))
    const first = await add()
    t.equal(await skip(0), first, 'it gives the highest id')
    t.equal(await skip(first + 1000), first)
    t.equal(await skip(first + 10), first + 1000, 'skipped ids stay skipped')
    await reopen()
    t.equal(await skip(0), first + 1000, 'also after a restart')
    t.ok((await add()) > first + 1000)
    const highest = await skip(0)
    await store()
      .transact(async tx => {
        await tx.skip('tickets', highest + 1000)
        t.equal(await tx.skip('tickets', 0), highest + 1000, 'inside its transaction')
        throw new Error('never mind')
      })
      .catch(() => {})
    t.ok((await add()) > highest, 'after a rollback')
    t.equal(await store().transact(tx => tx.skip('mails', 0)), 0, 'each table has its own')
  })

  t.test('all or nothing', async t => {
    const { store, reopen } = await fresh(t)
    const [first, said] = await store().transact(async tx => {
      const said = await tx.add('followups', followup({ comment: 'kept' }))
      await tx.put('once', { id: 'k', expires: '2024', answer: null, refusal: null })
      return [await tx.add('tickets', ticket({ title: 'kept' })), said]
    })
    const error = new Error('half-way')
    await t.rejects(
      store().transact(async tx => {
        await tx.put('tickets', { ...first, title: 'lost' })
        await tx.put('tickets', { ...first, title: 'lost too', queue: 9 })
        await tx.add('tickets', ticket())
        await tx.delete('followups', said.id)
        await tx.delete('once', 'k')
        await tx.put('once', { id: 'l', expires: '2024', answer: null, refusal: null })
        throw error
      }),
      error,
    )
    for (const round of ['now', 'after a new start']) {
      await store().read(async tx => {
        t.match(await tx.find('tickets', {}), [{ id: first.id, title: 'kept', queue: 1 }], round)
        t.equal(await tx.count('tickets', { queue: 1 }), 1, round)
        t.equal(await tx.count('tickets', { queue: 9 }), 0, round)
        t.match(await tx.get('followups', said.id), { comment: 'kept' }, round)
        t.match(await tx.find('once', {}), [{ id: 'k' }], round)
      })
      await reopen()
    }
    await t.rejects(
      store().transact(() => {
        throw error
      }),
      error,
      'work that throws before it begins',
    )
  })

  t.test('a transaction sees its own writes, and gives the result of its work', async t => {
    const store = await one(t)
    const seen = await store.transact(async tx => {
      const { id } = await tx.add('tickets', ticket({ queue: 4 }))
      await tx.put('tickets', { id, ...ticket({ queue: 5 }) })
      await tx.delete('tickets', id + 1)
      return [
        await tx.get('tickets', id),
        await tx.count('tickets', { queue: 4 }),
        await tx.count('tickets', { queue: 5 }),
      ]
    })
    t.match(seen, [{ queue: 5 }, 0, 1])
    t.equal(await store.transact(async () => 'nothing was changed'), 'nothing was changed')
  })

  t.test('records are deeply frozen', async t => {
    const { store, reopen } = await fresh(t)
    const added = await store().transact(tx => tx.add('followups', followupWith('f'.repeat(64))))
    t.throws(() => Object.assign(added, { comment: 'changed' }), TypeError)
    t.throws(() => Object.assign(added.attachments[0]!, { size: 2 }), TypeError)
    await reopen()
    const [found] = await store().read(tx => tx.find('followups', {}))
    t.throws(() => Object.assign(found!, { comment: 'changed' }), TypeError)
    t.throws(() => (found!.attachments as unknown[]).push('more'), TypeError)
    t.throws(() => Object.assign(found!.author, { kind: 'user' }), TypeError)
  })

  t.test('the store keeps no object that it was given, and undefined fields are absent', async t => {
    const { store, reopen } = await fresh(t)
    const given = { ...ticket({ title: 'as it was' }), resolution_file: undefined }
    const { id } = await store().transact(tx => tx.add('tickets', given as unknown as Omit<Ticket, 'id'>))
    const again = { id, ...given }
    await store().transact(tx => tx.put('tickets', again as unknown as Ticket))
    const said = { ...followup({ comment: 'as it was' }), hops: undefined }
    const { id: number } = await store().transact(tx =>
      tx.add('followups', said as unknown as Omit<Followup, 'id'>),
    )
    for (const one of [given, again, said]) Reflect.set(one, 'title' in one ? 'title' : 'comment', 'changed')
    for (const round of ['now', 'after a new start']) {
      const [kept, followed] = await store().read(async tx => [
        await tx.get('tickets', id),
        await tx.get('followups', number),
      ])
      t.match(kept, { title: 'as it was' }, round)
      t.match(followed, { comment: 'as it was' }, round)
      t.notOk(Object.hasOwn(kept!, 'resolution_file'), round)
      t.notOk(Object.hasOwn(followed!, 'hops'), round)
      await reopen()
    }
  })

  t.test('the store knows its free space, and keeps the keys of its site', async t => {
    const { store, reopen } = await fresh(t)
    const { bytes, files } = await store().free()
    t.ok(bytes > 0 && files > 0, `${bytes} bytes, ${files} files`)
    const keys = await store().keys()
    const mark = keys.mark('a purpose', 'a text')
    t.ok((await store().keys()).isMark('a purpose', 'a text', mark))
    await reopen()
    t.ok((await store().keys()).isMark('a purpose', 'a text', mark), 'after a restart')
    const other = await one(t)
    t.notOk((await other.keys()).isMark('a purpose', 'a text', mark), 'another site has other keys')
  })

  t.test('transactions are isolated, and each read sees one consistent state', async t => {
    const store = await one(t)
    const [left, right] = await store.transact(async tx => [
      (await tx.add('tickets', ticket({ version: 0 }))).id,
      (await tx.add('tickets', ticket({ version: 0 }))).id,
    ])
    const raise = () =>
      store.transact(async tx => {
        const [a, b] = [await tx.get('tickets', left), await tx.get('tickets', right)]
        await tx.put('tickets', { ...a!, version: a!.version + 1 })
        await tx.put('tickets', { ...b!, version: b!.version + 1 })
        if (a!.version % 3 === 2) throw new Failure('conflict', 'Every third is refused.')
      })
    const look = () =>
      store.read(async tx => {
        const a = await tx.get('tickets', left)
        await tx.find('tickets', {})
        const b = await tx.get('tickets', right)
        return a!.version === b!.version
      })
    const raised: Promise<unknown>[] = []
    const looks: Promise<boolean>[] = []
    for (let n = 0; n < 20; n++) {
      raised.push(raise().catch(() => {}))
      looks.push(look())
    }
    await Promise.all(raised)
    t.same(new Set(await Promise.all(looks)), new Set([true]))
    t.match(await store.read(tx => tx.find('tickets', {})), [{ version: 2 }, { version: 2 }])
  })

  t.test('watch wakes after each commit that changed its table', async t => {
    const store = await one(t)
    const seen: Promise<number>[] = []
    const end = store.watch('letters', () => seen.push(store.read(tx => tx.count('letters', {}))))
    await store.transact(tx => tx.add('tickets', ticket()))
    await store.transact(async () => {})
    await store
      .transact(async tx => {
        await tx.add('letters', letter())
        throw new Error('refused')
      })
      .catch(() => {})
    await new Promise(resolve => setImmediate(resolve))
    t.equal(seen.length, 0, 'not for another table, nor after a rollback')
    const { id } = await store.transact(async tx => {
      await tx.add('letters', letter())
      return tx.add('letters', letter())
    })
    t.same(await Promise.all(seen), [2], 'once, when the change is visible')
    await store.transact(tx => tx.delete('letters', id))
    t.equal(seen.length, 2, 'for a deletion too')
    end()
    await store.transact(tx => tx.add('letters', letter()))
    t.equal(seen.length, 2, 'not after the watch has ended')
  })

  t.test('files are kept as long as a record names them', async t => {
    const { store, reopen } = await fresh(t)
    const bytes = Buffer.from([0, 255, 10, 13])
    const [name, again] = await Promise.all([store().files.put(bytes), store().files.put(bytes)])
    t.equal(name, createHash('sha256').update(bytes).digest('hex'))
    t.equal(again, name, 'the same bytes have the same name')
    t.same(await store().files.get(name), bytes)
    t.equal(await store().files.get('0'.repeat(64)), undefined)

    const say = async (...names: string[]) =>
      (await store().transact(tx => tx.add('followups', followupWith(...names)))).id
    const unsay = (id: number) => store().transact(tx => tx.delete('followups', id))
    const said = await say(name)
    const { id } = await store().transact(tx => tx.add('mails', mail({ raw: name })))
    await unsay(said)
    t.same(await store().files.get(name), bytes, 'another record names it')
    await reopen()
    t.same(await store().files.get(name), bytes, 'a restart keeps it')
    await store()
      .transact(async tx => {
        await tx.delete('mails', id)
        throw new Error('refused')
      })
      .catch(() => {})
    t.same(await store().files.get(name), bytes, 'after a delete that was rolled back')
    await store().transact(tx => tx.put('mails', { id, ...mail({ raw: null }) }))
    t.equal(await store().files.get(name), undefined, 'no record names it')

    t.equal(await store().files.put(bytes), name)
    const twice = await say(name, name)
    const put = await store().files.put(bytes)
    await unsay(twice)
    t.same(await store().files.get(put), bytes, 'put again, for a later commit')
    await unsay(await say(put))
    t.equal(await store().files.get(put), undefined)

    const early = await store().files.put(Buffer.from('never named'))
    t.same(await store().files.get(early), Buffer.from('never named'), 'kept for a while without a record')
    const empty = await store().files.put(Buffer.alloc(0))
    t.same(await store().files.get(empty), Buffer.alloc(0), 'no bytes at all')
  })

  t.test('a hold keeps files until its end, and afterwards those that a record names', async t => {
    const { store } = await fresh(t)
    const { files } = store()
    const [one, two] = [files.hold(), files.hold()]
    const named = await one.put(Buffer.from('named'))
    const forgotten = await one.put(Buffer.from('forgotten'))
    const shared = await one.put(pieces(['sha', 'red']))
    t.equal(await two.put(Buffer.from('shared')), shared)
    const { id } = await store().transact(tx => tx.add('followups', followupWith(named)))
    await store().transact(tx => tx.delete('followups', id))
    t.ok(await files.get(named), 'no longer named, but still held')
    await store().transact(tx => tx.add('followups', followupWith(named)))
    await one.end()
    t.same(await files.get(named), Buffer.from('named'))
    t.equal(await files.get(forgotten), undefined)
    t.same(await files.get(shared), Buffer.from('shared'), 'another holds it')
    await two.end()
    t.equal(await files.get(shared), undefined)
  })

  t.test('the disk usage of files is known for each sender network, also after a restart', async t => {
    const { store, reopen } = await fresh(t)
    const BLOCK = 4096
    const raw = await store().files.put(Buffer.alloc(2 * BLOCK + 1))
    const text = await store().files.put(Buffer.alloc(BLOCK))
    const [first, second] = await store().transact(async tx => {
      await tx.add('tickets', ticket({ resolution_file: text }))
      await tx.add('followups', { ...followupWith('0'.repeat(64)), network: 'b' })
      return [
        await tx.add('mails', mail({ raw, raw_size: 2 * BLOCK + 1, network: 'a' })),
        await tx.add('mails', mail({ raw, raw_size: 2 * BLOCK + 1, network: 'b' })),
      ]
    })
    const seen = async () => {
      const usage = await store().files.usage()
      const [a, b] = ['a', 'b'].map(network => [usage.of(network), usage.rawsOf(network, 9)])
      return { bytes: usage.bytes, unproven: usage.unproven, a, b, largest: usage.largest() }
    }
    for (const when of ['now', 'then']) {
      t.same(
        await seen(),
        {
          bytes: 5 * BLOCK,
          unproven: 4 * BLOCK,
          a: [3 * BLOCK, [first.id]],
          b: [BLOCK, [second.id]],
          largest: { network: 'a', bytes: 3 * BLOCK },
        },
        when,
      )
      await reopen()
    }
    await store().transact(tx => tx.put('mails', { ...first, subject: 'again' }))
    t.match(await seen(), { a: [3 * BLOCK, [first.id]] }, 'a record that is written again changes nothing')
    await store().transact(tx => tx.put('mails', { id: first.id, ...mail() }))
    t.match(
      await seen(),
      { a: [3 * BLOCK, []], largest: { network: 'b' } },
      'the file counts for the first network until the last record is gone',
    )
    await store().transact(tx => tx.put('mails', { id: second.id, ...mail() }))
    t.match(await seen(), { bytes: 2 * BLOCK, a: [0, []], largest: undefined })
    t.equal(await store().files.get(raw), undefined)
  })

  t.test('files in pieces have the same names', async t => {
    const { store, reopen } = await fresh(t)
    const files = () => store().files
    const texts = ['one ', '', 'two ', 'three']
    const whole = Buffer.from(texts.join(''))
    const name = createHash('sha256').update(whole).digest('hex')
    const [one, same, other] = await Promise.all([
      files().put(pieces(texts)),
      files().put(whole),
      files().put(pieces(texts)),
    ])
    t.same([one, same, other], [name, name, name])
    t.equal(await files().put(pieces(texts)), name, 'if the file exists')
    t.same(await files().get(name), whole)
    const early = await files().put(pieces(['never named']))
    t.same(await files().get(early), Buffer.from('never named'))
    t.equal(await files().put(pieces([])), createHash('sha256').digest('hex'), 'no bytes at all')
    const broken = async function* () {
      yield Buffer.from('half')
      throw new Error('the sender went away')
    }
    await t.rejects(files().put(broken()), { message: 'the sender went away' })

    const [opened, said] = await store().transact(async tx => [
      (await tx.add('tickets', ticket({ resolution_file: name }))).id,
      (await tx.add('followups', followup({ comment_file: name }))).id,
    ])
    await reopen()
    await store().transact(tx => tx.delete('followups', said))
    t.same(await files().get(name), whole, 'the ticket names it too')
    await store().transact(tx => tx.delete('tickets', opened))
    t.equal(await files().get(name), undefined)
  })

  t.test('the file of a long text is kept as long as its record, also across restarts', async t => {
    const { store, reopen } = await fresh(t)
    const whole = await store().files.put(Buffer.from('all of it'))
    const fields = followup({ comment: '"attachments":[] "file":"', comment_file: whole })
    const { id } = await store().transact(tx => tx.add('followups', fields))
    for (const round of ['first', 'second']) {
      await reopen()
      t.same(await store().files.get(whole), Buffer.from('all of it'), `after the ${round} restart`)
      t.match(await store().read(tx => tx.get('followups', id)), fields)
    }
    await store().transact(tx => tx.delete('followups', id))
    t.equal(await store().files.get(whole), undefined)
  })

  t.test('a restart finds all records unchanged', async t => {
    const { store, reopen } = await fresh(t)
    const odd = '\u2028 "quoted" \\ \n\r\t\u0001 😀 é ٣ ],\n],{'
    await store().transact(async tx => {
      await tx.add('tickets', ticket({ title: odd }))
      await tx.add(
        'followups',
        followup({ comment: odd, author: { kind: 'submitter', address: null, automatic: true } }),
      )
      await tx.add('letters', letter())
      await tx.put('once', {
        id: odd,
        expires: '2024',
        answer: { says: odd, gives: { [odd]: 1 } },
        refusal: null,
      })
    })
    const all = () =>
      store().read(async tx => [
        await tx.find('tickets', {}),
        await tx.find('followups', {}),
        await tx.find('letters', {}),
        await tx.find('once', {}),
        await tx.find('users', {}),
      ])
    const before = await all()
    await reopen()
    t.strictSame(await all(), before)
    t.equal((await store().read(tx => tx.get('once', odd)))?.answer?.says, odd)
    await reopen()
    t.strictSame(await all(), before, 'and after another restart without changes')
  })

  t.test('a closed store refuses calls, and keeps all commits that were running', async t => {
    const { store, reopen } = await fresh(t)
    const under = Array.from({ length: 10 }, () => store().transact(tx => tx.add('tickets', ticket())))
    const closed = store()
    await reopen()
    const added = (await Promise.all(under)).map(({ id }) => id).sort((a, b) => a - b)
    t.equal(new Set(added).size, 10)
    const kept = await store().read(tx => tx.find('tickets', {}))
    t.same(
      kept.map(({ id }) => id),
      added,
    )
    await t.rejects(
      closed.transact(tx => tx.add('tickets', ticket())),
      { code: 'unavailable' },
    )
    await t.rejects(
      closed.read(tx => tx.count('tickets', {})),
      { code: 'unavailable' },
    )
  })
}

async function* pieces(texts: readonly string[]): Pieces {
  for (const text of texts) yield Buffer.from(text)
}
