import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { openStore } from '../../data/json/open.ts'
import { keptAll } from '../daemon/mail/kept.ts'
import { handOver, type Wire, wireFor } from '../daemon/mail/wire.ts'
import { ticket } from '../data/records.ts'
import { directoryFor, HELPDESK, quietStore, SUSAN } from '../house.ts'
import { type Installation, install, start, startHere } from './process.ts'

const ROUNDS = process.env.HELPDESKD_TORTURE ? 200 : 2
const TICKETS = 50
const NONE = { tickets: 0, followups: 0, mails: 0, answers: 0 }
const ALL = { tickets: TICKETS, followups: TICKETS, mails: 1, answers: 1 }

t.setTimeout((ROUNDS + 1) * 60_000)

/** Every other mail puts all tickets on hold, by a range; the others end that, by a batch. */
function isHold(round: number): boolean {
  return round % 2 === 0
}

function mailOf(round: number): string {
  const lines = Array.from({ length: TICKETS }, (_, at) => `unhold ${at + 1}: part ${round}`)
  const [subject, text] = isHold(round)
    ? [`hold 1-${TICKETS}: part ${round}`, '']
    : ['batch', lines.join('\r\n')]
  return `From: ${SUSAN.address}\r\nTo: ${HELPDESK}\r\nSubject: ${subject}\r\nDate: Fri, 27 Nov 2026 10:00:00 +0000\r\nMessage-ID: <batch.${round}@example.org>\r\n\r\n${text}\r\n`
}

/** What a mail has done: on how many tickets, in how many follow-ups, and its records and answers. */
async function effectOf(state: string, round: number): Promise<typeof NONE> {
  const all = await keptAll(state)
  const messageId = `<batch.${round}@example.org>`
  const tickets = await all.find('tickets', {})
  const followups = await all.find('followups', {})
  const letters = await all.find('letters', {})
  return {
    tickets: tickets.filter(({ on_hold }) => on_hold === isHold(round)).length,
    followups: followups.filter(({ comment }) => comment === `part ${round}`).length,
    mails: (await all.find('mails', { message_id: messageId })).length,
    answers: letters.filter(({ answer }) => answer?.message_id === messageId).length,
  }
}

/** Sends the mail and gives the reply. */
function send(client: Wire, round: number): Promise<string> {
  return handOver(client, { raw: mailOf(round), from: SUSAN.address })
}

/** Sends a mail, which may have come before a kill already: after the reply it has done all, and once. */
async function sendWhole(t: Test, { state }: Installation, client: Wire, round: number): Promise<void> {
  t.match(await send(client, round), /^250/)
  t.same(await effectOf(state, round), ALL, `after the reply in round ${round}`)
}

t.test('fifty tickets changed by one mail, and a kill: all or none, and one answer', async t => {
  const house = await install(directoryFor(t))
  const store = await openStore(house.state, quietStore)
  await store.transact(async tx => {
    for (let count = TICKETS; count > 0; count--) await tx.add('tickets', ticket())
  })
  await store.close()

  let usual: number | undefined
  for (let round = 1; round <= ROUNDS; round++) {
    const daemon = await start(house)
    const client = await wireFor(daemon.smtp, SUSAN)
    const began = performance.now()
    await sendWhole(t, house, client, round - 1)
    // The first mail is new, and the others are repeats, which take less time.
    usual ??= performance.now() - began
    const sending = send(client, round)
    await sleep(Math.random() * usual)
    await daemon.end('SIGKILL')
    const reply = await sending
    const effect = await effectOf(house.state, round)
    const expected = reply.startsWith('250') || effect.mails > 0 ? ALL : NONE
    t.same(effect, expected, `after the kill in round ${round}`)
  }
  const daemon = await startHere(t, house)
  const client = await wireFor(daemon.smtp, SUSAN)
  await sendWhole(t, house, client, ROUNDS)
  client.close()
  await daemon.stop()
})
