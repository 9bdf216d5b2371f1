import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { handOver, wireFor } from '../daemon/mail/wire.ts'
import { directoryFor, SUPPORT, until } from '../house.ts'
import { install, type Running, recordsIn, start, startHere } from './process.ts'

const ROUNDS = process.env.HELPDESKD_TORTURE ? 300 : 2
const CLIENTS = 20
const LONGEST_MILLISECONDS = 150
const ANN = 'ann@customer.example'

type Doors = Pick<Running, 'smtp'>

t.setTimeout(ROUNDS * 60_000)

function titleOf(round: number): string {
  return `The lift has stopped, part ${round}`
}

function mailOf(round: number): string {
  return [
    `From: Ann Lee <${ANN}>`,
    `To: ${SUPPORT}`,
    `Subject: ${titleOf(round)}`,
    'Date: Tue, 24 Nov 2026 09:30:01 +0100',
    `Message-ID: <lift.${round}@customer.example>`,
    '',
    'It hangs between two floors.',
    '',
  ].join('\r\n')
}

/** Sends the mail over so many connections at once; adds the replies as they come. */
async function sendAtOnce({ smtp }: Doors, round: number, clients: number, replies: string[]): Promise<void> {
  const sending = Array.from({ length: clients }, async () => {
    const client = await wireFor(smtp)
    replies.push(await handOver(client, { raw: mailOf(round), from: ANN, to: SUPPORT }))
    client.close()
  })
  await Promise.all(sending)
}

function accepted(replies: readonly string[]): number {
  return replies.filter(reply => reply.startsWith('250 ')).length
}

/** Kills the daemon at some moment while it takes the mail; gives how many clients got 250. */
async function killWhileSending(daemon: Running, round: number): Promise<number> {
  const replies: string[] = []
  const sending = sendAtOnce(daemon, round, CLIENTS, replies)
  if (round % 2) await until('a first reply', () => replies.length > 0 || undefined)
  else await sleep(Math.random() * LONGEST_MILLISECONDS)
  await daemon.end('SIGKILL')
  await sending
  return accepted(replies)
}

t.test('the same mail twenty times at once, a kill, and the same again until each is accepted', async t => {
  const house = await install(directoryFor(t))
  let before = CLIENTS
  const sendAgain = async (daemon: Doors, round: number) => {
    const replies: string[] = []
    await sendAtOnce(daemon, round, CLIENTS - before, replies)
    t.equal(accepted(replies), CLIENTS - before, `${before} were accepted before the kill`)
  }
  for (let round = 1; round <= ROUNDS; round++) {
    const daemon = await start(house)
    await sendAgain(daemon, round - 1)
    before = await killWhileSending(daemon, round)
  }
  const daemon = await startHere(t, house)
  await sendAgain(daemon, ROUNDS)
  await daemon.stop()

  const { tickets, followups, mails, letters } = await recordsIn(house.state)
  const rounds = Array.from({ length: ROUNDS }, (_, at) => at + 1)
  const titles = rounds.map(titleOf)
  t.same(
    tickets.map(({ title }) => title),
    titles,
    'one ticket for each mail',
  )
  t.same(
    mails.map(({ subject }) => subject),
    titles,
  )
  t.same(
    followups.map(({ ticket }) => ticket),
    rounds,
  )
  t.same(
    letters.filter(({ to }) => to === ANN).map(({ event, to, ticket }) => [event, to, ticket]),
    rounds.map(round => ['opened', ANN, round]),
    'one acknowledgement of each',
  )
})
