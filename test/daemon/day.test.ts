import t, { type Test } from 'tap'
import { connect } from '../../daemon/shell/client.ts'
import { saidBy, withInput } from '../../daemon/shell/command_line.ts'
import type { Store } from '../../data/store.ts'
import type { Letter } from '../../data/tables.ts'
import { commandWithBody, parseCommand } from '../../handlers/command/command.ts'
import { queue } from '../data/records.ts'
import { day, type Step } from '../day.ts'
import { FRED, furnishUsually, type House, house, inStore, noInput, SUSAN } from '../house.ts'

const logins = { susan: SUSAN, fred: FRED }
/** Does a step at one door; gives the answer, unless that is in a letter. */
type Door = (built: House, step: Step) => Promise<string | undefined>

const doors: Record<'mail' | 'http' | 'shell', Door> = {
  mail: async ({ mail }, { who, command, text = '' }) => {
    const login = logins[who]
    await mail({ subject: command, text, from: login.address, login })
    return undefined
  },
  http: async ({ post }, { who, command, text = '' }) => {
    const { username: user, password } = logins[who]
    const { method, params } = commandWithBody(parseCommand(command)!, text)
    return (await post(method, { user, password, ...params })).body
  },
  shell: async ({ config, events }, { who, command, text = '' }) => {
    const client = await connect(config.state_dir, events)
    const asked = await withInput(saidBy(command.split(' ')), { ...noInput, text: async () => text })
    return (await client.run({ ...asked, as: who }).finally(() => client.close())).says
  },
}

t.test('a day ends in the same records by mail alone, by POST alone and at the shell alone', async t => {
  const byMail = await daysEnd(t, 'mail')
  t.equal(byMail.records.tickets.length, 3)
  for (const door of ['http', 'shell'] as const) {
    const { records } = await daysEnd(t, door)
    t.same(records, byMail.records, door)
  }
})

/** The records after a day at one door, without what differs between doors. */
async function daysEnd(t: Test, door: keyof typeof doors) {
  const built = await house(t, '', async tx => {
    await furnishUsually(tx)
    await tx.add('queues', queue({ title: 'Sales', slug: 'sales', email_address: 'sales@helpdesk.example' }))
  })
  const answers: (string | undefined)[] = []
  for (const step of day) answers.push(await doors[door](built, step))
  await built.daemon.stop()
  const { letters, ...records } = await inStore(built.config, recordsOf)
  const mailed = letters
    .filter(({ event }) => event === 'answered')
    .map(({ answer }) => answer!.sentences[0]!)
  const told = door === 'mail' ? mailed : answers
  for (const [at, { command, says }] of day.entries()) {
    if (door === 'http' && /^(?:create|list|next|mine|show)/.test(command)) continue
    t.match(told[at], says, `${door}: ${command}`)
  }
  const others = letters.filter(({ event }) => event !== 'answered')
  return { records: { ...records, letters: others.map(({ event, to, ticket }) => ({ event, to, ticket })) } }
}

async function recordsOf(store: Store) {
  return store.read(async tx => ({
    tickets: (await tx.find('tickets', {})).map(({ created, modified, ...ticket }) => ticket),
    followups: (await tx.find('followups', {})).map(({ date, door, message_id, ...followup }) => followup),
    letters: (await tx.find('letters', {})) as readonly Letter[],
  }))
}
