import t from 'tap'
import { FRED, HELPDESK, house, SUPPORT } from '../../../../house.ts'
import { kept } from '../../kept.ts'

const TEXT = `/submitter

---------- Forwarded message ---------
From: Maria Lee <maria@customer.example>
Date: Thu, Nov 26, 2026 at 10:00 AM
Subject: Printer smokes
To: fred@example.org

It smokes.`
const FORWARD = { from: FRED.address, to: SUPPORT, subject: 'Fwd: Printer smokes', text: TEXT }

t.test('without a proof, the line is text, and nobody else gets the ticket', async t => {
  const { mail, config } = await house(t)
  t.match(await mail(FORWARD), /^250 /)
  const [ticket] = await kept(config.state_dir, 'tickets')
  t.equal(ticket!.submitter_email, FRED.address)
  t.match((await kept(config.state_dir, 'followups'))[0]!.comment, /^\/submitter\n/)
  t.notOk((await kept(config.state_dir, 'letters')).some(({ to }) => to === 'maria@customer.example'))
})

t.test(
  "a forward to two queues is a ticket in each; all of them must say that it is the sender's",
  async t => {
    const { mail, shell, config } = await house(t)
    await shell(
      'add_queue',
      'title=Billing',
      'slug=billing',
      'email_address=billing@helpdesk.example',
      'forwards=y',
    )
    t.match(await shell('queues'), { says: /billing Billing \(forwards=y\)/ })
    const to = `${HELPDESK}, billing@helpdesk.example`
    const submitters = async () =>
      (await kept(config.state_dir, 'tickets')).map(({ submitter_email }) => submitter_email)
    await mail({ ...FORWARD, to, text: TEXT.replace('/submitter', ''), login: FRED })
    t.strictSame(await submitters(), [FRED.address, FRED.address])
    await mail({ ...FORWARD, to, text: TEXT.replace('/submitter', '/submitter\nBe quick.'), login: FRED })
    t.strictSame((await submitters()).slice(2), ['maria@customer.example', 'maria@customer.example'])
    t.notMatch((await kept(config.state_dir, 'mails')).at(-1)!.reasons.join(), /joined/, 'both are new')
    await mail({ ...FORWARD, text: '/submitter maria@customer.example\nShe has called.', login: FRED })
    const { answer } = (await kept(config.state_dir, 'letters')).find(({ answer }) => answer?.next)!
    t.strictSame(answer!.next, [{ does: 'mend', line: 'submitter 5 maria@customer.example' }])
  },
)

t.test('an agent who does not see the queue keeps the ticket', async t => {
  const { mail, shell, config, letters } = await house(t)
  await shell('add_queue', 'title=Billing', 'slug=billing', 'email_address=billing@helpdesk.example')
  await shell('change_user', 'username=fred', 'queues=billing')
  await mail({ ...FORWARD, login: FRED })
  t.equal((await kept(config.state_dir, 'tickets'))[0]!.submitter_email, FRED.address)
  const all = await kept(config.state_dir, 'letters')
  const answer = all.find(({ event }) => event === 'answered')!
  t.match(answer.answer!.sentences[1], 'You are its submitter, since fred does not see queue Support.')
  t.equal(answer.ticket, null)
  t.ok(await letters(all.length))
})
