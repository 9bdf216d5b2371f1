import t, { type Test } from 'tap'
import { signedIdsOf } from '../../../../../daemon/mail/signed_ids.ts'
import { connect } from '../../../../../daemon/shell/client.ts'
import type { Done } from '../../../../../daemon/shell/run.ts'
import { openKeys } from '../../../../../data/secret.ts'
import type { Mail } from '../../../../../data/tables.ts'
import { furnishUsually, HELPDESK, type House, house, SUPPORT, SUSAN } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import { rawMailer } from '../../wire.ts'

const ERIN = 'erin@example.net'

/** What the daemon does for a shell beside the methods. */
async function errand(
  { config, events }: House,
  method: string,
  params: Record<string, string>,
): Promise<Done> {
  const client = await connect(config.state_dir, events)
  try {
    return await client.run({ method, params })
  } finally {
    await client.close()
  }
}
function replay(built: House, mail: number, yes = {}): Promise<Done> {
  return errand(built, 'replay_mail', { mail: String(mail), ...yes })
}
const REALLY = { yes: 'y' }

function erins(subject: string, more = ''): string {
  return `From: Erin <${ERIN}>\r\nTo: ${SUPPORT}\r\nSubject: ${subject}\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${subject.length}@example.net>\r\n${more}\r\nIt is out.\r\n`
}

/** A house that has got a mail, which opened ticket 1. */
async function withTicket(t: Test): Promise<House> {
  const built = await house(t)
  const send = await rawMailer(t, built.daemon.smtpPort)
  t.match(await send({ raw: erins('The lamp'), to: SUPPORT, from: ERIN }), /^250 /)
  return built
}

t.test('dry, it says what would happen, and nothing changes', async t => {
  const built = await withTicket(t)
  const before = await kept(built.config.state_dir, 'mails')
  const { exit, says } = await replay(built, 1)
  t.equal(exit, 0)
  t.match(
    says,
    /^It was taken for a new request, which opens a ticket \(ticket\)\.\nNothing is changed, since this is a dry run\./,
  )
  t.match(says, /\nTicket 2 is open in queue Support\.\nLetters go to .*erin@example\.net/)
  t.match(says, 'With --yes, nothing is done all the same: Mail 1 is on ticket 1 already.')
  t.same(await kept(built.config.state_dir, 'mails'), before)
  t.equal((await kept(built.config.state_dir, 'tickets')).length, 1)
  t.match(await replay(built, 1, REALLY), { exit: 75, says: 'Mail 1 is on ticket 1 already.' })
  t.match(await replay(built, 7), { exit: 66, says: /^There is no record of mail 7\./ })
})

t.test('without the raw mail, nothing is replayed', async t => {
  const built = await house(t, '', async tx => {
    await furnishUsually(tx)
    await tx.add('mails', NOTHING)
  })
  t.match(await replay(built, 1), {
    exit: 66,
    says: 'The raw mail of mail 1 is not kept, so it cannot be replayed.',
  })
})
const NOTHING: Omit<Mail, 'id'> = {
  received: new Date().toISOString(),
  peer: '192.0.2.1',
  envelope_from: ERIN,
  recipients: [SUPPORT],
  from: ERIN,
  subject: 'The lamp',
  message_id: null,
  verdict: 'report',
  reasons: [],
  user: null,
  tickets: [],
  raw: null,
}

t.test('replayed for real, in parallel too: one ticket, and both records know each other', async t => {
  const built = await house(t)
  const send = await rawMailer(t, built.daemon.smtpPort, SUSAN)
  const raw = `From: ${SUSAN.address}\r\nSubject: hold 31794x\r\n\r\nIt is out.\r\n`
  t.match(await send({ raw, to: HELPDESK }), /^250 /)
  const [mail] = await kept(built.config.state_dir, 'mails')
  t.match(mail, { verdict: 'near_miss', login: 1, proven: true, tickets: [] })
  t.match(await replay(built, 1), {
    exit: 0,
    says: /\(near_miss\)\.\nIt would be refused: [\s\S]*\nWith --yes, that is done\.$/,
  })
  // Then From is no longer an address of susan, and the mail proves nothing.
  await built.shell('change_user', 'username=susan', 'email=sue@example.org')
  t.match(await replay(built, 1), {
    exit: 0,
    says: /\(ticket\)\.[\s\S]*\nTicket 1 is open in queue Support\./,
  })
  const done = await Promise.all([1, 2, 3].map(() => replay(built, 1, REALLY)))
  const said = done.map(({ exit, says }) => `${exit} ${says}`)
  t.equal(said.filter(one => one.startsWith('0 Mail 2 came on')).length >= 1, true, said.join('\n'))
  const mails = await kept(built.config.state_dir, 'mails')
  t.match(mails, [
    { id: 1, replayed_as: 2 },
    { id: 2, replay_of: 1, verdict: 'ticket', login: 1, tickets: [1] },
  ])
  t.equal(mails.length, 2)
  t.equal((await kept(built.config.state_dir, 'tickets')).length, 1)
  t.match(await replay(built, 1, REALLY), { exit: 75, says: 'Mail 1 was replayed before; that is mail 2.' })
  t.match((await built.shell('why', '2')).says, /It is mail 1 again, which an operator replayed\./)
})

t.test('a command is not carried out again', async t => {
  const built = await house(t)
  const send = await rawMailer(t, built.daemon.smtpPort, SUSAN)
  t.match(await send({ raw: `From: ${SUSAN.address}\r\nSubject: queues\r\n\r\n`, to: HELPDESK }), /^250 /)
  t.match(await replay(built, 1, REALLY), { exit: 75, says: /^Mail 1 was a command, which was answered; / })
  t.match(await replay(built, 1), {
    exit: 0,
    says: /\n1 support Support[\s\S]*\nWith --yes, nothing is done all the same: /,
  })
})

t.test('what was refused is on no ticket, whatever ticket it names', async t => {
  const built = await house(t)
  await built.susan('create_ticket', { queue: '1', title: 'The lamp', submitter_email: ERIN })
  const send = await rawMailer(t, built.daemon.smtpPort, SUSAN)
  const subjects = ['Re: [support-1] The lamp', 'Re: [support-1] The light', 'priority 1 9']
  const texts = ['> It is out.', '/hodl', '']
  for (const [at, subject] of subjects.entries())
    t.match(
      await send({
        raw: `From: ${SUSAN.address}\r\nSubject: ${subject}\r\n\r\n${texts[at]}\r\n`,
        to: HELPDESK,
      }),
      /^250 /,
    )
  t.match(await kept(built.config.state_dir, 'mails'), [
    { verdict: 'followup', tickets: [1] },
    { verdict: 'near_miss', tickets: [1] },
    { verdict: 'command', tickets: [1] },
  ])
  t.match(await replay(built, 1), {
    says: /It would be refused: [\s\S]*: Mail 1 was an answer without new words or files; it was refused,/,
  })
  t.match((await replay(built, 2)).says, /It would be refused: [\s\S]*\nWith --yes, that is done\.$/)
  t.match(await replay(built, 3, REALLY), { exit: 75, says: /^Mail 3 was a command, which was answered; / })
})

t.test('of a mail that does nothing, that is said', async t => {
  const built = await house(t)
  const ids = signedIdsOf(await openKeys(built.config.state_dir), HELPDESK, [])
  const send = await rawMailer(t, built.daemon.smtpPort)
  const raw = erins('stop').replace('It is out.', '')
  t.match(await send({ raw, to: ids.stopAddress(9, ERIN)!, from: ERIN }), /^250 /)
  t.match(await kept(built.config.state_dir, 'mails'), [{ verdict: 'stop', tickets: [] }])
  t.same((await replay(built, 1)).says.split('\n'), [
    'It was taken for the wish of a watcher or the submitter to get no more mail about a ticket (stop).',
    'It would only be recorded.',
    'With --yes, that is done.',
  ])
})

t.test('a mail in a file is explained, and nothing changes', async t => {
  const built = await house(t)
  await built.shell('create', 'support:', 'The lamp')
  await built.shell('submitter', '1', ERIN)
  const explain = async (raw: string | Buffer) => {
    const { exit, says } = await errand(built, 'explain_file', {
      latin1: Buffer.from(raw).toString('latin1'),
    })
    t.equal(exit, 0, says)
    return says
  }
  const ticket = await explain(erins('Grüße', 'Return-Path: <erin@example.net>\r\n'))
  for (const sentence of [
    'Its return path is erin@example.net.',
    `It is to ${SUPPORT}, as its header says.`,
    'Its header keeps the rules for commands.',
    'A person wrote it, as far as its header says.',
    'Its From is erin@example.net: the submitter of 1 ticket.',
    'Nothing proves who sent it: its session did not log in.',
    'Its subject is: Grüße',
    'Its text begins: It is out.',
    'It has no files.',
    'It was taken for a new request, which opens a ticket (ticket).',
    'It belongs to no ticket; it goes to queue Support.',
    'Ticket 2 is open in queue Support.',
  ])
    t.match(ticket, sentence)
  const answer = await explain(erins('Re: [support-1] The lamp', 'In-Reply-To: <x@example.net>\r\n'))
  t.match(answer, 'It has no Return-Path, so its envelope sender is not known.')
  t.match(answer, 'It belongs to ticket 1, as a public follow-up.')
  const machine = await explain(
    'Return-Path: <>\r\nFrom: a@example.net\r\nFrom: b@example.net\r\nTo: eve@example.net\r\nSubject: password=hunter3\r\n\r\n',
  )
  t.match(machine, 'Its return path is null, as that of reports.')
  t.match(machine, `No address in its header is ours; it is taken as sent to ${HELPDESK}.`)
  t.match(machine, 'Its header breaks a rule for commands: the field from appears more than once.')
  t.match(machine, /A machine wrote it\.[\s\S]*its return path is null/)
  t.match(machine, 'It has no text.')
  t.notMatch(machine, 'hunter3')
  const loop = await explain(`${'Received: from a by b\r\n'.repeat(60)}${erins('x')}`)
  t.match(loop, 'It would not be taken: so many servers have handed it on that it is in a loop.')
  const third = await explain(erins('Grüße', 'X-Helpdesk-Loop: 0123456789abcdef 3\r\n'))
  t.match(
    third,
    /It was taken for mail in a loop, .* \(loop\)\.\nNoted: .*counts 3 .*\.\nIt would only be recorded\.$/,
  )
  const large = await explain(
    erins('Large', `Content-Type: text/plain; charset=iso-8859-1\r\n`) + 'Gr\xfc\xdfe '.repeat(100_000),
  )
  t.match(large, 'Its text begins: It is out. Gr')
  t.match(await kept(built.config.state_dir, 'mails'), [])
  t.equal((await kept(built.config.state_dir, 'tickets')).length, 1)
})
