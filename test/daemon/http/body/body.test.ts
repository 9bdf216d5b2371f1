import fc from 'fast-check'
import t from 'tap'
import { parseForm } from '../../../../daemon/http/body/form.ts'
import { parseJson } from '../../../../daemon/http/body/json.ts'
import { parseMultipart } from '../../../../daemon/http/body/multipart.ts'
import type { Body } from '../../../../daemon/http/body/parameters.ts'
import { authorization } from '../../../../daemon/http/credentials.ts'
import { Failure } from '../../../../data/failure.ts'
import { milliseconds } from '../../../growth.ts'
import { house, SUSAN } from '../../../house.ts'
import { ask, LOGIN } from '../../../http_client.ts'
import { runs } from '../../../runs.ts'

const RUNS = runs(10_000)
const SECRET = 'canary'
/** Texts of any characters, and of characters with a meaning in a body. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(
        '&',
        '=',
        '%',
        '+',
        '"',
        '\\',
        '\\u0022',
        '{',
        ':',
        ',',
        '\r\n',
        '--',
        '\ufeff',
        'é',
        ' ',
        '\0',
      ),
      {
        maxLength: 8,
      },
    )
    .map(pieces => pieces.join('')),
)
const record = fc.dictionary(text, text, { maxKeys: 20, noNullPrototype: true })
const forbidden = (key: string) => ['__proto__', 'constructor', 'prototype'].includes(key)

/** A body, or a refusal in a sentence that shows no value; throws any other error. */
async function outcome(parse: () => Body | Promise<Body>): Promise<Body | Failure> {
  try {
    return await parse()
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'invalid' || !/^[A-Z"].+\.$/s.test(error.message))
      throw error
    return error
  }
}

function same(body: Body | Failure, params: Record<string, string | number | boolean>): boolean {
  if (body instanceof Failure || body.repeated.length > 0) return false
  const keys = Object.keys(params)
  return (
    Object.keys(body.params).length === keys.length && keys.every(key => body.params[key] === params[key])
  )
}

t.test('a form is read back as it was written', async t => {
  await t.resolves(
    fc.assert(
      fc.asyncProperty(record, async params => {
        const encoded = new URLSearchParams(params).toString()
        const body = await parseForm(Buffer.from(encoded))
        return same(body, params)
      }),
      RUNS,
    ),
  )
  await t.resolves(
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async bytes => {
        await outcome(() => parseForm(Buffer.from(bytes)))
      }),
      RUNS,
    ),
    'with any bytes',
  )
  t.same(
    (await parseForm(Buffer.from('\ufeffa=1&b='))).params,
    { a: '1', b: '' },
    'a byte order mark is not part of a name',
  )
})

const scalar = fc.oneof(text, fc.maxSafeInteger(), fc.boolean(), fc.constant(null))
const told = (value: string | number | boolean | null) => (value === null ? '' : value)

t.test('JSON is read back as it was written', async t => {
  const object = fc
    .dictionary(text, scalar, { maxKeys: 20, noNullPrototype: true })
    .filter(value => !Object.keys(value).some(forbidden))
  await t.resolves(
    fc.assert(
      fc.asyncProperty(object, fc.constantFrom(0, 1, '\t'), async (value, indent) => {
        const body = await parseJson(Buffer.from(JSON.stringify(value, null, indent)))
        const params = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, told(one)]))
        return same(body, params)
      }),
      RUNS,
    ),
  )
  await t.resolves(
    fc.assert(
      fc.asyncProperty(
        object,
        text.filter(key => !forbidden(key)),
        scalar,
        scalar,
        async (value, key, one, other) => {
          const [first, second] = [JSON.stringify(key), escaped(key)]
          const rest = JSON.stringify(value).slice(1, -1)
          const json = `{${first}:${JSON.stringify(one)},${rest === '' ? '' : `${rest},`}${second}:${JSON.stringify(other)}}`
          return (await parseJson(Buffer.from(json))).repeated.includes(key)
        },
      ),
      RUNS,
    ),
    'a repeated name is noticed in any notation',
  )
  const token = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    '\\',
    '"a"',
    '1',
    '1e999',
    'null',
    '"__proto__"',
    ' ',
    '\ufeff',
    '\ud800',
  )
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)),
    fc.array(token, { maxLength: 60 }).map(tokens => Buffer.from(tokens.join(''))),
    fc.json().map(json => Buffer.from(json)),
  )
  await t.resolves(
    fc.assert(
      fc.asyncProperty(anything, async bytes => {
        const body = await outcome(() => parseJson(bytes))
        if (!(body instanceof Failure) && Object.keys(body.params).some(forbidden)) throw new Error('let in')
      }),
      RUNS,
    ),
    'with any bytes',
  )
})

/** The string with each code unit as an escape. */
function escaped(string: string): string {
  const units = string.split('').map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `"${units.join('')}"`
}

t.test('JSON that is not allowed', async t => {
  const refused = (json: string, sentence: RegExp) =>
    t.rejects(parseJson(Buffer.from(json)), { code: 'invalid', message: sentence }, json.slice(0, 60))
  await refused('', /^The body is not JSON; send one object/)
  await refused(`{"password": "${SECRET}"`, /^The body is not JSON/)
  await refused('[]', /^The body is not a JSON object/)
  await refused('null', /^The body is not a JSON object/)
  await refused('"user"', /^The body is not a JSON object/)
  await refused(
    '{"__proto__": {"admin": true}}',
    /^The body has the name "__proto__", which no parameter has/,
  )
  await refused('{"__prot\\u006f__": 1}', /^The body has the name "__proto__"/)
  await refused('{"x": {"y": [{"constructor": 1}]}}', /^The body has the name "constructor"/)
  await refused(
    '{"ticket": 9007199254740993}',
    /^"ticket" is outside the range of exact numbers; send at most 9007199254740991, or a text, in quotes\.$/,
  )
  await refused('{"ticket": -1e999}', /^"ticket" is outside the range of exact/)
  await refused('{"ticket": [1]}', /^"ticket" is a list or an object; send a text/)
  await refused('{"title": "\\ud800"}', /^"title" contains half a character/)
  await refused(`${'{"x":'.repeat(17)}1${'}'.repeat(17)}`, /^The body is nested more than 16 levels deep/)
  await refused(`[${'['.repeat(5_000_000)}`, /^The body is nested more than 16 levels deep/)
  const many = Array.from({ length: 65 }, (_, at) => `"k${at}":1`).join(',')
  await refused(`{${many}}`, /^The body has more than 64 parameters/)
  await refused(`{"x":{${many}}}`, /^The body has more than 64 parameters/)
  await refused(`{"a":[${'1,'.repeat(12_000_000)}1]}`, /^The body has more than 64 parameters/)
  await refused(','.repeat(25_000_000), /^The body has more than 64 parameters/)
  await t.rejects(parseJson(Buffer.from([0x7b, 0xff, 0x7d])), {
    message: 'The body is not UTF-8; send it in UTF-8.',
  })
  t.same((await parseJson(Buffer.from('\ufeff{"a": 1e3, "b": -0, "c": 1.5}'))).params, {
    a: 1000,
    b: 0,
    c: 1.5,
  })
  t.equal(({} as Record<string, unknown>).admin, undefined)
})

interface Part {
  readonly name: string
  readonly filename?: string
  readonly content: Uint8Array
}
const BOUNDARY = 'a-boundary'

/** As in RFC 7578 and the HTML standard of the WHATWG. */
function multipart(parts: readonly Part[], encoding = ''): Buffer {
  const quoted = (value: string) => value.replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22')
  const pieces = parts.flatMap(({ name, filename, content }) => [
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${quoted(name)}"` +
        `${filename === undefined ? '' : `; filename="${quoted(filename)}"\r\nContent-Type: text/html`}\r\n${encoding}\r\n`,
    ),
    content,
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...pieces, Buffer.from(`--${BOUNDARY}--\r\n`)])
}
const MULTIPART = `multipart/form-data; boundary="${BOUNDARY}"`

t.test('multipart is read back as it was written', async t => {
  const name = fc.stringMatching(/^[a-z_[\]]{1,12}$/)
  const nearly = ['\r\n', '--', '\r\n--', `\r\n--${BOUNDARY.slice(0, -1)}`, '\r', '\n', 'x'].map(piece =>
    Buffer.from(piece),
  )
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
    fc.array(fc.constantFrom(...nearly), { maxLength: 20 }).map(pieces => Buffer.concat(pieces)),
  )
  const fields = fc.dictionary(name, text, { maxKeys: 5, noNullPrototype: true })
  const files = fc.array(fc.record({ name, filename: fc.stringMatching(/^[a-zé .]{1,9}[a-z]$/), content }), {
    maxLength: 5,
  })
  await t.resolves(
    fc.assert(
      fc.asyncProperty(fields, files, async (params, uploads) => {
        const parts = Object.entries(params).map(([key, value]) => ({
          name: key,
          content: Buffer.from(value),
        }))
        const body = await parseMultipart(multipart([...parts, ...uploads]), MULTIPART)
        const expected = Object.fromEntries(
          Object.entries(params).map(([key, value]) => [key, value.replace(/^\ufeff/, '')]),
        )
        return (
          same(body, expected) &&
          body.uploads.length === uploads.length &&
          body.uploads.every(
            (upload, at) =>
              upload.field === uploads[at]!.name &&
              upload.filename === uploads[at]!.filename &&
              uploads[at]!.content.equals(upload.content),
          )
        )
      }),
      RUNS,
    ),
  )
  const whole = multipart([
    { name: 'user', content: Buffer.from('susan') },
    { name: 'attachment', filename: 'x.txt', content: Buffer.alloc(100, 'x') },
  ])
  const changed = fc
    .tuple(fc.nat(whole.length), fc.nat(whole.length), fc.uint8Array({ maxLength: 5 }))
    .map(([from, to, bytes]) => Buffer.concat([whole.subarray(0, from), bytes, whole.subarray(to)]))
  await t.resolves(
    fc.assert(
      fc.asyncProperty(changed, async bytes => {
        await outcome(() => parseMultipart(bytes, MULTIPART))
      }),
      RUNS,
    ),
    'any bytes are read to the end',
  )
})

t.test('multipart that is malformed or not allowed', async t => {
  const refused = (body: Buffer, sentence: RegExp, type = MULTIPART) =>
    t.rejects(parseMultipart(body, type), { code: 'invalid', message: sentence })
  const part = { name: 'user', content: Buffer.from(SECRET) }
  await refused(multipart([part]), /^The Content-Type has no boundary/, 'multipart/form-data')
  await refused(
    multipart([part]),
    /^The multipart body is malformed or incomplete/,
    'multipart/form-data; boundary=other',
  )
  await refused(multipart([part]).subarray(0, -8), /^The multipart body is malformed or incomplete/)
  await refused(multipart([part]).subarray(0, 60), /^The multipart body is malformed or incomplete/)
  await refused(multipart([{ name: 'x', content: Buffer.from([0xff]) }]), /^The value of "x" is not UTF-8/)
  await refused(
    multipart([part], 'Content-Transfer-Encoding: base64\r\n'),
    /^The part "user" is encoded as "base64"/,
  )
  await refused(multipart(Array(65).fill(part)), /^The body has more than 64 parameters/)
  await refused(
    multipart(Array(200).fill(part)),
    /^The body has too many parts; .* 64 parameters and 20 files/,
  )
  const file = { ...part, filename: 'x' }
  await refused(multipart(Array(21).fill(file)), /^The body has more than 20 files/)
  await refused(multipart(Array(90).fill(file)), /^The body has too many parts/)
  await refused(
    Buffer.from(multipart([part]).toString().replace('name="user"', 'x="y"')),
    /^A part of the body has no name/,
  )
  t.match(await parseMultipart(multipart([{ ...file, filename: '', content: Buffer.alloc(0) }]), MULTIPART), {
    uploads: [],
  })
  t.same((await parseMultipart(multipart([part, part]), MULTIPART)).repeated, ['user'])
  const [few, many] = [2_000, 500_000].map(count => Buffer.from(`--${BOUNDARY}\r\n\r\n\r\n`.repeat(count)))
  await refused(many!, /^The body has too many parts/)
  const timeOf = (bytes: Buffer) => milliseconds(() => parseMultipart(bytes, MULTIPART).catch(() => {}))
  // All parts would take 250 times as long.
  t.ok((await timeOf(many!)) < 50 * (await timeOf(few!)) + 20, 'too many parts are noticed early')
  const named = (value: string) => Buffer.from(multipart([part]).toString().replace('name="user"', value))
  await refused(named("name*=utf-16le''%00%D8"), /^The name "\\ud800" of a part contains half a character/)
  const paths = await parseMultipart(multipart([{ ...file, filename: 'C:\\x\\..\\y.txt' }]), MULTIPART)
  t.equal(paths.uploads[0]!.filename, 'y.txt')
})

t.test('the headers of a part that are not UTF-8 are read as Latin-1', async t => {
  const content = Buffer.from([0xff, 0, 0xe9, 13, 10])
  const parts = [
    { name: 'attachment', filename: 'gr\u00fc\u00df.txt', content },
    { name: 'attachment', filename: 'plain.bin', content: Buffer.alloc(100_000, 0xe4) },
    {
      name: 'attachment',
      filename: '\u{1f5a8} \u20ac.txt',
      content: Buffer.from(`x--${BOUNDARY}\xe9`, 'latin1'),
    },
    { name: 'attachment', filename: '\u00e9', content: Buffer.alloc(0) },
  ]
  const latin1 = (text: string) => Buffer.from(text, 'latin1')
  const inLatin1 = (bytes: Buffer) =>
    ['gr\u00fc\u00df.txt', '"\u00e9"'].reduce((all, name) => {
      const at = all.indexOf(name)
      return Buffer.concat([all.subarray(0, at), latin1(name), all.subarray(at + Buffer.byteLength(name))])
    }, bytes)
  for (const type of [MULTIPART, `multipart/form-data; charset=x;Boundary=${BOUNDARY}`]) {
    const { uploads } = await parseMultipart(inLatin1(multipart(parts)), type)
    t.same(
      uploads.map(({ field: name, filename, content }) => ({
        name,
        filename,
        content: Buffer.from(content),
      })),
      parts,
    )
  }
  const open = Buffer.concat([latin1(`--${BOUNDARY}\r\n`), Buffer.alloc(1_000_000, 0xe9)])
  await t.rejects(parseMultipart(open, MULTIPART), { code: 'invalid' })
  const many = latin1(`--${BOUNDARY}\r\n\xe9\r\n`.repeat(500_000))
  const started = performance.now()
  await t.rejects(parseMultipart(many, MULTIPART), { code: 'invalid' })
  t.ok(performance.now() - started < 5000, 'in linear time')
})

t.test('an Authorization header is a login, or is ignored', async t => {
  const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`
  t.same(authorization(basic('susan:a:b')), { username: 'susan', password: 'a:b' })
  t.same(authorization(`bAsIc  ${Buffer.from('süsan:é').toString('base64')}`), {
    username: 'süsan',
    password: 'é',
  })
  const latin1 = Buffer.from('süsan:é', 'latin1').toString('base64')
  t.same(authorization(`Basic ${latin1}`), { username: 'süsan', password: 'é' }, 'from an old client')
  t.same(authorization('Bearer hdt_x'), { username: '', password: 'hdt_x' })
  for (const none of [
    '',
    'Basic',
    'Basic ',
    'Basic c3VzYW4=',
    'Digest username="susan"',
    'Bearer a b',
    'Negotiate x',
    basic(''),
  ])
    t.same(authorization(none), { username: '', password: '' }, none)
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), header => Object.keys(authorization(header)).length === 2),
      RUNS,
    ),
  )
})

t.test('the same call with each type of body', async t => {
  const { daemon, susan, log } = await house(t)
  await susan('create_ticket', { queue: '1', title: 'x' })
  const post = (method: string, type: string, body: string | Buffer) =>
    ask(daemon.httpPort, 'POST', `/api/${method}/`, body, { 'Content-Type': type })
  const login = { user: 'susan', password: SUSAN.password }
  const json = (method: string, params: object, type = 'application/json') =>
    post(method, type, JSON.stringify({ ...login, ...params }))
  t.match(await json('hold_ticket', { ticket: 1 }), { status: 200, body: 'Ticket 1 is on hold.' })
  t.match(await json('unhold_ticket', { ticket: '1', shape: { round: [true] } }), {
    status: 400,
    body: /"\\"shape\\" is a list or an object/,
  })
  t.match(await json('unhold_ticket', { ticket: '1', shape: 'round' }, 'Application/JSON; charset=utf-8'), {
    status: 200,
    headers: { 'x-ignored-parameters': 'shape' },
  })
  t.match(await json('add_followup', { ticket: 1, message: 'x', public: true }), {
    body: 'A public follow-up is added to ticket 1.',
  })
  t.match(await json('add_followup', { ticket: 1, message: 'x', public: false }), {
    body: 'A private follow-up is added to ticket 1.',
  })
  t.match(await json('add_followup', { ticket: 1, message: 'x', public: null }), {
    body: 'A private follow-up is added to ticket 1.',
  })
  t.match(await json('delete_ticket', { ticket: 1, confirm: false }), {
    status: 400,
    body: 'confirm: false counts as not given; give any other value.',
  })
  t.match(await json('add_followup', { ticket: 1, message: true }), {
    status: 400,
    body: 'message: true is not text; give some text.',
  })
  t.match(await json('add_followup', { ticket: 1.5, message: 'x' }), {
    status: 400,
    body: 'ticket: 1.5 is not a ticket number; give only digits, like 31794.',
  })
  t.match(await json('add_followup', { ticket: 1, message: 'x', public: 1 }), {
    status: 400,
    body: 'public: 1 is neither y nor n; give one of them.',
  })
  t.match(await post('hold_ticket', 'application/json', `\ufeff${JSON.stringify({ ...login, ticket: 1 })}`), {
    status: 200,
  })
  t.match(
    await post(
      'hold_ticket',
      'application/json',
      `{"user":"susan","password":"${SUSAN.password}","ticket":1,"ticket":1}`,
    ),
    { status: 400, body: /\\"ticket\\" is sent more than once; send it once\./ },
  )
  const parts = Object.entries({ ...login, ticket: '1' }).map(([name, value]) => ({
    name,
    content: Buffer.from(value),
  }))
  t.match(await post('unhold_ticket', MULTIPART, multipart(parts)), {
    status: 200,
    body: 'Ticket 1 is not on hold.',
  })
  t.match(await post('hold_ticket', 'text/xml', LOGIN), {
    status: 415,
    body: 'The body is of type "text/xml"; send application/x-www-form-urlencoded or multipart/form-data or application/json.',
  })
  t.match(await json('delete_ticket', { ticket: 1, confirm: true }), {
    status: 200,
    body: 'Ticket 1 is deleted.',
  })
  t.notMatch(log.join(''), SUSAN.password)
})
