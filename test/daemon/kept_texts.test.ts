import t from 'tap'
import { tables } from '../../data/indexes.ts'
import type { Row, Table } from '../../data/tables.ts'
import { checkCall } from '../data/contract.ts'
import { house, inStore, SUPPORT, SUSAN } from '../house.ts'
import { ask } from '../http_client.ts'
import { sendRaw } from './mail/wire.ts'

const ODD = 'a\0b\ud800c\udc00'

t.test('whatever a door receives, every store can keep the texts of the records', async t => {
  const { daemon, config, shell, susan } = await house(t)
  for (const method of ['create_ticket', 'add_followup', 'hold_ticket', 'resolve']) {
    const { username: user, password } = SUSAN
    const params = {
      user,
      password,
      queue: 1,
      ticket: 1,
      title: ODD,
      message: ODD,
      reason: ODD,
      resolution: ODD,
    }
    const json = { 'Content-Type': 'application/json', 'Idempotency-Key': method } as never
    await ask(daemon.httpPort, 'POST', `/api/${method}/`, JSON.stringify(params), json)
  }
  await susan('create_ticket', { queue: '1', title: ODD, description: ODD })
  await susan('create_ticket', { queue: '1', title: 'x', submitter_email: 'erin@example.net' })
  await shell('change_user', 'username=fred', `full_name=${ODD}`)
  await shell('add_queue', `title=${ODD}`, 'slug=odd')
  const heads = [
    'Subject: a\0b\xed\xa0\x80c',
    'Subject: =?utf-16be?B?2AAAAA==?= =?utf-8?Q?a=00b?=',
    'Subject: hold 1: a\0b\r\nAuto-Submitted: a\0b\r\nX-Loop: a\0b',
    'Subject: x\r\nContent-Type: text/html; charset="utf-16"; name="a\0b"\r\nContent-Disposition: attachment; filename*=utf-8\'\'a%00%ED%A0%80b',
  ]
  for (const [at, head] of heads.entries()) {
    const raw = `From: "a\0b" <er\0in@example.net>\r\nMessage-ID: <${at}a\0b@example.net>\r\n${head}\r\n\r\na\0b &#0;&#xd800;\r\n`
    await sendRaw(daemon.smtpPort, { raw, from: 'erin@example.net', to: SUPPORT })
    await sendRaw(daemon.smtpPort, { raw: raw.replace(`<${at}`, `<again${at}`), from: '', to: SUPPORT })
  }
  await daemon.stop()
  let kept = 0
  await inStore(config, store =>
    store.read(async tx => {
      for (const table of tables)
        for (const record of (await tx.find(table, {})) as readonly Row<Table>[]) {
          kept++
          t.doesNotThrow(() => checkCall('put', [table, structuredClone(record)]), `${table} ${record.id}`)
        }
    }),
  )
  t.ok(kept > 20, `${kept} records`)
})
