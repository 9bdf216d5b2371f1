import { join } from 'node:path'
import t from 'tap'
import { house, SUSAN, secretsIn } from '../../../house.ts'
import { kept } from '../kept.ts'

t.test('letters that show a ticket are redacted and deleted with it', async t => {
  const built = await house(t)
  const { config, mail, susan } = built
  const letters = () => kept(config.state_dir, 'letters')
  const say = (subject: string) => mail({ subject, text: '', from: SUSAN.address, login: SUSAN })
  await susan('create_ticket', { queue: 'support', title: 'Fire' })
  await susan('add_followup', { ticket: '1', message: 'SECRET one' })
  await susan('add_followup', { ticket: '1', message: 'SECRET two' })
  await say('show 1')
  const [shown] = await letters()
  t.match(shown, { ticket: 1, answer: { shows: true, sentences: [/SECRET one[\s\S]{1,200}SECRET two/] } })
  t.match((await kept(config.state_dir, 'mails'))[0], { tickets: [1] })

  await susan('redact', { ticket: '1', followup: '2' })
  t.match(await letters(), [{ answer: { sentences: ['(redacted)'] } }])
  await say('show 1')
  await susan('delete_ticket', { ticket: '1', confirm: 'y' })
  t.same(await letters(), [])

  await susan('create_ticket', { queue: 'support', title: 'Smoke' })
  await susan('create_ticket', { queue: 'support', title: 'Fire', body: 'SECRET three' })
  await say('show 2, 3')
  t.match(await letters(), [{ ticket: 2, answer: { sentences: [/SECRET three/] } }])
  await susan('delete_ticket', { ticket: '3', confirm: 'y' })
  t.match(await letters(), [{ ticket: 2, answer: { sentences: ['(deleted)'] } }])
  await built.daemon.stop()
  t.same(secretsIn(join(config.state_dir), [], ['SECRET']), [])
})
