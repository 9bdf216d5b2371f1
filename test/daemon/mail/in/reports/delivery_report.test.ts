import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { signedIdsOf } from '../../../../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../../../../data/secret.ts'
import { HELPDESK, type House, house, SUSAN, until } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import { handOver, wire } from '../../wire.ts'

const ERIN = 'erin@example.net'
const MAILER = 'MAILER-DAEMON@mx.example.net'
const REPORTS = 10

function journalBytes({ config }: House): number {
  const journals = readdirSync(config.state_dir).filter(name => name.endsWith('.journal'))
  return journals.reduce((sum, name) => sum + statSync(join(config.state_dir, name)).size, 0)
}

function report(n: number, from = MAILER): string {
  const header = [`From: ${from}`, `Subject: Undelivered ${n}`, `Message-ID: <${n}@mx.example.net>`]
  return [
    ...header,
    '',
    `Status: 5.1.${n} no such mailbox ${'x'.repeat(20_000)}`,
    'bye\r\n'.repeat(500),
  ].join('\r\n')
}

function allSent({ config }: House) {
  return until('the letters to be sent', async () => {
    const letters = await kept(config.state_dir, 'letters')
    return letters.every(({ state }) => state !== 'waiting') ? letters : undefined
  })
}

t.test('only the first report of a failed letter counts', async t => {
  const built = await house(t)
  await built.susan('create_ticket', { queue: '1', title: 'The door', submitter_email: ERIN })
  await allSent(built)
  const marks = signedIdsOf(await openKeys(built.config.state_dir), HELPDESK, [])
  const client = await wire(built.daemon.smtpPort)
  await client.say('EHLO client.example')
  const hand = (raw: string, letter: { id: number; ticket: number }) =>
    handOver(client, { raw, from: '', to: marks.returnPath(letter) })

  t.match(await hand(report(1), { id: 1, ticket: 1 }), /^250 /)
  const state = async () => ({
    letters: await kept(built.config.state_dir, 'letters'),
    followups: await kept(built.config.state_dir, 'followups'),
    mails: await kept(built.config.state_dir, 'mails'),
  })
  await allSent(built)
  const first = await state()
  t.match(first.letters, [
    { state: 'failed', attempts: [{}, { reply: /^Status: 5\.1\.1 / }] },
    { event: 'letter_failed', to: SUSAN.address },
  ])
  t.match(first.followups.at(-1), {
    author: { kind: 'submitter', address: MAILER, automatic: true },
    door: 'mail',
    public: false,
    comment: /^The letter to erin@example\.net did not arrive: Status: 5\.1\.1 /,
  })
  const before = journalBytes(built)
  for (let n = 2; n < REPORTS; n++) t.match(await hand(report(n), { id: 1, ticket: 1 }), /^250 /)
  t.equal(journalBytes(built), before, 'later reports write nothing')
  t.strictSame(await state(), first)

  // Letter 77 of the same ticket has no record any more.
  t.match(await hand(report(1, 'Somebody else <postmaster@mx.example.net>'), { id: 77, ticket: 1 }), /^250 /)
  t.match((await kept(built.config.state_dir, 'followups')).at(-1), {
    author: { address: 'postmaster@mx.example.net' },
  })
  await allSent(built)
  const later = journalBytes(built)
  t.match(await hand(report(2), { id: 77, ticket: 1 }), /^250 /)
  t.equal(journalBytes(built), later)
  client.close()
})

t.test('a report without a sender counts as from an unknown sender, not from the helpdesk', async t => {
  const built = await house(t)
  await built.susan('create_ticket', { queue: '1', title: 'The door', submitter_email: ERIN })
  await built.letters(1)
  const marks = signedIdsOf(await openKeys(built.config.state_dir), HELPDESK, [])
  const client = await wire(built.daemon.smtpPort)
  await client.say('EHLO client.example')
  const raw =
    'From: <>\r\nSubject: Undelivered\r\nX-Failed-Recipients: erin@example.net\r\n\r\nNo such mailbox.\r\n'
  await handOver(client, { raw, from: '', to: marks.returnPath({ id: 1, ticket: 1 }) })
  t.match((await kept(built.config.state_dir, 'followups')).at(-1), {
    author: { kind: 'submitter', address: null, automatic: true },
    comment: /did not arrive: No such mailbox\./,
  })
  client.close()
})
