import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { parseForm } from '../../../../daemon/http/body/form.ts'
import { parseJson } from '../../../../daemon/http/body/json.ts'
import { parseMultipart } from '../../../../daemon/http/body/multipart.ts'
import type { Body } from '../../../../daemon/http/body/parameters.ts'
import { onceOf } from '../../../../daemon/http/idempotency.ts'
import { MIB } from '../../../../data/sizes.ts'
import { methods } from '../../../../handlers/index.ts'
import { LONGEST_KEPT } from '../../../../handlers/params/kept_text.ts'
import { house, SUSAN } from '../../../house.ts'
import { ask, LOGIN } from '../../../http_client.ts'
import { runs } from '../../../runs.ts'

const RUNS = runs(300)
/** Characters with a meaning in some type of body, and characters of each length in UTF-8. */
const units = fc.constantFrom(
  '&',
  '=',
  '%',
  '+',
  '"',
  '\\',
  '\\u0022',
  '{',
  ',',
  '\r\n',
  '\x01',
  '\0',
  'é',
  '\u2028',
  '😀',
  'a',
)
/** A long text: some characters repeated, and others around the limit. */
const long = fc.tuple(fc.array(units, { minLength: 1, maxLength: 8 }), fc.array(units, { maxLength: 8 })).map(
  ([some, end]) =>
    some
      .join('')
      .repeat(Math.ceil(LONGEST_KEPT / some.length))
      .slice(0, LONGEST_KEPT)
      .replace(/[\ud800-\udbff]$/, '') + end.join(''),
)

/** Whether a body has a short and a long value, the long one in UTF-8. */
function has(body: Body, name: string, text: string): boolean {
  const value = body.params[name]
  const isLong = Buffer.byteLength(text) > LONGEST_KEPT
  return (
    body.params.short === 'x' &&
    (isLong ? value instanceof Uint8Array && Buffer.from(text).equals(value) : value === text)
  )
}

t.test('a long value in a form, JSON or multipart is given in UTF-8', async t => {
  await t.resolves(
    fc.assert(
      fc.asyncProperty(long, async text => {
        const form = new URLSearchParams({ a: text, short: 'x', b: text }).toString()
        const body = await parseForm(Buffer.from(form))
        return has(body, 'a', text) && has(body, 'b', text)
      }),
      RUNS,
    ),
  )
  await t.resolves(
    fc.assert(
      fc.asyncProperty(long, fc.constantFrom(0, 1), async (text, indent) => {
        const body = await parseJson(
          Buffer.from(JSON.stringify({ a: text, short: 'x', b: text }, null, indent)),
        )
        return has(body, 'a', text) && has(body, 'b', text)
      }),
      RUNS,
    ),
  )
  await t.resolves(
    fc.assert(
      fc.asyncProperty(long, async text =>
        has(await parseJson(Buffer.from(`{"short":"x","a":"${escaped(text)}"}`)), 'a', text),
      ),
      runs(50, 5),
    ),
    'in any notation',
  )
  await t.resolves(
    fc.assert(
      fc.asyncProperty(long, async text => {
        const part = (name: string, value: string) =>
          `--bound\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
        const body = Buffer.from(`${part('a', text)}${part('short', 'x')}${part('b', text)}--bound--\r\n`)
        const parsed = await parseMultipart(body, 'multipart/form-data; boundary=bound')
        return has(parsed, 'a', text) && has(parsed, 'b', text)
      }),
      RUNS,
    ),
  )
})

t.test('other work gets many turns while a long body is decoded', async t => {
  const bodies = {
    form: () => parseForm(Buffer.from(`a=${'%61'.repeat(4 * MIB)}`)),
    JSON: () => parseJson(Buffer.from(`{"a":"${'\\u0061'.repeat(2 * MIB)}"}`)),
  }
  for (const [name, parse] of Object.entries(bodies)) {
    let turns = 0
    const count = setInterval(() => turns++)
    await parse()
    clearInterval(count)
    t.ok(turns >= 5, `${name}: ${turns}`)
  }
})

/** Each UTF-16 code unit as an escape, in lower or upper case. */
function escaped(text: string): string {
  return text
    .split('')
    .map((unit, at) => {
      const digits = unit.charCodeAt(0).toString(16).padStart(4, '0')
      return `\\u${at % 2 ? digits.toUpperCase() : digits}`
    })
    .join('')
}

t.test('a malformed long JSON string is refused', async t => {
  const filler = 'x'.repeat(LONGEST_KEPT)
  const refused = (json: string, sentence: RegExp) =>
    t.rejects(parseJson(Buffer.from(json)), { code: 'invalid', message: sentence }, json.slice(-30))
  for (const wrong of ['\\x', '\\u12', '\\u12G4', '\n', '\x00', '\\', '\\u', '\\ud83d\\u12'])
    await refused(`{"a":"${filler}${wrong}"}`, /^The body is not JSON/)
  await refused(`{"a":"${filler}`, /^The body is not JSON/)
  await refused(`{"a":"${filler}"`, /^The body is not JSON/)
  await refused(`{"a":"${filler}" "b":1}`, /^The body is not JSON/)
  for (const half of ['\\ud83d', '\\ud83dx', '\\ude00', '\\ud83d\\ud83d\\ude00'])
    await refused(
      `{"a":"${filler}${half}"}`,
      /^"a" contains half a character \(a lone surrogate\); send whole characters\.$/,
    )
  await refused(`{"a":["${filler}"]}`, /^"a" is a list or an object/)
  await refused(
    `{"${filler}":1}`,
    /^A name in the body is too long; no parameter has such a name\. Leave it out\.$/,
  )
  await refused(`"${filler}"`, /^The body is not a JSON object/)
  await refused(`{"a":1${'0'.repeat(LONGEST_KEPT)}}`, /^The body is not JSON/)
  const blanks = ' \r\n\t'.repeat(LONGEST_KEPT)
  await refused(`{"a":1${blanks}2}`, /^The body is not JSON/)
  t.same(
    (
      await parseJson(
        Buffer.from(
          `${blanks}{${blanks}"a"${blanks}:${blanks}1${blanks},"b":"${' '.repeat(2000)}"}${blanks}`,
        ),
      )
    ).params,
    {
      a: '1',
      b: ' '.repeat(2000),
    },
  )
  await t.rejects(
    parseJson(Buffer.concat([Buffer.from(`{"a":"${filler}`), Buffer.from([0xff]), Buffer.from('"}')])),
    {
      message: 'The body is not UTF-8; send it in UTF-8.',
    },
  )
  const twice = await parseJson(Buffer.from(`{"a":"${filler}1","a":"x"}`))
  t.same(twice.repeated, ['a'])
  const short = '\\u0061'.repeat(LONGEST_KEPT / 6 + 10)
  t.same((await parseJson(Buffer.from(`{"a":"${short}"}`))).params, { a: 'a'.repeat(LONGEST_KEPT / 6 + 10) })
})

t.test('a repeat is recognized however long its texts are', async t => {
  const method = methods.get('resolve')!
  const texts = ['', 'x', '"\\\n\x01é\u2028', '😀'.repeat(LONGEST_KEPT), '"\x01é'.repeat(LONGEST_KEPT)]
  for (const resolution of texts) {
    const attachments = [{ file: 'f'.repeat(64), filename: 'a.txt', mime_type: 'text/plain', size: 1 }]
    const known = JSON.stringify([
      'resolve',
      ['resolution', resolution, 'ticket', '1'],
      attachments.map(({ file, filename, mime_type }) => [file, filename, mime_type]),
    ])
    const value = Buffer.byteLength(resolution) > LONGEST_KEPT ? Buffer.from(resolution) : resolution
    const once = await onceOf('key', {
      keepHours: 24,
      user: 1,
      method,
      params: { ticket: '1', resolution: value },
      attachments,
    })
    t.equal(once!.fingerprint, createHash('sha256').update(known).digest('hex'), resolution.slice(0, 1))
  }
})

t.test('a login or a parameter that is far too long is simply wrong', async t => {
  const { daemon, log } = await house(t)
  const post = (body: string) => ask(daemon.httpPort, 'POST', '/api/list_queues/', body)
  const filler = 'x'.repeat(LONGEST_KEPT + 1)
  t.match(await post(`user=${filler}&password=x`), { status: 403 })
  t.match(await post(`user=susan&password=${filler}`), { status: 403 })
  t.match(await post(`${LOGIN}&${filler}=x`), {
    status: 200,
    headers: { 'x-ignored-parameters': /^x{40}\.\.\.$/ },
  })
  t.match(await post(`${LOGIN}&other=${filler}`), {
    status: 200,
    headers: { 'x-ignored-parameters': 'other' },
  })
  const hold = await ask(daemon.httpPort, 'POST', '/api/hold_ticket/', `${LOGIN}&ticket=${filler}`)
  t.match(hold, {
    status: 400,
    body: 'ticket has 65537 bytes; give a ticket number, like 31794, or a reference, like ref:INV-7.',
  })
  const changed = { user: SUSAN.username, password: SUSAN.password, username: 'susan', new_password: filler }
  const set = await ask(
    daemon.httpPort,
    'POST',
    '/api/set_password/',
    new URLSearchParams(changed).toString(),
  )
  t.match(set, {
    status: 400,
    body: 'new_password has 65537 bytes; give at least 8 characters and at most 72 bytes.',
  })
  t.notOk(log.some(line => line.length > 2000))
})
