import t from 'tap'
import { render } from '../../../../daemon/mail/out/letter.ts'
import { LetterWords } from '../../../../daemon/mail/out/letters/letter_words.ts'
import { signedIdsOf } from '../../../../daemon/mail/signed_ids.ts'
import { LOCALES } from '../../../../data/locales.ts'
import { agent, desk, QUEUE, TICKET } from '../../../handlers/fixture.ts'
import { HELPDESK, quietEvents } from '../../../house.ts'

const FRED = 'fred@example.org'
const HOURS = { at: '09:00', time_zone: 'UTC' }

t.test('letters about changes say what has changed, in every language', async t => {
  const { store, put, say, all } = await desk(t)
  const signedIds = signedIdsOf(await store.keys(), HELPDESK, [])
  await put('users', { ...agent(1, 'susan', ['susan@example.org']), full_name: 'Susan Calvin', admin: true })
  await put('users', agent(3, 'tom', ['tom@example.org']))
  await put('queues', { ...QUEUE, updated_ticket_cc: ['all@example.org'] })
  await put('queues', { ...QUEUE, id: 2, title: 'Sales', slug: 'sales', email_address: null })
  /** The beginning of the newest letter to an address: what is above the card. */
  const textTo = async (to: string) => {
    const letter = (await all('letters')).findLast(one => one.to === to)!
    const site = {
      files: store.files,
      signedIds,
      mailAddress: HELPDESK,
      hours: HOURS,
      proofs: ['letter'],
      words: new LetterWords(),
      attachUpTo: 0,
      gone: new Set<string>(),
      events: quietEvents(),
    } as const
    const mail = await store.read(tx => render(tx, site, letter))
    return mail && `${mail.text}`.replaceAll('\r\n', '\n').split('\n\nTicket: ')[0]
  }
  const begin = async () => {
    await put('tickets', { ...TICKET, assigned_to: 2 })
    await store.transact(async tx => {
      for (const { id } of await tx.find('letters', {})) await tx.delete('letters', id)
    })
  }

  await begin()
  await say('priority 31794 1')
  await say('hold 31794 until 2026-04-01')
  await say('due 31794 2026-05-02')
  await say('title 31794: A fire')
  await say('move 31794 sales')
  t.equal(
    await textTo(FRED),
    `Susan Calvin has changed ticket 31794:

Priority 3 → priority 1 (high)
No due date → due 2 May 2026
Title: The printer is on fire → A fire
Queue: Support → Sales
Not on hold → on hold until 1 April 2026`,
  )
  const texts = new Set<string>()
  for (const locale of LOCALES) {
    await put('queues', { ...QUEUE, id: 2, title: 'Sales', slug: 'sales', email_address: null, locale })
    texts.add((await textTo(FRED))!)
  }
  t.equal(texts.size, LOCALES.length)

  await begin()
  await say('take 31794')
  await say('priority 31794 5')
  t.equal(
    await textTo(FRED),
    `Susan Calvin has taken over ticket 31794, which was yours.`,
    'who has lost the ticket is not told of later changes',
  )
  await begin()
  await say('assign 31794 tom')
  await say('priority 31794 5')
  t.equal(await textTo(FRED), 'Susan Calvin has assigned ticket 31794, which was yours, to tom.')
  t.equal(
    await textTo('tom@example.org'),
    `Susan Calvin has assigned ticket 31794 to you.

Susan Calvin has also changed the ticket:

Priority 3 → priority 5 (low)`,
  )

  await begin()
  await say('priority 31794 2')
  await say('followup 31794: Hurry.')
  t.equal(
    await textTo(FRED),
    `Susan Calvin wrote, for staff only:

Hurry.

Susan Calvin has also changed the ticket:

Priority 3 → priority 2`,
  )
  await begin()
  await say('hold 31794: No part.')
  t.equal(
    await textTo(FRED),
    `Susan Calvin wrote, for staff only:

No part.

Not on hold → on hold`,
  )
  await put('users', { ...agent(2, 'fred', [FRED]), active: false })
  t.equal(await textTo(FRED), undefined, 'nobody gets private words who is no agent any more')
  await put('users', { ...agent(2, 'fred', [FRED]), queues: [2] })
  t.equal(await textTo(FRED), undefined, 'nor who does not see the queue any more')
})
