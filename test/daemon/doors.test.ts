import t from 'tap'
import { house, SUSAN } from '../house.ts'

t.test('a ticket is put on hold at each of three doors, with the same sentence', async t => {
  const { susan, mail, shell, letters } = await house(t)
  t.match(await susan('create_ticket', { queue: '1', title: 'The printer is on fire' }), {
    status: 200,
    body: '1',
  })

  t.match(await susan('hold_ticket', { ticket: '1' }), { status: 200, body: 'Ticket 1 is on hold.' })
  t.match(await shell('unhold', '1'), { exit: 0, says: 'Ticket 1 is not on hold.' })
  t.match(await shell('hold', '1'), { exit: 0, says: 'Ticket 1 is on hold.' })

  await mail({ subject: 'unhold 1', login: SUSAN })
  const [letter] = await letters(1)
  t.match(letter, /^Subject: Re: unhold 1\r$/m)
  t.match(letter, /^Ticket 1 is not on hold\.\r$/m)
})
