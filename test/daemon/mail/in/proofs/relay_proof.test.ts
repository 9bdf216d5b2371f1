import t, { type Test } from 'tap'
import { ticket } from '../../../../data/records.ts'
import { FRED, furnishUsually, HELPDESK, type House, house, SUSAN } from '../../../../house.ts'
import { kept, keptAll } from '../../kept.ts'
import { rawMailer } from '../../wire.ts'

const RELAY = `commands.proofs = ["smtp-auth", "relay"]
commands.relays = ["127.0.0.1"]
commands.relay_authserv_id = "mx.example.org"
limits.letters_per_address_hour = 1000
limits.letters_per_address_day = 1000`
const RECEIVED = 'Received: from a by mx.example.org; Fri, 27 Nov 2026 10:00:00 +0000\r\n'
const OTHER = 'Received: from eve by a; Fri, 27 Nov 2026 10:00:00 +0000\r\n'
const results = (says: string, name = 'mx.example.org') => `Authentication-Results: ${name}; ${says}\r\n`
const DMARC = 'dmarc=pass (p=none; dis=none) header.from=example.org'
const LOGIN = 'auth=pass (plain) smtp.auth=fred'
const signed = (names: string, more = '') =>
  `DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=s; ${more}\r\n\th=${names};\r\n\tbh=x; b=y\r\n`
const SIGNED = 'From:Subject:Date:Message-ID:To'

interface Fields {
  /** What stands above the fields of the writer, and below. */
  readonly above: string
  readonly below: string
  readonly from: string
  readonly subject: string
  readonly date: string
  readonly ids: string
  readonly text: string
  readonly envelopeFrom: string
}
interface Relayed extends House {
  send(fields: Partial<Fields>): Promise<string>
  /** Whether ticket 1 is on hold; then that ends. */
  wasHeld(): Promise<boolean>
}

async function relayed(t: Test, more: string): Promise<Relayed> {
  const built = await house(t, more, async tx => {
    await furnishUsually(tx)
    await tx.add('tickets', ticket({ title: 'The printer', submitter_email: 'erin@example.net' }))
  })
  const post = await rawMailer(t, built.daemon.smtpPort)
  let sent = 0
  return {
    ...built,
    send: ({
      above = '',
      below = '',
      from = FRED.address,
      subject = 'hold 1',
      date = new Date().toUTCString(),
      ids = `Date: ${date}\r\nMessage-ID: <${++sent}@example.org>\r\n`,
      text = 'Later.',
      envelopeFrom = FRED.address,
    }) => {
      const raw = `${above}From: ${from}\r\nTo: ${HELPDESK}\r\nSubject: ${subject}\r\n${ids}${below}\r\n${text}\r\n`
      return post({ raw: Buffer.from(raw, 'latin1'), from: envelopeFrom })
    },
    wasHeld: async () => {
      const { on_hold } = (await (await keptAll(built.config.state_dir)).get('tickets', 1))!
      if (on_hold) await built.susan('unhold_ticket', { ticket: '1' })
      return on_hold
    },
  }
}

/** The control is the first; each of the others differs from it. */
const HONEST: readonly Partial<Fields>[] = [
  { above: results(DMARC) + RECEIVED },
  { above: RECEIVED + results(DMARC) },
  { above: RECEIVED + results(DMARC) + OTHER + results(DMARC, 'other.example') },
  { above: results(LOGIN) + RECEIVED },
  { above: results('auth=pass smtp.auth=FRED@example.org') + RECEIVED, from: `Fred <${FRED.address}>` },
  {
    above: `${results('spf=pass smtp.mailfrom=example.org; dkim=pass header.d=example.org')}${results(DMARC)}${RECEIVED}`,
  },
  { above: results('dmarc=pass header.from="Example.org"', 'MX.example.org 1') + RECEIVED },
  { above: results(`dkim=pass (a\r\n\t(b) c) header.d=example.org;\r\n\t${DMARC}`) + RECEIVED },
  { above: results(DMARC) + RECEIVED + signed(SIGNED) },
  { above: results(DMARC) + RECEIVED + OTHER + results('dmarc=fail', 'mx.example.org') },
]
/** Mails that prove nothing, besides those of `attacks.ts`. */
const ATTACKS: Record<string, Partial<Fields>> = {
  'nothing of the relay': { above: RECEIVED },
  'the result below the second Received': { above: RECEIVED + OTHER + results(DMARC) },
  'the result at the end of the header': { above: RECEIVED + OTHER, below: results(DMARC) },
  'a result beside that of the relay': { above: results('dmarc=none') + RECEIVED + results(DMARC) },
  'a login beside the result of the relay': { above: results('dmarc=fail') + RECEIVED + results(LOGIN) },
  'two good results': { above: results(DMARC) + RECEIVED + results(DMARC) },
  'another name': { above: results(DMARC, 'mx.evil.example') + RECEIVED },
  'a longer name': { above: results(DMARC, 'mx.example.org.evil.example') + RECEIVED },
  'no name': { above: `Authentication-Results: ${DMARC}\r\n${RECEIVED}` },
  'the name in a comment': { above: results(DMARC, '(mx.example.org) evil.example') + RECEIVED },
  fail: { above: results('dmarc=fail header.from=example.org') + RECEIVED },
  none: { above: results('none') + RECEIVED },
  'softer words': { above: results('dmarc=bestguesspass header.from=example.org') + RECEIVED },
  'pass in a comment': {
    above: results('dmarc=fail (dmarc=pass header.from=example.org) header.from=example.org') + RECEIVED,
  },
  'pass in a quoted string': {
    above: results('spf=fail smtp.mailfrom="x; dmarc=pass header.from=example.org"') + RECEIVED,
  },
  'pass as a reason': { above: results('dmarc=fail reason="dmarc=pass" header.from=example.org') + RECEIVED },
  'a comment that does not end': { above: results(`${DMARC} (x`) + RECEIVED },
  'a quote that does not end': { above: results(`${DMARC} x="`) + RECEIVED },
  'another domain': { above: results('dmarc=pass header.from=evil.example') + RECEIVED },
  'a domain above': { above: results('dmarc=pass header.from=org') + RECEIVED },
  'no domain': { above: results('dmarc=pass') + RECEIVED },
  'two domains': { above: results('dmarc=pass header.from=evil.example header.from=example.org') + RECEIVED },
  'dmarc twice': { above: results(`dmarc=fail; ${DMARC}`) + RECEIVED },
  'spf alone': { above: results('spf=pass smtp.mailfrom=fred@example.org') + RECEIVED },
  'dkim alone': { above: results('dkim=pass header.d=example.org header.i=@example.org') + RECEIVED },
  'the login of a colleague': { above: results('auth=pass smtp.auth=susan') + RECEIVED },
  'a login that failed': { above: results('auth=fail smtp.auth=fred') + RECEIVED },
  'a login without a name': { above: results('auth=pass') + RECEIVED },
  'a field that only resembles it': { above: `X-${results(DMARC)}${RECEIVED}` },
  'an ARC field': { above: `ARC-Authentication-Results: i=1; mx.example.org; ${DMARC}\r\n${RECEIVED}` },
  'a blank behind the name of the field': {
    above: `Authentication-Results : mx.example.org; ${DMARC}\r\n${RECEIVED}`,
  },
  'a signature that leaves out the date': {
    above: results(DMARC) + RECEIVED + signed('From:Subject:Message-ID:To'),
  },
  'a stranger': { above: results(DMARC) + RECEIVED, from: 'eve@example.org' },
  'an old mail': {
    above: results(DMARC) + RECEIVED,
    date: new Date(Date.now() - 5 * 86_400_000).toUTCString(),
  },
  'a mail of the future': {
    above: results(DMARC) + RECEIVED,
    date: new Date(Date.now() + 2 * 86_400_000).toUTCString(),
  },
  'a Date that is none': { above: results(DMARC) + RECEIVED, date: 'some day' },
  'a machine': { above: `${results(DMARC)}${RECEIVED}Auto-Submitted: auto-generated\r\n` },
  'a list': { above: `${results(DMARC)}${RECEIVED}List-Id: <a.example.org>\r\n` },
}

t.test('no attack does anything by way of a relay, and honest mails do', async t => {
  const its = await relayed(t, RELAY)
  for (const [what, attack] of Object.entries(ATTACKS)) {
    t.match(await its.send(attack), /^250/, what)
    t.notOk(await its.wasHeld(), what)
  }
  for (const fields of HONEST) {
    t.match(await its.send(fields), /^250/)
    t.ok(await its.wasHeld(), JSON.stringify(fields))
  }
  const proofs = (await kept(its.config.state_dir, 'mails')).flatMap(({ proof }) => proof ?? [])
  t.ok(proofs.every(proof => proof === 'relay'))
})

t.test('what the options of a relay change', async t => {
  const unnamed = 'commands.relay_authserv_id = "(none)"'
  const ofUnnamed = `Authentication-Results: spf=pass (x) smtp.mailfrom=example.org;\r\n ${DMARC};compauth=pass reason=100\r\n${RECEIVED}`
  const cases: [string, Partial<Fields>, boolean][] = [
    ['commands.relays = ["192.0.2.1"]', { above: results(DMARC) + RECEIVED }, false],
    ['commands.relays = []', { above: results(DMARC) + RECEIVED }, false],
    ['commands.proofs = ["smtp-auth"]', { above: results(DMARC) + RECEIVED }, false],
    ['commands.relay_hops = 0', { above: RECEIVED + results(DMARC) }, false],
    ['commands.relay_hops = 0', { above: results(DMARC) + RECEIVED }, true],
    ['commands.relay_hops = 2', { above: RECEIVED + OTHER + results(DMARC) }, true],
    [unnamed, { above: ofUnnamed }, true],
    [unnamed, { above: results(DMARC) + RECEIVED }, false],
    ['commands.relay_authserv_id = ""', { above: results(DMARC) + RECEIVED }, false],
  ]
  const vouching = 'commands.relay_authserv_id = ""\ncommands.relay_vouches_for = ["example.org"]'
  cases.push(
    [vouching, {}, true],
    [vouching, { from: SUSAN.address }, false],
    [vouching, { envelopeFrom: '' }, false],
    [vouching, { envelopeFrom: 'fred@example.org.evil.example' }, false],
    [vouching.replace('example.org', 'other.example'), {}, false],
    [
      vouching.replace('""', '"mx.example.org"'),
      { envelopeFrom: 'x@example.net', above: results(LOGIN) + RECEIVED },
      true,
    ],
  )
  const houses = new Map<string, Relayed>()
  for (const [option, fields, isHeld] of cases) {
    const keys = option.split('\n').map(line => line.split(' ')[0]!)
    const usual = RELAY.split('\n').filter(line => !keys.some(key => line.startsWith(`${key} `)))
    const its = houses.get(option) ?? (await relayed(t, [...usual, option].join('\n')))
    houses.set(option, its)
    t.match(await its.send(fields), /^250/)
    t.equal(await its.wasHeld(), isHeld, `${option} ${JSON.stringify(fields)}`)
  }
  // Any recipient of a signed mail can send it again.
  const toErin = { subject: 'Re: [support-1] The printer', below: 'Cc: erin@example.net\r\n' }
  const answers: [string, Partial<Fields>, boolean][] = [
    [vouching, {}, true],
    [vouching, { envelopeFrom: '' }, false],
    [unnamed, { above: ofUnnamed }, false],
  ]
  for (const [option, fields, isPublic] of answers) {
    const its = houses.get(option)!
    t.match(await its.send({ ...toErin, ...fields }), /^250/)
    t.equal((await kept(its.config.state_dir, 'followups')).at(-1)!.public, isPublic, option)
  }
})

t.test('a copy of a mail of a relay proves nothing, and is no less a mail', async t => {
  const its = await relayed(t, RELAY)
  const above = results(DMARC) + RECEIVED + signed(SIGNED)
  const ids = `Date: ${new Date().toUTCString()}\r\nMessage-ID: <one@example.org>\r\n`
  const mail = { above, ids, subject: 'hold 1' }
  const last = async () => (await kept(its.config.state_dir, 'mails')).at(-1)!
  await its.send(mail)
  t.ok(await its.wasHeld())
  t.match(await last(), { proof: 'relay' })
  const before = (await last()).id
  await its.send(mail)
  t.notOk(await its.wasHeld(), 'the same')
  t.equal((await last()).id, before)
  // A signature in the form `relaxed` allows other blanks.
  for (const copy of [{ text: 'Later. ' }, { text: 'Later.\r\n' }, { subject: 'hold  1' }]) {
    await its.send({ ...mail, ...copy })
    t.notOk(await its.wasHeld(), JSON.stringify(copy))
    t.match(await last(), { proof: undefined, verdict: 'ticket' })
    t.match(
      (await last()).reasons.at(-1),
      'its relay proves nothing: another mail with its Message-ID has come before',
    )
  }
  await its.send({ ...mail, ids: ids.replace('<one@', '<one @') })
  t.match((await last()).reasons.at(-1), 'its Message-ID cannot be read')
  await its.send({ ...mail, ids: ids.replace('<one', '<two') })
  t.ok(await its.wasHeld(), 'another mail')
})
