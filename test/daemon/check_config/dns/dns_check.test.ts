import t, { type Test } from 'tap'
import { checkDns, type DnsFindings } from '../../../../daemon/check_config/dns/dns_check.ts'
import { type DnsName, dnsServer } from '../../../dns_server.ts'

const KEY = 'v=DKIM1; k=rsa; p=MIIB'
const ADDRESS = 'help@acme.io'
const SMARTHOST = 'smtps://user@smtp.acme.io'
/** A domain without a fault. */
const GOOD: Record<string, DnsName> = {
  'acme.io': { txt: ['unrelated', 'v=spf1 mx a:smtp.acme.io -all'], mx: [[10, 'mx.acme.io']] },
  'mx.acme.io': { a: ['198.51.100.1'] },
  'smtp.acme.io': { a: ['198.51.100.2'], aaaa: ['2001:db8:1::2'] },
  's1._domainkey.acme.io': { cname: 'keys.acme.io' },
  'keys.acme.io': { txt: [KEY] },
  '_dmarc.acme.io': { txt: ['v=DMARC1; p=reject; rua=mailto:dmarc@acme.io'] },
}

async function found(
  t: Test,
  names: Record<string, DnsName>,
  addresses = [ADDRESS],
  smarthost = SMARTHOST,
): Promise<DnsFindings> {
  const { server } = await dnsServer(t, { ...GOOD, ...names })
  return checkDns(addresses, smarthost, { servers: [server] })
}

t.test('a good domain', async t => {
  t.same(await found(t, {}), {
    warnings: [],
    notes: [
      'DNS of acme.io: MX "mx.acme.io"; SPF, which names the smarthost smtp.acme.io; DKIM key under s1; DMARC p=reject.',
    ],
  })
})

t.test('what is missing is told with what to do', async t => {
  t.same(await found(t, {}, ['x@none.io', 'y@NONE.io']), {
    warnings: [
      'Mail to none.io cannot arrive: it has no MX record and no address; add an MX record that names the host of the mail door, or of the server that hands over its mail.',
      'none.io has no SPF record, so servers may take the letters for spam; add a TXT record at none.io with the servers that send for it, such as "v=spf1 mx a:smtp.acme.io ~all".',
      'none.io has no DMARC record, so large mail services may refuse the letters; add a TXT record at _dmarc.none.io, such as "v=DMARC1; p=none".',
    ],
    notes: [
      'DNS of none.io: no MX; no SPF; no DKIM key was found under the usual selectors (if your mail server signs under another, this is fine); no DMARC.',
    ],
  })
  t.match((await found(t, {}, ['x@none.io'], 'file:sent')).warnings[1], '"v=spf1 mx ~all"')
})

t.test('MX', async t => {
  const mx = async (name: DnsName, more: Record<string, DnsName> = {}) => {
    const { warnings, notes } = await found(t, { 'acme.io': { ...GOOD['acme.io'], ...name }, ...more })
    return warnings[0] ?? notes[0]
  }
  t.match(await mx({ mx: [[0, '']] }), /^The MX record of acme\.io says that it takes no mail; add an MX/)
  t.match(
    await mx({ mx: [[1, 'gone.acme.io']] }),
    /^Mail to acme\.io cannot arrive: "gone\.acme\.io" of its MX/,
  )
  t.match(
    await mx({
      mx: [
        [1, 'gone.acme.io'],
        [2, 'mx.acme.io'],
      ],
    }),
    /^DNS of acme\.io: MX "gone\.acme\.io", "mx\.acme\.io";/,
  )
  t.match(await mx({ mx: [], a: ['192.0.2.1'] }), /^DNS of acme\.io: no MX, so mail goes to 192\.0\.2\.1;/)
})

t.test('DKIM and DMARC', async t => {
  const noted = async (names: Record<string, DnsName>, address = ADDRESS) => {
    const { warnings, notes } = await found(t, names, [address])
    return [...warnings, ...notes].join('\n')
  }
  for (const txt of ['v=DKIM1; p=', 'v=spf1 -all', 'v=DKIM2; p=MIIB', 'p'])
    t.match(await noted({ 's1._domainkey.acme.io': { txt: [txt] } }), 'no DKIM key was found', txt)
  t.match(await noted({ 'mail._domainkey.acme.io': { txt: ['p=MIIB'] } }), 'DKIM key under mail, s1;')
  t.match(await noted({ 'mail._domainkey.acme.io': { fails: true } }), 'DKIM key under s1;')
  const dmarc = (...txt: string[]) => noted({ '_dmarc.acme.io': { txt } })
  t.match(await dmarc('v=DMARC1;p=none', 'v=DMARC1; p=reject'), '_dmarc.acme.io has 2 DMARC records, so')
  t.match(await dmarc('x', 'v=DMARC1 ; P = Quarantine'), '; DMARC p=Quarantine.')
  t.match(
    await dmarc('v=DMARC1; rua=mailto:x@acme.io'),
    'The DMARC record at _dmarc.acme.io has no p=; write',
  )
  t.match(await dmarc(`v=DMARC1; p=no\u0007ne${'e'.repeat(300)}`), 'has p="no\\u0007neee')
  t.match(await dmarc('v=DMARC2; p=none'), 'acme.io has no DMARC record')
  t.match(
    await noted({}, 'x@help.eu.acme.io'),
    '; DMARC p=reject by acme.io, if receivers count help.eu.acme.io to it.',
  )
  const sub = { '_dmarc.acme.io': { txt: ['v=DMARC1; p=reject; sp=none'] } }
  t.match(await noted(sub, 'x@help.acme.io'), '; DMARC sp=none by acme.io,')
})

t.test('SPF', async t => {
  const many = Object.fromEntries(
    Array.from({ length: 12 }, (_, at) => [`n${at}.io`, { txt: [`v=spf1 include:n${at + 1}.io ~all`] }]),
  )
  const names: Record<string, DnsName> = {
    ...many,
    'inc.io': { txt: ['v=spf1 ip4:198.51.100.0/24 -all'] },
    'two.io': { txt: ['v=spf1 -all', 'v=spf1 +all'] },
    'self.io': { txt: ['v=spf1 include:self.io -all'] },
    'crowd.io': { mx: Array.from({ length: 11 }, (_, at) => [at, `mx${at}.crowd.io`] as const) },
    'mute.io': { fails: true },
  }
  const [names_it, unsure] = ['; SPF, which names the smarthost smtp.acme.io;', '; SPF; DKIM']
  const not =
    '; SPF, which does not name the addresses of smtp.acme.io (if that sends from others, this is fine; otherwise add a:smtp.acme.io);'
  const useless = (clause: string) => `The SPF record of acme.io is of no use: ${clause}; correct it.`
  const cases: readonly (readonly [string, string])[] = [
    ['a:smtp.acme.io', names_it],
    ['A:SMTP.ACME.IO. -ALL', names_it],
    ['ip4:198.51.100.2', names_it],
    ['ip6:2001:db8:1::/48 ~all', names_it],
    ['mx/24 ?all', names_it],
    ['mx//64 a:mx.acme.io/30//64 -all', names_it],
    ['include:inc.io', names_it],
    ['redirect=inc.io', names_it],
    ['exp=why.io unknown=x a:smtp.acme.io', names_it],
    ['-all redirect=inc.io', not],
    ['-ip4:198.51.100.2 -ip6:2001:db8:1::2 include:inc.io', not],
    ['mx -all', not],
    ['', not],
    ['exists:%{i}.acme.io -all', unsure],
    ['include:%{d}.io -all', unsure],
    ['ptr -all', unsure],
    ['+all', 'lets every server send in its name; end it with "~all" or "-all" instead.'],
    ['ip4:0.0.0.0/0', 'lets every server send in its name'],
    ['ipv4:192.0.2.1', useless('"ipv4:192.0.2.1" is no part of SPF')],
    ['ip4:192.0.2.300', useless('"ip4:192.0.2.300" is no part of SPF')],
    ['ip6:192.0.2.1', useless('"ip6:192.0.2.1" is no part of SPF')],
    ['all:x', useless('"all:x" is no part of SPF')],
    ['mx/33', useless('"mx/33" is no part of SPF')],
    ['a/24/64', useless('"a/24/64" is no part of SPF')],
    ['include:', useless('"include:" names no domain')],
    [`include:${'a'.repeat(64)}.io`, useless(`"include:${'a'.repeat(32)}…" names no domain`)],
    ['redirect=inc.io redirect=inc.io', useless('it has redirect= twice')],
    ['include:none.io', useless('it names "none.io", which has no SPF record')],
    ['include:two.io', useless('it names "two.io", which has several SPF records')],
    ['include:self.io', useless('it needs more than 10 look-ups, which receivers refuse')],
    ['include:n0.io', useless('it needs more than 10 look-ups, which receivers refuse')],
    ['mx:crowd.io', useless('the mx of "crowd.io" has more than 10 hosts')],
    ['include:mute.io', 'DNS does not answer about acme.io, so its SPF was not checked.'],
  ]
  for (const [terms, told] of cases) {
    const txt = [`v=spf1 ${terms}`]
    const { warnings, notes } = await found(t, { ...names, 'acme.io': { ...GOOD['acme.io'], txt } })
    t.match([...warnings, ...notes].join('\n'), told, terms)
  }
  const two = { 'acme.io': { ...GOOD['acme.io'], txt: ['v=spf1 -all', 'V=SPF1 mx'] } }
  t.match((await found(t, two)).warnings, [
    'acme.io has 2 SPF records, so servers use none of them; join them to one TXT record.',
  ])
  const near = { 'acme.io': { ...GOOD['acme.io'], txt: ['v=spf10 -all'] } }
  t.match((await found(t, near)).warnings, [/^acme\.io has no SPF record/])
  t.match((await found(t, {}, [ADDRESS], 'smtp://[2001:db8:1::2]')).notes, [
    /names the smarthost 2001:db8:1::2/,
  ])
  t.match((await found(t, {}, [ADDRESS], 'smtp://127.0.0.1')).notes, [/; SPF; DKIM/])
})

t.test('a long answer comes by TCP', async t => {
  const txt = [`v=spf1 ${'ip4:203.0.113.1 '.repeat(100)}a:smtp.acme.io -all`]
  const { server, asked } = await dnsServer(t, { ...GOOD, 'acme.io': { ...GOOD['acme.io'], txt } })
  t.match((await checkDns([ADDRESS], SMARTHOST, { servers: [server] })).notes, [/which names the smarthost/])
  t.ok(asked.tcp.includes('acme.io'))
})

t.test('without DNS there is one sentence, whatever DNS does instead', async t => {
  const silent = {
    warnings: ['DNS does not answer, so MX, SPF, DKIM and DMARC were not checked.'],
    notes: [],
  }
  const { server, asked } = await dnsServer(t, {})
  await checkDns([ADDRESS], SMARTHOST, { servers: [server] })
  const all = (name: DnsName) => Object.fromEntries(asked.udp.map(one => [one, name]))
  t.same(await found(t, all({ fails: true })), silent)
  const mute = await dnsServer(t, all({ silent: true }))
  const within = (attempt: number, whole: number) =>
    checkDns([ADDRESS], SMARTHOST, { servers: [mute.server], waits: { attempt, whole } })
  t.same(await within(10, 60_000), silent)
  t.same(await within(60_000, 100), silent, 'all together have little time')
})

t.test('reserved domains are not asked about, and of many only some are', async t => {
  const { server, asked } = await dnsServer(t, GOOD)
  const reserved = ['x@helpdesk.example', 'x@site.local', 'x@host', 'x@mail.EXAMPLE.org', 'x@a.internal']
  t.same(await checkDns(reserved, SMARTHOST, { servers: [server] }), { warnings: [], notes: [] })
  t.same(asked, { udp: [], tcp: [] })
  const many = Array.from({ length: 12 }, (_, at) => `x@d${at}.io`)
  const { notes } = await checkDns(many, SMARTHOST, { servers: [server] })
  t.equal(notes.length, 11)
  t.equal(notes.at(-1), 'DNS was asked about 10 domains alone, and not about d10.io, d11.io.')
  const more = Array.from({ length: 10_000 }, (_, at) => `x@d${at}.io`)
  const found = await checkDns(more, SMARTHOST, { servers: [server] })
  t.match(found.notes.at(-1), /and not about d10\.io, d11\.io,( d1\d\.io,){7} d19\.io and 9980 more\.$/)
  t.notOk(asked.udp.some(name => name.endsWith('d10.io')))
})
