import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { house, inStore, SUPPORT, SUSAN } from '../house.ts'

const SECRET = 'the plan of the vault'

t.test('a mail that is redacted by mail is in no file of the helpdesk any more', async t => {
  const built = await house(t)
  const { mail, config, daemon } = built
  await mail({
    from: 'erin@example.net',
    to: SUPPORT,
    subject: 'Help',
    text: `Here is ${SECRET}.`,
    attachments: [{ filename: 'vault.txt', content: SECRET }],
  })
  await mail({ from: 'erin@example.net', to: SUPPORT, subject: 'Re: [support-1] Help', text: `> ${SECRET}` })
  for (const subject of ['show 1', 'show 1, 1', 'attachments 1']) await mail({ subject, login: SUSAN })
  t.ok(filesWith(config.state_dir).length > 1, 'the test sees it')
  await mail({ subject: 'redact 1 followup 1', login: SUSAN })
  await built.susan('redact', { ticket: '1', followup: '2' })
  await daemon.stop()
  t.same(filesWith(config.state_dir), [])
  const followups = await inStore(config, store => store.read(tx => tx.find('followups', { ticket: 1 })))
  t.match(followups, [
    { comment: /^\(susan removed .+ UTC\.\)$/, attachments: [], author: { address: 'erin@example.net' } },
    { redacted: true },
    { changes: [{ field: 'followup', from: 1, to: 'redacted' }], door: 'mail' },
    { changes: [{ field: 'followup', from: 2, to: 'redacted' }], door: 'http' },
  ])
})

t.test('nor is what was nearly a command, and was sent again by the link of its answer', async t => {
  const { mail, config, daemon, susan } = await house(t)
  for (const title of ['One', `Of ${SECRET}`, 'Three']) await susan('create_ticket', { queue: '1', title })
  const text = `We wait for ${SECRET}.`
  for (const subject of ['hodl 1', 'hold 1', 'hodl 3']) await mail({ subject, text, login: SUSAN })
  await mail({ subject: 'batch', text: 'hold 1\ntitle 2: Two', login: SUSAN })
  t.ok(filesWith(config.state_dir).length > 1, 'the test sees it')
  await susan('redact', { ticket: '1', followup: '2' })
  for (const ticket of ['2', '3']) await susan('delete_ticket', { ticket, confirm: 'y' })
  await daemon.stop()
  t.same(filesWith(config.state_dir), [])
})

function filesWith(directory: string): string[] {
  const all = readdirSync(directory, { recursive: true, withFileTypes: true }).filter(one => one.isFile())
  return all
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter(path => existsSync(path) && readFileSync(path).includes(SECRET))
}
