import fc from 'fast-check'
import t from 'tap'
import { type Config, parseConfig } from '../../../daemon/config/config.ts'
import { printConfig } from '../../../daemon/config/print_config.ts'
import { lineOfKey } from '../../../daemon/config/toml.ts'
import { Failure } from '../../../data/failure.ts'
import { anyCharacter } from '../../any_character.ts'
import { runs } from '../../runs.ts'

function refusal(toml: string): string {
  try {
    parseConfig(toml, 'x.toml')
  } catch (error) {
    if (error instanceof Failure) return `${error.code}: ${error.message}`
    throw error
  }
  return 'taken'
}
function value(key: keyof Config, text: string): unknown {
  return parseConfig(`${key} = ${text}`, 'x.toml')[key]
}

const good: { readonly [K in keyof Config]: readonly string[] } = {
  state_dir: ['"var"', '"/var/lib/helpdeskd"', '"a b"', '"Ä"'],
  'http.listen': [
    '"127.0.0.1:0"',
    '"[::1]:8090"',
    '"localhost:65535"',
    '"a-b.example:1"',
    '"unix:/run/helpdeskd/http.sock"',
    '"unix:a b: Ä"',
    '["127.0.0.1:1"]',
    '["127.0.0.1:0", "[::1]:0", "unix:var/http.sock"]',
  ],
  'http.url': ['""', '"http://localhost:8090"', '"https://helpdesk.example/x/"'],
  'http.proxies': [
    '[]',
    '["127.0.0.1", "::1"]',
    '["192.0.2.0/24", "2001:DB8::/32", "10.0.0.0/8", "fd00::1/128", "0.0.0.0/0"]',
  ],
  'http.tls_cert': ['""'],
  'http.tls_key': ['""'],
  'http.keep_repeats_hours': ['24', '876000'],
  'smtp.listen': ['"0.0.0.0:25"', '"[::]:25"', '["[::]:25", "unix:/x"]'],
  'smtp.hostname': ['"mail.example.org"', '"my_machine"', '"[127.0.0.1]"', '"[IPv6:::1]"'],
  'smtp.submission': ['""', '[]'],
  'smtp.submissions': ['""', '[]'],
  'smtp.relays': ['[]', '["192.0.2.0/24", "::1"]'],
  'smtp.tls_cert': ['""'],
  'smtp.tls_key': ['""'],
  'smtp.max_size': ['65536', '1_000_000', '1073741824'],
  'lmtp.listen': ['""', '"127.0.0.1:24"', '["[::1]:0", "localhost:24", "unix:/x"]'],
  'lmtp.mode': ['"0660"', '"666"', '"0600"'],
  'mail.address': ['"helpdesk@example.org"', '"HelpDesk@Example.ORG"', '"a+b@localhost"'],
  'mail.queue': ['""', '"support"'],
  'mail.aliases': ['[]', '["support@example.org"]'],
  'mail.plus': ['true', 'false'],
  'mail.forms': ['[]', '["form@example.org", "Web.Form@Build_1.EXAMPLE"]'],
  'mail.lists': ['[]', '["Support@group.example", "sales@Lists.EXAMPLE"]'],
  'mail.attach_up_to': ['0', '5242880'],
  'mail.spam_header': ['""', '"X-Spam-Flag: YES"', '"x-spam-status:Yes"', '"X-Spam-Level: *****"'],
  'mail.locale': ['"auto"', '"de"'],
  'mail.letters': ['""', '"/etc/helpdeskd/letters"'],
  'mail.keep_raw_days': ['0', '36500'],
  'mail.keep_records_days': ['1', '36500'],
  'mail.keep_letters_days': ['31', '36500'],
  'mail.keep_repeats_days': ['14', '36500'],
  'smarthost.require_tls': ['true', 'false'],
  'smarthost.url': [
    '"smtp://127.0.0.1:25"',
    '"smtps://user:pass%40word@mail.example.org"',
    '"smtp://[::1]:2500"',
    '"file:var/sent"',
    '"file:/a b"',
  ],
  'smarthost.password_file': ['""', '"/etc/helpdeskd/password"', '"credential:smarthost"'],
  'commands.proofs': ['[]', '["smtp-auth"]', '["confirm", "smtp-auth", "token", "relay"]'],
  'commands.relays': ['[]', '["127.0.0.1", "::1", "2001:DB8:0::7"]'],
  'commands.relay_authserv_id': ['""', '"mx.example.org"', '"(none)"'],
  'commands.relay_hops': ['0', '20'],
  'commands.relay_vouches_for': ['[]', '["Example.ORG", "xn--bcher-kva.example"]'],
  'limits.attachment': ['0', '1073741824'],
  'limits.ticket_attachments': ['0', '1_000_000'],
  'limits.files': ['0', '10_000_000_000'],
  'limits.letters_per_address_hour': ['0', '5'],
  'limits.letters_per_address_day': ['20', '1_000_000'],
  'limits.letters_hour': ['200'],
  'escalation.at': ['"00:00"', '"23:59"'],
  'escalation.time_zone': ['"UTC"', '"Europe/Vienna"', '"America/Argentina/Ushuaia"'],
  'store.min_free': ['0', '67108864'],
}
const bad: { readonly [K in keyof Config]: readonly string[] } = {
  state_dir: ['""', '"a\\nb"', '"\\u0000"', '1'],
  'http.listen': [
    '"8090"',
    '":8090"',
    '"127.0.0.1:65536"',
    '"127.0.0.1:9:9"',
    '"[127.0.0.1]:1"',
    '"::1:1"',
    '[]',
    '["127.0.0.1:1", ""]',
    '["127.0.0.1:1", 25]',
    '[["127.0.0.1:1"]]',
    '{}',
    '"unix:"',
    '"unix:a\\nb"',
    `"unix:/${'x'.repeat(107)}"`,
    '"127.0.0.1:"',
    '" 127.0.0.1:1"',
  ],
  'http.url': ['"ftp://x"', '"localhost:8090"', '"http://a b"', '"http://x\\ny"', '"http://"'],
  'http.proxies': [
    '"127.0.0.1"',
    '[1]',
    '[""]',
    '["localhost"]',
    '["127.0.0.1:80"]',
    '["[::1]"]',
    '["127.0.0.1/33"]',
    '["127.0.0.1/"]',
    '["127.0.0.1/08"]',
    '["127.0.0.1/-1"]',
    '["::/129"]',
    '["::1%lo"]',
    '["127.1"]',
    '["127.0.0.01"]',
    '["::ffff:127.0.0.1"]',
    '["::ffff:10.0.0.0/104"]',
    '["127.0.0.1", "127.0.0.1 "]',
    '{}',
  ],
  'http.tls_cert': ['1', '"a\\nb"'],
  'http.tls_key': ['true'],
  'http.keep_repeats_hours': ['23', '876001', '"24"'],
  'smtp.listen': ['25', '"x:-1"', '""', '[]'],
  'smtp.hostname': ['""', '"a b"', '"a\\r\\nb"', '"a..b"', '"ä.example"', '"<x>"'],
  'smtp.submission': ['"587"', '["[::]:587", ""]'],
  'smtp.submissions': ['true', '465'],
  'smtp.relays': ['"127.0.0.1"', '["localhost"]', '["127.0.0.1/33"]'],
  'smtp.tls_cert': ['false', '"a\\nb"'],
  'smtp.tls_key': ['[]'],
  'smtp.max_size': ['65535', '1073741825', '"65536"', '65536.5', '-1', 'inf', 'nan'],
  'lmtp.listen': ['"0.0.0.0:24"', '"[::]:24"', '["127.0.0.1:24", "192.0.2.1:24"]', '24'],
  'lmtp.mode': ['0o660', '"0888"', '"66"', '"10660"', '""'],
  'mail.address': [
    '""',
    '"helpdesk"',
    '"<a@b>"',
    '"a@b\\r\\nX: y"',
    '"a@b, c@d"',
    '["a@b"]',
    `"${'a'.repeat(31)}@b"`,
  ],
  'mail.queue': ['1', '"a\\tb"'],
  'mail.aliases': ['"support@example.org"', '["@example.org"]'],
  'mail.plus': ['"y"', '1', '""'],
  'mail.forms': ['"form@example.org"', '["form"]', '["A <a@b>"]', '[1]', '[""]'],
  'mail.lists': ['"a@group.example"', '["group.example"]', '["a@b, c@d"]', '[1]', '[""]'],
  'mail.attach_up_to': ['-1', '1.5', '"5 MB"'],
  'mail.spam_header': [
    '"YES"',
    '"X-Spam-Flag:"',
    '"X-Spam-Flag: "',
    '": YES"',
    '"X Spam: YES"',
    '"X-Spam-Flag: YES "',
    '"X-Spam-Flag: \\nX: y"',
    '"X-Spam-Flag: jä"',
    '["X-Spam-Flag: YES"]',
    'true',
  ],
  'mail.locale': ['""', '"DE"', '"xx"', '1'],
  'mail.letters': ['1', '"a\\nb"'],
  'mail.keep_raw_days': ['-1', '36501', '1.5', '1979-05-27', 'true'],
  'mail.keep_records_days': ['0', '36501'],
  'mail.keep_letters_days': ['30', '36501'],
  'mail.keep_repeats_days': ['13', '36501'],
  'smarthost.password_file': ['1', '"a\\nb"'],
  'smarthost.require_tls': ['"y"', '1'],
  'smarthost.url': [
    '""',
    '"smtp:"',
    '"smtp://"',
    '"http://x"',
    '"file:"',
    '"smtp://host/path"',
    '"smtp://user:1?b@host"',
    '"smtp://host:99999"',
    '"smtp://a b"',
    '"smtp://x\\ny"',
    '"smtp://us%zz:secret@host"',
    '"smtp://user:%ff@host"',
  ],
  'commands.proofs': ['"smtp-auth"', '["smtp_auth"]', '[1]', '[["smtp-auth"]]', '{}'],
  'commands.relays': [
    '"127.0.0.1"',
    '["10.0.0.0/8"]',
    '["192.0.2.1/32"]',
    '["mx.example.org"]',
    '[1]',
    '["::ffff:192.0.2.1"]',
  ],
  'commands.relay_authserv_id': ['1', '"a b"', '"(x)"', '"a;b"', '["mx"]'],
  'commands.relay_hops': ['-1', '21', '"1"'],
  'commands.relay_vouches_for': [
    '"example.org"',
    '["susan@example.org"]',
    '["*"]',
    '[""]',
    '[1]',
    '["b\u00fccher.example"]',
  ],
  'limits.attachment': ['-1', '1073741825', '"1"'],
  'limits.ticket_attachments': ['-1', '1.5', '"100 MB"'],
  'limits.files': ['-1', '[]', '0.5'],
  'limits.letters_per_address_hour': ['-1', '1.5'],
  'limits.letters_per_address_day': ['1_000_001'],
  'limits.letters_hour': ['"200"'],
  'escalation.at': ['"9:00"', '"24:00"', '"09:60"', '"09:00:00"', '9'],
  'escalation.time_zone': ['""', '"Europe/Nowhere"', '"+01:00"', '1'],
  'store.min_free': ['-1', '"1"', '[]'],
}

t.test('every option accepts its valid values', async t => {
  for (const [key, values] of Object.entries(good)) {
    for (const value of values) t.equal(refusal(`${key} = ${value}`), 'taken', `${key} = ${value}`)
  }
  t.same(value('http.listen', '"[::1]:25"'), [{ host: '::1', port: 25 }])
  t.same(value('http.proxies', '["127.0.0.1", "2001:DB8:0::/32"]'), [
    { address: '127.0.0.1', prefix: 32 },
    { address: '2001:db8::', prefix: 32 },
  ])
  t.same(value('smtp.listen', '["localhost:25", "unix:a b"]'), [
    { host: 'localhost', port: 25 },
    { path: 'a b' },
  ])
  t.equal(value('mail.address', '"HelpDesk@Example.ORG"'), 'helpdesk@example.org')
  t.same(value('commands.proofs', '["confirm"]'), ['confirm'])
  t.same(value('commands.relays', '["2001:DB8:0::7"]'), ['2001:db8::7'])
  t.same(value('commands.relay_vouches_for', '["Example.ORG"]'), ['example.org'])
})

t.test('every option refuses wrong values, with its name, its rule and the line', async t => {
  for (const [key, values] of Object.entries(bad)) {
    for (const value of values) {
      const said = refusal(`# first\n\n${key} = ${value}`)
      if (!said.startsWith(`invalid: x.toml, line 3: ${key} must be `) || !said.endsWith('.'))
        t.fail(`${key} = ${value}: ${said}`)
    }
  }
})

t.test('an unknown option is refused with its line', async t => {
  const cases: [string, string][] = [
    ['state_dir = "x"\n[htpp]\n', 'line 2: there is no section "htpp"'],
    ['[http]\n\n# listen\nlisen = "x"', 'line 4: there is no option "http.lisen"'],
    ['[[http]]\nlisten = "x"', 'line 1: there is no option "http"'],
    ['\n\nhttp = "x"', 'line 3: there is no option "http"'],
    ['[http]\n[http.listen]\nx = 1', 'line 2: http.listen must be'],
    ['[state_dir]\n', 'line 1: there is no section "state_dir"'],
    ['"http.listen" = "127.0.0.1:1"', 'line 1: there is no option "\\"http.listen\\""'],
    ['["http.listen"]', 'line 1: there is no section "http.listen"'],
    ['[a.b.c.d.e]', 'line 1: there is no section "a"'],
    ['\n[__proto__]\nx = 1', 'line 2: there is no section "__proto__"'],
    ['constructor = 1', 'line 1: there is no option "constructor"'],
    ['__proto__.state_dir = "x"', 'line 1: there is no section "__proto__"'],
    ['"a\\u001b[1m" = 1', 'line 1: there is no option "a\\u001b[1m"'],
    ['http = { listen = "127.0.0.1:1",\n  bogus = 1 }', 'line'],
    ['state_dir = """\nbogus = 1\n[x]"""\nother = 1', 'line 4: there is no option "other"'],
    ["state_dir = 'x'\r\n[smtp]\r\nbogus = 1\r", 'line 3'],
    ['[smtp]\nmax_size = 65536\nhostname = """\nx\ny"""', 'line 3: smtp.hostname must be'],
  ]
  for (const [toml, said] of cases) t.match(refusal(toml), `x.toml, ${said}`, JSON.stringify(toml))
})

t.test('malformed TOML is refused with its line', async t => {
  const cases: [string, number][] = [
    ['state_dir = "a"\nstate_dir = "b"', 2],
    ['[http]\n[http]', 2],
    ['state_dir = ', 1],
    ['\nstate_dir = "x', 2],
    ['\n\nno value', 3],
    ['[mail', 1],
    ['[store]\nmin_free = 99999999999999999999', 2],
    [`x = ${'['.repeat(50_000)}`, 1],
  ]
  for (const [toml, line] of cases)
    t.match(refusal(toml), new RegExp(`^invalid: x\\.toml, line ${line}: .+\\.$`), toml.slice(0, 30))
})

t.test('a certificate without a key is refused, and a key without a certificate', async t => {
  t.match(refusal('[smtp]\ntls_cert = "x.pem"'), 'line 1: smtp.tls_cert and smtp.tls_key belong together')
  t.match(refusal('\n[smtp]\ntls_key = "x.pem"'), 'line 2: smtp.tls_cert and smtp.tls_key belong together')
  t.match(refusal('\n[http]\ntls_key = "x.pem"'), 'line 2: http.tls_cert and http.tls_key belong together')
  t.equal(refusal('[smtp]\ntls_cert = "x.pem"\ntls_key = "y.pem"'), 'taken')
})

t.test('a line is found whatever comes before it', async t => {
  const toml = [
    'a = """', // 1
    'b = 1"""',
    'c = [', // 3
    '  "[x]", # ]',
    ']',
    '[ s ] # a section', // 6
    '"b" = 2', // 7
    "c.d = '''",
    "e = 1'''",
    '[[s2]]', // 10
    'b = 1',
  ].join('\n')
  const lines = { a: 1, c: 3, '[s]': 6, 's.b': 7, 's.c': 8, s2: 10 }
  for (const [key, line] of Object.entries(lines)) t.equal(lineOfKey(toml, key), line, key)
  t.equal(lineOfKey(toml, 'b'), undefined)
})

t.test('print-config shows every option, and its output reads back as the same config', async t => {
  const printed = printConfig(parseConfig('', 'x.toml'))
  for (const key of Object.keys(good)) {
    const [section, name] = key.includes('.') ? key.split('.') : ['', key]
    t.match(printed, new RegExp(`^# .+\\n# .+\\.\\n${name} = .+$`, 'm'))
    if (section) t.match(printed, `[${section}]`)
  }
  const values = fc.record(
    Object.fromEntries(Object.entries(good).map(([key, all]) => [key, fc.constantFrom(...all)])),
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(values, given => {
      const toml = Object.entries(given).map(([key, value]) => `${key} = ${value}\n`)
      const config = parseConfig(toml.join(''), 'x.toml')
      const again = parseConfig(printConfig(config).replace('//…@', '//'), 'printed.toml')
      const { 'smarthost.url': url, ...rest } = config
      t.same({ ...again, 'smarthost.url': '' }, { ...rest, 'smarthost.url': '' })
      if (!url.includes('@')) t.equal(again['smarthost.url'], url)
    }),
    runs(50),
  )
})

t.test('a password in the config is never printed', async t => {
  for (const login of [
    'user:hunter2',
    'user:hunter2@hunter2',
    'hunter2',
    ':hunter2',
    'a:hunter2%2Fhunter2',
  ]) {
    const toml = `[smarthost]\nurl = "smtps://${login}@mail.example.org:465"`
    if (refusal(toml) === 'taken') {
      const printed = printConfig(parseConfig(toml, 'x.toml'))
      t.notMatch(printed, 'hunter2')
      t.match(printed, 'mail.example.org:465')
    } else t.notMatch(refusal(toml), 'hunter2')
  }
  t.notMatch(refusal('[smarthost]\nurl = "smtp://user:hunter2@ho st"'), 'hunter2')
  t.notMatch(refusal('[smarthost]\nurl = "smtp://user:hunter2'), 'hunter2')
})

t.test('any text is a config, or is refused with a sentence', async t => {
  const word = fc.constantFrom(
    ...Object.keys(good),
    ...Object.values(good).flat(),
    ...Object.values(bad).flat(),
    '[http]',
    '[[smtp]]',
    '__proto__',
    '=',
    ' ',
    '.',
    '\n',
    '"',
    '"""',
    '{',
    '}',
    '[',
    ']',
    '#',
    '\r',
    '\ufeff',
  )
  const texts = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.array(word, { maxLength: 30 }).map(words => words.join('')),
    fc
      .array(fc.tuple(word, word), { maxLength: 5 })
      .map(pairs => pairs.map(pair => pair.join('=')).join('\n')),
  )
  fc.assert(
    fc.property(texts, toml => {
      const said = refusal(toml)
      if (said !== 'taken' && !/^invalid: x\.toml, line [1-9][0-9]*: [\s\S]+\.$/.test(said)) t.fail(said)
    }),
    runs(2000),
  )
})
