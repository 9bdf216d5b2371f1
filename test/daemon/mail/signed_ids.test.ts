import assert from 'node:assert/strict'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { LINK_VERBS, type LinkVerb } from '../../../daemon/mail/link_verbs.ts'
import { type SignedIds, signedIdsOf } from '../../../daemon/mail/signed_ids.ts'
import { withoutLetterKeys } from '../../../data/letter_key.ts'
import { type Keys, openKeys } from '../../../data/secret.ts'
import type { Restore } from '../../../data/tables.ts'
import { directoryFor, HELPDESK } from '../../house.ts'

const DOMAIN = 'helpdesk.example'

function keysFor(t: Test): Promise<Keys> {
  return openKeys(directoryFor(t))
}

function restore(id: number, before: number, after: number): Restore {
  const each = (number: number) => ({ tickets: number, letters: number })
  return { id, at: '2030-01-01T00:00:00.000Z', before: each(before), after: each(after) }
}

t.test('ids of the old form are understood', async t => {
  const keys = await keysFor(t)
  const path = `helpdesk+return.12.${keys.mark('return', '12')}@${DOMAIN}`
  const id = `<letter.12.${keys.mark('letter', '12')}@${DOMAIN}>`
  const marks = signedIdsOf(keys, HELPDESK, [])
  t.match(marks.letterOf(path), { number: 12, ticket: undefined })
  t.match(marks.letterOf(path.toUpperCase()), { number: 12, ticket: undefined })
  t.ok(marks.isOurMessageId(id))
  t.ok(marks.isOurMessageId(`<ticket.7.${keys.mark('ticket', '7')}@${DOMAIN}>`))
  t.notOk(marks.letterOf(path.replace('.12.', '.13.')))
  t.notOk(marks.isOurMessageId(id.replace('.12.', '.13.')))

  const later = signedIdsOf(keys, HELPDESK, [restore(1, 11, 1000)])
  t.match(
    later.letterOf(path),
    { number: undefined, ticket: undefined },
    'a number that a restore has undone',
  )
  t.ok(later.isOurMessageId(id), 'still ours')
})

t.test('a Message-ID names its letter as its return path does', async t => {
  const keys = await keysFor(t)
  for (const restores of [[], [restore(1, 11, 1000)]])
    for (const letter of [
      { id: 1012, ticket: 1007 },
      { id: 5, ticket: 3 },
      { id: 1012, ticket: null },
    ]) {
      const marks = signedIdsOf(keys, HELPDESK, restores)
      const named = marks.letterNamed(marks.messageId(letter))
      t.strictSame(named, marks.letterOf(marks.returnPath(letter)))
      t.match(named, { number: letter.id, ticket: letter.ticket ?? undefined })
      t.notOk(marks.letterNamed(marks.messageId(letter).replace('5.', '6.').replace('2.', '3.')))
      t.notOk(marks.letterNamed(marks.threadId(7)))
    }
  const marks = signedIdsOf(keys, HELPDESK, [])
  const old = `<letter.12.${keys.mark('letter', '12')}@${DOMAIN}>`
  t.match(marks.letterNamed(old), { name: '12', number: 12, ticket: undefined })
  const undone = signedIdsOf(keys, HELPDESK, [restore(1, 11, 1000)])
  t.match(undone.letterNamed(old), { number: undefined })
})

t.test('a return path is short enough for a local part', async t => {
  const longest = `${'x'.repeat(30)}@${DOMAIN}`
  const marks = signedIdsOf(await keysFor(t), longest, [restore(1, 10, 1000)])
  const path = marks.returnPath({ id: 36 ** 6 - 1, ticket: 36 ** 6 - 1 })
  t.equal(path.indexOf('@'), 64)
  t.match(marks.letterOf(path), { number: 36 ** 6 - 1, ticket: 36 ** 6 - 1 })
})

t.test('a key is short enough for a local part, and a relay may change what stands around it', async t => {
  const longest = `${'x'.repeat(30)}@${DOMAIN}`
  const marks = signedIdsOf(await keysFor(t), longest, [restore(1, 10, 1000)])
  const address = marks.keyAddress({ id: 36 ** 6 - 1, ticket: 36 ** 6 - 1 })!
  t.equal(address.indexOf('@'), 64)
  t.match(address, /^x{30}\+r1\.zzzzzz\.zzzzzz\.[a-z2-7]{16}@/)
  const letter = { number: 36 ** 6 - 1, ticket: 36 ** 6 - 1 }
  t.match(marks.letterOfKey(address), letter)
  t.match(marks.letterOfKey(address.toUpperCase()), letter)
  t.match(marks.letterOfKey(address.replace(/^x+/, 'other').replace(DOMAIN, 'mail.other.example')), letter)
  for (const wrong of [
    address.replace('zzz', 'zzy'),
    address.replace(/.@/, '1@'),
    address.replace('+r1', '+r'),
  ])
    t.equal(marks.letterOfKey(wrong), undefined, wrong)
  t.equal(marks.letterOf(address), undefined, 'a key is no return path')
  t.equal(marks.letterOfKey(marks.returnPath({ id: 1, ticket: 1 })), undefined, 'nor the other way round')
})

t.test('the key of a link is about its verb, and no longer than that of its letter', async t => {
  const longest = `${'x'.repeat(30)}@${DOMAIN}`
  const marks = signedIdsOf(await keysFor(t), longest, [restore(1, 10, 1000)])
  const ids = { id: 36 ** 6 - 1, ticket: 36 ** 6 - 1 }
  const verbs = Object.keys(LINK_VERBS) as LinkVerb[]
  const names = new Set([marks.letterOfKey(marks.keyAddress(ids)!)!.name])
  for (const verb of verbs) {
    const address = marks.linkAddress(ids, verb)!
    t.equal(address.indexOf('@'), 64)
    const found = marks.letterOfKey(address.toUpperCase())!
    t.match(found, { number: ids.id, ticket: ids.ticket, link: verb })
    names.add(found.name)
    for (const other of ['r', 'b', 's', ...verbs.map(one => LINK_VERBS[one].code)])
      if (other !== LINK_VERBS[verb].code)
        t.equal(marks.letterOfKey(address.replace(/\+./, `+${other}`)), undefined, `${verb} as ${other}`)
    t.equal(withoutLetterKeys(`<mailto:${address}?subject=x>`), `<mailto:${longest}?subject=x>`)
  }
  t.equal(names.size, verbs.length + 1)
  t.equal(marks.letterOfKey(marks.keyAddress(ids)!)!.link, undefined)
  const none = signedIdsOf(await keysFor(t), longest, [], 'none')
  t.equal(none.linkAddress(ids, 'take'), undefined)
})

t.test('a site whose addresses cannot be extended has neither keys nor return paths', async t => {
  const keys = await keysFor(t)
  const marks = signedIdsOf(keys, HELPDESK, [], 'none')
  t.equal(marks.keyAddress({ id: 1, ticket: 2 }), undefined)
  t.equal(marks.returnPath({ id: 1, ticket: 2 }), HELPDESK)
  const former = signedIdsOf(keys, HELPDESK, [])
  t.match(
    marks.letterOfKey(former.keyAddress({ id: 1, ticket: 2 })!),
    { number: 1, ticket: 2 },
    'former keys go on working',
  )
})

t.test('a stop address is for one watcher of one ticket', async t => {
  const longest = `${'x'.repeat(30)}@${DOMAIN}`
  const keys = await keysFor(t)
  const marks = signedIdsOf(keys, longest, [restore(1, 10, 1000)])
  const most = marks.stopAddress(36 ** 11 - 1, 'eve@example.net')!
  t.ok(most.indexOf('@') <= 64, most)
  const address = marks.stopAddress(2000, 'Eve@example.net')!
  for (const written of [address, address.toUpperCase(), address.replace(/^x+/, 'other')]) {
    const stop = marks.stopOf(written)
    t.equal(stop?.ticket, 2000)
    t.ok(stop?.isFor('eVE@example.net'))
    t.notOk(stop?.isFor('bob@example.net'))
  }
  const early = signedIdsOf(keys, longest, []).stopAddress(2000, 'eve@example.net')!
  t.equal(marks.stopOf(early)?.ticket, undefined, 'of a ticket that a restore has undone')
  t.equal(marks.stopOf(signedIdsOf(keys, longest, []).stopAddress(7, 'eve@example.net')!)?.ticket, 7)
  t.equal(signedIdsOf(keys, longest, [], 'none').stopAddress(7, 'eve@example.net'), undefined)
  t.equal(marks.letterOfKey(address), undefined)
  t.equal(marks.letterOf(address), undefined)
  t.equal(marks.stopOf(marks.keyAddress({ id: 1, ticket: 2 })!), undefined)
  const changed = fc.property(fc.nat(address.indexOf('@') - 32), fc.constantFrom(...'a2b7z0.'), (at, one) => {
    const wrong = `${address.slice(0, 31 + at)}${one}${address.slice(32 + at)}`
    assert.ok(wrong === address || marks.stopOf(wrong) === undefined, wrong)
  })
  fc.assert(changed)
  t.end()
})

t.test('a Message-ID names its letter', async t => {
  const keys = await keysFor(t)
  const marks = signedIdsOf(keys, HELPDESK, [])
  const later = signedIdsOf(keys, HELPDESK, [restore(1, 20, 1000)])
  const id = marks.messageId({ id: 12, ticket: 7 })
  t.match(marks.letterNamed(id), { number: 12, ticket: 7 })
  t.match(later.letterNamed(id), { number: 12, ticket: 7 })
  t.match(later.letterNamed(later.messageId({ id: 1001, ticket: 7 })), { number: 1001, ticket: 7 })
  t.equal(marks.letterNamed(id.replace('.12.', '.13.')), undefined)
  t.equal(marks.letterNamed(marks.threadId(7)), undefined, 'the id of a ticket')
  t.equal(
    marks.letterNamed(id)!.name,
    marks.letterOf(marks.returnPath({ id: 12, ticket: 7 }))!.name,
    'the same letter has the same name in each of its ids',
  )
})

t.test('marks stay unique after any restores, and each belongs to the letter it was made for', async t => {
  const keys = await keysFor(t)
  const number = fc.integer({ min: 1, max: 3000 })
  /** How many numbers the store had assigned after the backup and lost. */
  const lives = fc.array(fc.record({ kept: number, lost: number, gap: number }), { maxLength: 3 })
  const property = fc.property(lives, number, (lives, more) => {
    const restores: Restore[] = []
    let highest = 0
    const good: { path: string; id: number }[] = []
    const bad: string[] = []
    const ids = new Set<string>()
    let made = 0
    const make = (id: number) => {
      const marks = signedIdsOf(keys, HELPDESK, restores)
      const letter = { id, ticket: id }
      const path = marks.returnPath(letter)
      for (const one of [path, marks.messageId(letter), marks.threadId(id), marks.keyAddress(letter)!])
        ids.add(one)
      made += 4
      return path
    }
    for (const { kept, lost, gap } of lives) {
      good.push({ path: make(highest + kept), id: highest + kept })
      highest += kept
      for (const id of new Set([highest + 1, highest + lost])) bad.push(make(id))
      restores.push(restore(restores.length + 1, highest, highest + lost + gap))
      highest += lost + gap
    }
    good.push({ path: make(highest + more), id: highest + more })
    assert.equal(ids.size, made)
    const marks = signedIdsOf(keys, HELPDESK, restores)
    for (const { path, id } of good) {
      assert.deepEqual(numbersIn(marks, path), { number: id, ticket: id })
      assert.equal(marks.returnPath({ id, ticket: id }), path, 'the same as when it was made')
    }
    for (const path of bad) assert.deepEqual(numbersIn(marks, path), { number: undefined, ticket: undefined })
    for (const id of ids) if (id.startsWith('<')) assert.ok(marks.isOurMessageId(id))
  })
  t.doesNotThrow(() => fc.assert(property))
})

t.test('ids contain no epoch before the first restore', async t => {
  const marks = signedIdsOf(await keysFor(t), HELPDESK, [])
  t.match(marks.messageId({ id: 12, ticket: 7 }), /^<letter\.7\.12\.[0-9a-f]{16}@/)
  t.match(marks.messageId({ id: 12, ticket: null }), /^<letter\.0\.12\.[0-9a-f]{16}@/)
  t.match(marks.returnPath({ id: 37, ticket: 7 }), /^helpdesk\+b\.7\.11\.[0-9a-f]{16}@/)
  const later = signedIdsOf(await keysFor(t), HELPDESK, [restore(1, 20, 1000), restore(2, 1005, 2000)])
  t.match(
    later.messageId({ id: 12, ticket: 7 }),
    /^<letter\.7\.12\./,
    'nor for letters from before the restore',
  )
  t.match(later.messageId({ id: 1001, ticket: 7 }), /^<letter\.e1\.7\.1001\./)
  t.match(later.threadId(2001), /^<ticket\.e2\.2001\./)
  t.match(later.returnPath({ id: 2001, ticket: 7 }), /^helpdesk\+b2\.7\.1jl\./)
})

/** The number and ticket of the letter that a return path belongs to. */
function numbersIn(marks: SignedIds, path: string) {
  const { number, ticket } = marks.letterOf(path)!
  return { number, ticket }
}
