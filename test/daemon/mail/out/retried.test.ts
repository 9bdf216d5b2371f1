import t from 'tap'
import { house, SUSAN, until } from '../../../house.ts'
import type { Script } from '../smtp_script.ts'
import { smtpServer } from '../smtp_script.ts'

t.test('a letter that the smarthost refuses is found, tried again and sent', async t => {
  const script: Script = { RCPT: '550 5.1.1 no such mailbox' }
  const { port, mails } = await smtpServer(t, script)
  const { susan, shell, daemon, mail } = await house(t, `smarthost.url = "smtp://127.0.0.1:${port}"`)
  await susan('create_ticket', { queue: '1', title: 'No paper', submitter_email: 'maria@example.net' })
  const failed = await until('the failed letter', async () => {
    const { gives } = await shell('letters', 'failed', 'to', 'maria@example.net', '1')
    return (gives as { letters: { letter: number; reply: string }[] }).letters[0]
  })
  t.match(failed, { event: 'opened', state: 'failed', reply: '550 5.1.1 no such mailbox' })
  t.match((await susan('get_letter', { letter: `${failed.letter}` })).body, /There is no such mailbox\./)
  Object.assign(script, { RCPT: '250 ok' })
  const said = await susan('retry_letter', { letter: `${failed.letter}` })
  t.match(said.body, `Letter ${failed.letter} to maria@example.net is tried again.`)
  await until('the letter', () => mails.find(text => text.includes('X-Helpdesk-Event: opened')))
  await until('its record', async () => /took it on/.test((await shell('letter', `${failed.letter}`)).says))

  // The smarthost goes away: a letter waits, the pages say so, and it is given up by mail.
  Object.assign(script, { RCPT: '421 closing', greeting: '421 closing' })
  const page = async (path: string) => (await fetch(`http://127.0.0.1:${daemon.httpPort}${path}`)).text()
  t.equal(await page('/healthz'), 'ok')
  t.match(await page('/metrics'), /^helpdeskd_smarthost_down_seconds 0$/m)
  await susan('create_ticket', { queue: '1', title: 'No ink', submitter_email: 'eve@example.net' })
  const health = await until('the outage', async () => {
    const text = await page('/healthz')
    return text === 'ok' ? undefined : text
  })
  t.match(health, /^degraded: The smarthost has taken no letter since 2\S+Z; they wait\./)
  const metrics = await page('/metrics')
  t.match(metrics, /^helpdeskd_smarthost_down_seconds 0\.\d+$/m)
  t.match(metrics, /^helpdeskd_outbox_oldest_age_seconds \d*\.?\d+$/m)
  const waiting = await until('the attempt', async () => {
    const { gives } = await shell('letters', 'waiting', 'to', 'eve@example.net')
    return (gives as { letters: { letter: number; reply: string | null }[] }).letters.find(
      ({ reply }) => reply !== null,
    )
  })
  await mail({ subject: `drop ${waiting.letter}`, login: SUSAN })
  t.match((await shell('letter', `${waiting.letter}`)).says, /susan gave it up before it was sent\./)
})
