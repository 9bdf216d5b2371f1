import { chmodSync, cpSync, mkdirSync } from 'node:fs'
import t from 'tap'
import { connect } from '../../daemon/shell/client.ts'
import { configFor, directoryFor, inStore, lettersIn, quietEvents, sendMail, startFor } from '../house.ts'
import { ROOT } from '../program.ts'

/** A state directory of the first version after a kill. It must open, since names of tables and fields never change. */
const STORE = `${ROOT}test/cases/store`
const LOGIN = { user: 'susan', password: 'fido the 2nd dog' }
const TOKEN = 'hdt_yrs4q7fjjb2wrpfd64e3ufaan5'
/** The return path of its second letter. */
const RETURN_PATH = 'helpdesk+return.2.e43df8031663428b@helpdesk.example'

t.test('this version opens and uses a store of the first version', async t => {
  const directory = directoryFor(t)
  cpSync(STORE, `${directory}/state`, { recursive: true })
  chmodSync(`${directory}/state`, 0o700)
  mkdirSync(`${directory}/sent`)
  const config = configFor(directory)
  const daemon = await startFor(t, config, quietEvents())
  const post = async (
    method: string,
    params: Record<string, string>,
    headers: Record<string, string> = {},
  ) => {
    const url = `http://127.0.0.1:${daemon.httpPort}/api/${method}/`
    const response = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(params) })
    return response.text()
  }

  t.equal(await post('find_user', { ...LOGIN, username: 'susan' }), '1', 'the password')
  t.equal(
    await post('find_user', { username: 'susan' }, { Authorization: `Bearer ${TOKEN}` }),
    '1',
    'the token',
  )
  t.match(await post('list_queues', LOGIN), '"Support"')
  t.match(JSON.parse(await post('list_attachments', { ...LOGIN, ticket: '1' })), [
    { attachment: 1, filename: 'fuse.txt', size: 4, followup: 3 },
  ])
  t.equal(await post('get_attachment', { ...LOGIN, ticket: '1', attachment: '1' }), 'fuse')
  t.equal(await post('unhold_ticket', { ...LOGIN, ticket: '2' }), 'Ticket 2 is not on hold.')
  t.equal(await post('create_ticket', { ...LOGIN, queue: '1', title: 'new' }), '3', 'numbers continue')
  t.equal(await post('list_ignores', LOGIN), '[]', 'a table that the first version did not have')
  t.equal(await post('add_ignore', { ...LOGIN, email: '*@spam.example' }), '1')

  const [first] = await lettersIn(`${directory}/sent`, 4)
  t.match(first, /^Subject: \[support-1\] The printer is on fire/m, 'the waiting letters are sent')
  const report = {
    from: 'MAILER-DAEMON@mx.example',
    to: RETURN_PATH,
    envelopeFrom: '',
    subject: 'Undelivered',
  }
  t.match(await sendMail(daemon.smtpPort, { ...report, text: 'There is no such mailbox.' }), /^250/)
  await daemon.stop()
  const client = await connect(config.state_dir, quietEvents())
  const listed = await client.run({ method: 'list_attachments', params: { ticket: '1' } })
  await client.close()
  t.match(listed, { exit: 0, says: /^1 fuse\.txt/ })
  await inStore(config, store =>
    store.read(async tx => {
      t.match(
        await tx.get('letters', 2),
        { state: 'failed' },
        'a report to a return path of the first version',
      )
      t.match((await tx.find('followups', { ticket: 1 })).at(-1)?.comment, 'There is no such mailbox.')
      const { comment } = (await tx.get('followups', 6))!
      t.match(await tx.get('ignores', 1), { email: '*@spam.example' })
      t.ok(comment.length > 1000 && 'long '.repeat(20_000).startsWith(comment), 'a long text')
    }),
  )
})
