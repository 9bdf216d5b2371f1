import t, { type Test } from 'tap'
import { signedIdsOf } from '../../../../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../../../../data/secret.ts'
import { HELPDESK, type House, house, SUPPORT, until } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import { rawMailer } from '../../wire.ts'

const ANN = 'ann@customer.example'

/** A house whose ticket 1 is fred's; its letters 1 to ann and 2 to fred are sent. */
async function withLetters(t: Test) {
  const built = await house(t)
  const send = await rawMailer(t, built.daemon.smtpPort)
  await built.susan('create_ticket', {
    queue: '1',
    title: 'The door',
    submitter_email: ANN,
    assigned_to: 'fred',
  })
  await built.letters(2)
  await sent(built)
  const marks = signedIdsOf(await openKeys(built.config.state_dir), HELPDESK, [])
  return { built, send, marks, id: (letter: number) => marks.messageId({ id: letter, ticket: 1 }) }
}

function sent({ config }: House) {
  return until('the letters to be sent', async () => {
    const letters = await kept(config.state_dir, 'letters')
    return letters.every(({ state }) => state !== 'waiting') ? letters : undefined
  })
}

/** A report about the mail with this id, in the form of RFC 3464. */
function report(id: string, to: string, action = 'failed', status = '5.1.1'): string {
  return [
    'From: MAILER-DAEMON@mx.customer.example',
    `To: ${to}`,
    'Subject: Delivery report',
    `Message-ID: <${action}.${Buffer.from(id + to)
      .toString('hex')
      .slice(0, 90)}@mx.customer.example>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    '',
    'About your mail.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.customer.example',
    '',
    `Final-Recipient: rfc822; ${ANN}`,
    `Action: ${action}`,
    `Status: ${status}`,
    `Diagnostic-Code: smtp; 550 ${status} no such mailbox`,
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    'Subject: [support-1] The door (Opened)',
    `Message-ID: ${id}`,
    '--b--',
  ].join('\r\n')
}

t.test('a report that names the Message-ID of a letter is told, and changes nothing else', async t => {
  for (const to of [SUPPORT, HELPDESK]) {
    const { built, send, id } = await withLetters(t)
    t.match(await send({ raw: report(id(1), to), from: '', to }), /^250 /)
    const letters = await sent(built)
    t.equal((await kept(built.config.state_dir, 'tickets')).length, 1, to)
    t.match(letters[0], { to: ANN, state: 'sent' })
    t.equal(letters[0]!.attempts.length, 1)
    const followups = await kept(built.config.state_dir, 'followups')
    t.match(followups[1], {
      ticket: 1,
      public: false,
      about_letter: 1,
      author: { address: 'MAILER-DAEMON@mx.customer.example', automatic: true },
      comment:
        'A report says that the letter to ann@customer.example did not arrive: 550 5.1.1 no such mailbox\n\n' +
        'Nothing proves that. The report did not come to the return path of the letter, so the letter still counts as sent.',
    })
    t.match(letters.slice(2), [{ event: 'followed_up', to: 'fred@example.org', followup: followups[1]!.id }])
    t.match((await kept(built.config.state_dir, 'mails')).at(-1), {
      verdict: 'report',
      tickets: [1],
      reasons: [/^it names one of our letters/, '550 5.1.1 no such mailbox'],
    })

    t.match(await send({ raw: report(id(1), to, 'failed', '5.2.2'), from: 'x@b.example', to }), /^250 /)
    t.equal((await kept(built.config.state_dir, 'followups')).length, 2, 'a letter is reported once')
  }
})

t.test('an unproven report does not block one that comes to the return path', async t => {
  const { built, send, marks, id } = await withLetters(t)
  await send({ raw: report(id(1), SUPPORT), from: '', to: SUPPORT })
  const path = marks.returnPath({ id: 1, ticket: 1 })
  await send({ raw: report(id(1), path, 'failed', '5.4.4'), from: '', to: path })
  t.match(await kept(built.config.state_dir, 'letters'), [{ state: 'failed' }])
  await send({ raw: report(id(1), SUPPORT, 'failed', '5.7.1'), from: '', to: SUPPORT })
  t.equal((await kept(built.config.state_dir, 'followups')).length, 3, 'nor does one after it count')
})

t.test('a report with a sender, and with the fields of the letter, ties by the return path', async t => {
  const { built, send, marks, id } = await withLetters(t)
  const to = marks.returnPath({ id: 1, ticket: 1 })
  const raw = `X-Helpdesk-Loop: ${marks.loop(1)}\r\n${report(id(1), to)}`
  t.match(await send({ raw, from: 'mailer@mx.customer.example', to: to.toUpperCase() }), /^250 /)
  t.match(await kept(built.config.state_dir, 'letters'), [{ state: 'failed' }])
})

t.test('letters about reports that are reported as failed do not go round', async t => {
  const { built, send, id } = await withLetters(t)
  await built.shell('change_queue', 'queue=support', 'updated_ticket_cc=desk@example.org')
  await send({ raw: report(id(2), SUPPORT), from: '', to: SUPPORT })
  t.match((await sent(built)).slice(2), [{ to: 'desk@example.org' }], 'not to fred, whose letter it was')
  await send({ raw: report(id(3), SUPPORT), from: '', to: SUPPORT })
  t.equal((await sent(built)).length, 3)
  t.equal((await kept(built.config.state_dir, 'followups')).length, 3, 'but it is noted')
})

t.test('the header of a letter in a text, and a letter that a report answers', async t => {
  const { built, send, id } = await withLetters(t)
  const qmail = [
    'From: <>',
    'To: support@helpdesk.example',
    'Subject: failure notice',
    '',
    'Hi. This is the qmail-send program at mx.customer.example.',
    '',
    '<ann@customer.example>:',
    'Sorry, no mailbox here by that name. (#5.1.1)',
    '',
    '--- Below this line is a copy of the message.',
    '',
    'Return-Path: <helpdesk@helpdesk.example>',
    `Message-ID: ${id(1)}`,
    'Subject: [support-1] The door (Opened)',
  ].join('\r\n')
  t.match(await send({ raw: qmail, from: '', to: SUPPORT }), /^250 /)
  t.match((await kept(built.config.state_dir, 'followups'))[1], {
    about_letter: 1,
    comment: /\(#5\.1\.1\)\n/,
  })

  const short = [
    'From: postmaster@example.org',
    `In-Reply-To: ${id(2)}`,
    'Subject: Undeliverable: x',
    '',
    '550 5.1.1 User unknown',
  ].join('\r\n')
  t.match(await send({ raw: short, from: '', to: SUPPORT }), /^250 /)
  t.match((await kept(built.config.state_dir, 'followups'))[2], { about_letter: 2 })
  t.equal((await kept(built.config.state_dir, 'tickets')).length, 1)
})

t.test('delayed, delivered and read letters get a note', async t => {
  const { built, send, marks, id } = await withLetters(t)
  const path = marks.returnPath({ id: 1, ticket: 1 })
  const notes: [string, string][] = [
    [report(id(1), path, 'delayed', '4.4.1'), path],
    [report(id(1), SUPPORT, 'delivered', '2.0.0'), SUPPORT],
    [read(id(1)), HELPDESK],
    [read(id(1)).replace('<', '<again-'), HELPDESK],
  ]
  for (const [raw, to] of notes) t.match(await send({ raw, from: '', to }), /^250 /)
  const [letter] = await kept(built.config.state_dir, 'letters')
  t.match(letter, {
    state: 'sent',
    reports: [
      { outcome: 'delayed', words: '550 4.4.1 no such mailbox' },
      { outcome: 'delivered', words: '550 2.0.0 no such mailbox' },
      { outcome: 'read', words: 'Your letter was displayed.' },
    ],
  })
  t.equal(letter!.reports!.length, 3)
  const mails = await kept(built.config.state_dir, 'mails')
  t.strictSame(
    mails.map(({ verdict, tickets }) => [verdict, ...tickets]),
    notes.map(() => ['report', 1]),
  )
  t.equal((await kept(built.config.state_dir, 'followups')).length, 1)
  t.equal((await kept(built.config.state_dir, 'letters')).length, 2, 'nobody is told')
  const { says } = await built.shell('show', '1')
  t.match(
    says,
    'Letters: ann@customer.example sent, delayed: 550 4.4.1 no such mailbox, delivered: 550 2.0.0 no such mailbox, read: Your letter was displayed.; fred@example.org sent',
  )
  for (let n = 0; n < 7; n++)
    await send({ raw: report(id(1), path, 'delayed', `4.4.${n}`).replace('<', `<${n}`), from: '', to: path })
  t.strictSame(
    (await kept(built.config.state_dir, 'letters'))[0]!.reports!.map(({ words }) => words.slice(4, 9)),
    ['4.4.2', '4.4.3', '4.4.4', '4.4.5', '4.4.6'],
    'the last five',
  )
})

t.test('a report about a letter whose record is gone is recorded with its ticket', async t => {
  const { built, send, id } = await withLetters(t)
  t.match(await send({ raw: read(id(77)), from: 'ann@b.example', to: SUPPORT }), /^250 /)
  t.match(await kept(built.config.state_dir, 'mails'), [{ verdict: 'report', tickets: [1] }])
  t.equal((await kept(built.config.state_dir, 'followups')).length, 1)
})

/** A read receipt in the form of RFC 8098. */
function read(id: string): string {
  return [
    'From: Ann <ann@customer.example>',
    'Subject: Read: [support-1] The door (Opened)',
    'Message-ID: <read.1@customer.example>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=disposition-notification; boundary=b',
    '',
    '--b',
    '',
    'Your letter was displayed.',
    '--b',
    'Content-Type: message/disposition-notification',
    '',
    `Original-Message-ID: ${id}`,
    'Disposition: manual-action/MDN-sent-manually; displayed',
    '--b--',
  ].join('\r\n')
}

t.test('a person who forwards a report or a letter opens a ticket', async t => {
  const { built, send, id } = await withLetters(t)
  const raw = report(id(1), SUPPORT).replace(
    'multipart/report; report-type=delivery-status',
    'multipart/mixed',
  )
  const forward = raw.replace('MAILER-DAEMON@mx.customer.example', 'Eve <eve@customer.example>')
  await send({ raw: forward, from: 'eve@customer.example', to: SUPPORT })
  t.equal((await kept(built.config.state_dir, 'tickets')).length, 2)
})
