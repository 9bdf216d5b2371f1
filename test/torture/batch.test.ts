import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { openStore } from '../../data/json/open.ts'
import { keptAll } from '../daemon/mail/kept.ts'
import { handOver, type Wire, wireFor } from '../daemon/mail/wire.ts'
import { ticket } from '../data/records.ts'
import { directoryFor, HELPDESK, quietStore, SUSAN } from '../house.ts'
import { install, start } from './process.ts'

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

t.test('fifty tickets changed by one mail, and a kill: all or none, and one answer', async t => {
  const house = await install(directoryFor(t))
  const store = await openStore(house.state, quietStore)
  await store.transact(async tx => {
    for (let count = TICKETS; count > 0; count--) await tx.add('tickets', ticket())
  })
  await store.close()

  let daemon = await start(house)
  let client = await wireFor(daemon.smtp, SUSAN)
  const began = performance.now()
  t.match(await send(client, 0), /^250/)
  const usual = performance.now() - began
  t.same(await effectOf(house.state, 0), ALL, 'without a kill')
  for (let round = 1; round <= ROUNDS; round++) {
    const sending = send(client, round)
    await sleep(Math.random() * usual)
    await daemon.end('SIGKILL')
    const reply = await sending
    const effect = await effectOf(house.state, round)
    const expected = reply.startsWith('250') || effect.mails > 0 ? ALL : NONE
    t.same(effect, expected, `after the kill in round ${round}`)

    daemon = await start(house)
    client = await wireFor(daemon.smtp, SUSAN)
    t.match(await send(client, round), /^250/)
    t.same(await effectOf(house.state, round), ALL, `after the repeat in round ${round}`)
  }
  client.close()
  t.equal(await daemon.end('SIGTERM'), 0)
})
