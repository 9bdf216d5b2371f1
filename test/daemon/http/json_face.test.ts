import t from 'tap'
import { wantsJson } from '../../../daemon/http/wants_json.ts'
import { parseCommand } from '../../../handlers/command/command.ts'
import { methods } from '../../../handlers/index.ts'
import { jsonResult } from '../../../handlers/json_result.ts'
import { FRED, type House, house, SUSAN } from '../../house.ts'
import { ask, exchange, LOGIN, postBytes, repliesIn } from '../../http_client.ts'

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'

/** Makes a call with a JSON body, as susan; gives the status, the type, the parsed body and the headers. */
async function said(
  { daemon }: Pick<House, 'daemon'>,
  method: string,
  params: object,
  headers: Record<string, string> = {},
) {
  const body = JSON.stringify({ user: SUSAN.username, password: SUSAN.password, ...params })
  const all = { 'Content-Type': JSON_TYPE, ...headers }
  const reply = await ask(daemon.httpPort, 'POST', `/api/${method}/`, body, all)
  return { ...reply, type: reply.headers['content-type'], body: JSON.parse(reply.body) }
}

const TICKET = { queue: 'support', title: 'The printer is on fire' }

t.test('which requests want JSON', t => {
  const table: [type: string | undefined, accept: string | undefined, wants: boolean][] = [
    [FORM, undefined, false],
    [undefined, undefined, false],
    [FORM, '*/*', false],
    [FORM, 'application/*', false],
    [FORM, 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', false],
    [FORM, 'application/json', true],
    [FORM, 'Application/JSON; charset=utf-8', true],
    [FORM, 'application/problem+json', true],
    [FORM, 'application/json, text/plain, */*', true],
    [FORM, 'application/json, text/javascript, */*; q=0.01', true],
    [FORM, 'application/json;q=0.5', true],
    [FORM, 'application/json;q=0.5, text/plain', false],
    [FORM, 'application/json;q=0.5, */*', false],
    [FORM, 'text/json, application/json;q=0.9', false],
    [FORM, 'application/json;q=0', false],
    [FORM, 'application/json;q=0.000, text/html', false],
    [FORM, 'application/jsonx', false],
    [FORM, 'application/json;q=nonsense', true],
    [FORM, 'application/json;q=7', true],
    [FORM, ',;,q=1;,', false],
    ['text/xml', undefined, false],
    ['text/xml', 'application/json', true],
    [JSON_TYPE, undefined, true],
    ['application/JSON ; charset=utf-8', undefined, true],
    ['application/jsonx', undefined, false],
    [JSON_TYPE, '*/*', true],
    [JSON_TYPE, 'application/*', true],
    [JSON_TYPE, '', true],
    [JSON_TYPE, 'text/html', true],
    [JSON_TYPE, 'text/plain', false],
    [JSON_TYPE, 'text/*', false],
    [JSON_TYPE, 'text/plain, */*;q=0.1', false],
    [JSON_TYPE, 'text/plain;q=0.1, application/*;q=0.2', true],
    [JSON_TYPE, 'application/json;q=0', false],
    [JSON_TYPE, 'application/json;q=0, */*', false],
    [JSON_TYPE, '*/*;q=0', true],
  ]
  for (const [type, accept, wants] of table) {
    const headers = {
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(accept === undefined ? {} : { accept }),
    }
    t.equal(wantsJson({ headers }), wants, `${type}, Accept: ${accept}`)
  }
  const started = process.cpuUsage()
  wantsJson({ headers: { accept: 'application/json;q=0.1,;'.repeat(700) } })
  t.ok(process.cpuUsage(started).user < 100_000)
  t.end()
})

t.test('a result is an object with the sentence beside it', async t => {
  const home = await house(t)
  t.match(await said(home, 'create_ticket', TICKET), {
    status: 200,
    type: JSON_TYPE,
    body: { ticket: 1, says: 'Ticket 1 is open in queue Support.' },
  })
  const held = await said(home, 'hold_ticket', { ticket: 1 })
  t.same(held.body, { says: 'Ticket 1 is on hold.' })
  t.same((await said(home, 'list_queues', {})).body, {
    queues: [{ id: 1, title: 'Support' }],
    says: '1 support Support',
  })
  t.same((await said(home, 'find_user', { username: 'fred' })).body, {
    user: 2,
    says: 'User fred has the id 2.',
  })
  const issued = await said(home, 'issue_token', { username: 'susan', label: 'ä' })
  t.match(issued.body, { token: /^hdt_/, says: /shown only once/ })
  const names = await said(home, 'change_user', { username: 'fred', full_name: 'Łukasz \u2028 😀' })
  t.equal(names.status, 200)
  const users = await ask(home.daemon.httpPort, 'POST', '/api/list_users', LOGIN, {
    'Content-Type': FORM,
    Accept: JSON_TYPE,
  })
  t.match(users.body, 'Łukasz', 'in UTF-8')
  t.match(JSON.parse(users.body), { users: [{ id: 1 }, { full_name: /^Łukasz/ }], says: /^1 susan/ })
  const dry = await said(home, 'create_ticket', { ...TICKET, dry_run: true })
  t.match(dry.body, { ticket: 2, says: /^Nothing is changed, since this is a dry run\./ })
  t.match(
    await home.susan('create_ticket', { ...TICKET, dry_run: 'true' }),
    { body: /^Nothing is changed/ },
    'a form gets only the sentence',
  )
  const shelled = await home.shell('create_ticket', 'queue=1', 'title=x', 'dry_run=y')
  t.match(shelled, { exit: 0, gives: /^Nothing is changed/ })
})

t.test('a form gets JSON if it accepts it, and a JSON body gets text if it does not accept JSON', async t => {
  const { daemon } = await house(t)
  const post = (body: string, headers: Record<string, string>) =>
    ask(daemon.httpPort, 'POST', '/api/list_queues/', body, headers)
  t.match(await post(LOGIN, { 'Content-Type': FORM, Accept: JSON_TYPE }), {
    headers: { 'content-type': JSON_TYPE },
    body: /^\{"queues":\[\{"id":1,/,
  })
  const json = JSON.stringify({ user: SUSAN.username, password: SUSAN.password })
  t.match(await post(json, { 'Content-Type': JSON_TYPE, Accept: 'text/*' }), {
    headers: { 'content-type': 'text/json' },
    body: '[{"id":"1","title":"Support"}]',
  })
})

t.test('a call about several tickets has a result for each', async t => {
  const home = await house(t)
  await said(home, 'create_ticket', TICKET)
  const file = { filename: 'fuse.txt', content: Buffer.from('fuse\n').toString('base64') }
  await said(home, 'create_ticket', { ...TICKET, attachment: [file] })
  t.same((await said(home, 'hold_ticket', { ticket: '1,2' })).body, {
    says: 'Ticket 1 is on hold.\nTicket 2 is on hold.',
  })
  t.match((await said(home, 'list_attachments', { ticket: '1-2' })).body, {
    results: [{ attachments: [] }, { attachments: [{ attachment: 1, filename: 'fuse.txt' }] }],
    says: 'Ticket 1 has no attachments.\n1 fuse.txt application/octet-stream, 5 bytes',
  })
})

t.test('each refusal is a problem with the sentence, the code, the parameter and the id', async t => {
  const home = await house(t)
  await said(home, 'create_ticket', TICKET)
  const table: [method: string, params: object, status: number, problem: object][] = [
    [
      'hold_ticket',
      { ticket: 9 },
      404,
      { code: 'not_found', parameter: 'ticket', detail: 'There is no ticket 9.' },
    ],
    ['hold_ticket', { ticket: 'x' }, 400, { code: 'invalid', parameter: 'ticket', title: 'Bad Request' }],
    ['hold_ticket', {}, 400, { code: 'invalid', parameter: 'ticket', detail: /^ticket is missing/ }],
    ['hold_ticket', { ticket: [1] }, 400, { parameter: 'ticket', detail: /is a list or an object/ }],
    ['hold_ticket', { ticket: 1, expect: 7 }, 400, { parameter: 'expect' }],
    ['hold_ticket', { ticket: '2-1' }, 400, { parameter: 'ticket' }],
    ['create_ticket', { ...TICKET, assigned_to: 'tom' }, 404, { parameter: 'assigned_to' }],
    ['add_queue', { title: 'x', slug: 'support' }, 409, { code: 'conflict', parameter: 'slug' }],
    ['add_user', { username: 'tom', email: FRED.address }, 409, { code: 'conflict', parameter: 'email' }],
    [
      'add_user',
      { username: 'tom', email: 't@example.org', new_password: 'x' },
      400,
      { parameter: 'new_password' },
    ],
    ['nothing', {}, 404, { code: 'not_found', detail: /^There is no method "nothing"/ }],
    ['hold_ticket', { password: 'wrong' }, 403, { code: 'unauthenticated', title: 'Forbidden' }],
    ['list_users', { user: FRED.username, password: FRED.password }, 403, { code: 'forbidden' }],
  ]
  for (const [method, params, status, problem] of table) {
    const reply = await said(home, method, params)
    const what = `${method} ${JSON.stringify(params)}`
    t.match(reply, { status, type: 'application/problem+json', body: { type: 'about:blank', status } }, what)
    t.match(reply.body, problem, what)
    if (!('parameter' in problem)) t.notOk('parameter' in reply.body, `${what}: no parameter is to blame`)
    t.equal(reply.body.request, reply.headers['x-request-id'])
    t.match(
      home.log.map(line => JSON.parse(line)).filter(({ request }) => request === reply.body.request),
      [{ event: 'refused', sentence: reply.body.detail }],
      'the log has it, too',
    )
  }
})

t.test('a refusal before the method runs is a problem, too', async t => {
  const { daemon } = await house(t)
  const accept = ['Accept: application/json', 'Connection: close']
  const close = `Host: x\r\n${accept.join('\r\n')}\r\n`
  const table: [what: string, bytes: string, status: number, problem: object][] = [
    [
      'another verb',
      `PUT /api/help/ HTTP/1.1\r\n${close}\r\n`,
      405,
      { code: 'invalid', title: 'Method Not Allowed' },
    ],
    ['no login', postBytes('/api/help/', '', accept), 403, { code: 'unauthenticated' }],
    ['a path', `GET /nothing HTTP/1.1\r\n${close}\r\n`, 404, { code: 'not_found' }],
    [
      'too large',
      `POST /api/help HTTP/1.1\r\n${close}Content-Length: 99999999\r\n\r\n`,
      413,
      { code: 'too_large' },
    ],
    [
      'another type',
      postBytes('/api/help/', 'x', accept).replace(/x-www[^\r]*/, 'x'),
      415,
      { code: 'unsupported' },
    ],
    ['two hosts', postBytes('/api/help/', LOGIN, [...accept, 'Host: y']), 400, { code: 'invalid' }],
    [
      'malformed',
      postBytes('/api/help/', '{', accept).replace(/x-www[^\r]*/, 'json'),
      400,
      { code: 'invalid' },
    ],
  ]
  for (const [what, bytes, status, problem] of table) {
    const [reply] = repliesIn(await exchange(daemon.httpPort, bytes, { enough: /\r\n\r\n.+/ }))
    t.match(reply, { status, headers: { 'content-type': 'application/problem+json' } }, what)
    t.match(JSON.parse(reply!.body), { ...problem, status, request: reply!.headers['x-request-id'] }, what)
  }
  for (let at = 0; at < 10; at++) await said({ daemon }, 'help', { password: 'wrong' })
  t.match(await said({ daemon }, 'help', {}), {
    status: 429,
    headers: { 'retry-after': /^[0-9]+$/ },
    body: { code: 'too_many', title: 'Too Many Requests' },
  })
})

t.test('a secret is not in a problem', async t => {
  const home = await house(t)
  for (const params of [{ ticket: `x${SUSAN.password}` }, { ticket: 1, [SUSAN.password]: 'x' }]) {
    const { status, body } = await said(home, 'hold_ticket', params, { Prefer: 'handling=strict' })
    t.equal(status, 400)
    t.notMatch(JSON.stringify(body), SUSAN.password)
  }
})

t.test('files can be sent in JSON', async t => {
  const home = await house(t)
  const large = Buffer.alloc(5 * 1024 * 1024 + 1, 'fuse ')
  const attachment = [
    { filename: 'fuse.txt', content: Buffer.from('fuse\n').toString('base64'), mime_type: 'text/plain' },
    { filename: 'Feuer ä.bin', content: large.toString('base64') },
    { filename: 'empty', content: '' },
    { filename: 'url', content: Buffer.from([251, 255]).toString('base64url') },
  ]
  t.match(await said(home, 'create_ticket', { ...TICKET, attachment }), { status: 200 })
  t.match((await said(home, 'list_attachments', { ticket: 1 })).body.attachments, [
    { filename: 'fuse.txt', mime_type: 'text/plain', size: 5 },
    { filename: 'Feuer ä.bin', mime_type: 'application/octet-stream', size: large.length },
    { filename: 'empty', size: 0 },
    { filename: 'url', size: 2 },
  ])
  const body = new URLSearchParams({ user: 'susan', password: SUSAN.password, ticket: '1', attachment: '2' })
  const url = `http://127.0.0.1:${home.daemon.httpPort}/api/get_attachment`
  const got = await fetch(url, { method: 'POST', body, headers: { Accept: JSON_TYPE } })
  t.ok(Buffer.from(await got.arrayBuffer()).equals(large))
  const table: [file: unknown, why: string][] = [
    ['x', 'it is not an object'],
    [null, 'it is not an object'],
    [[], 'it is not an object'],
    [{ filename: 'x' }, 'its content is not base64'],
    [{ filename: 'x', content: 1 }, 'its content is not base64'],
    [{ filename: 'x', content: 'a' }, 'its content is not base64'],
    [{ filename: 'x', content: 'ab$d' }, 'its content is not base64'],
    [{ filename: 'x', content: 'ab==cd==' }, 'its content is not base64'],
    [{ filename: 'x', content: `${'a'.repeat(200_000)} ` }, 'its content is not base64'],
    [{ content: 'abcd' }, 'it has no filename'],
    [{ filename: 'x'.repeat(200_000), content: 'abcd' }, 'it has no filename'],
    [{ filename: 'x', content: 'abcd', mime_type: 1 }, 'its mime_type is not a text'],
    [{ filename: 'x', content: 'abcd', name: 'y' }, 'it has no field "name"'],
  ]
  for (const [file, why] of table)
    t.match(
      (await said(home, 'create_ticket', { ...TICKET, attachment: [attachment[0], file] })).body,
      { status: 400, parameter: 'attachment', detail: `attachment: file 2 cannot be read, since ${why};` },
      why,
    )
  t.match(await said(home, 'find_user', { username: 'fred', attachment }), {
    status: 200,
    headers: { 'x-ignored-parameters': 'attachment' },
  })
})

t.test('with handling=strict, unknown parameters are refused', async t => {
  const home = await house(t)
  await said(home, 'create_ticket', TICKET)
  const strictly = (prefer: string, params: object = { ticket: 1, shape: 'x', colour: 'y' }) =>
    said(home, 'hold_ticket', params, { Prefer: prefer })
  for (const prefer of [
    'handling=strict',
    'Handling = "strict"; x=y',
    'respond-async, handling=strict',
    'handling=strict, handling=lenient',
  ])
    t.match(
      await strictly(prefer),
      {
        status: 400,
        headers: { 'preference-applied': 'handling=strict', 'x-ignored-parameters': 'shape, colour' },
        body: {
          parameter: 'shape',
          detail:
            'hold_ticket has no parameter shape, colour; it has: ticket, until, reason, expect, dry_run.',
        },
      },
      prefer,
    )
  t.match(await strictly('handling=strict', { ticket: 1 }), {
    status: 200,
    headers: { 'preference-applied': 'handling=strict' },
  })
  for (const prefer of [
    'handling=lenient',
    'handling=strictly',
    'x=y',
    'handling',
    'handling=lenient, handling=strict',
  ]) {
    const reply = await strictly(prefer)
    t.match(reply, { status: 200, headers: { 'x-ignored-parameters': 'shape, colour' } }, prefer)
    t.notOk('preference-applied' in reply.headers, prefer)
  }
  const form = await ask(home.daemon.httpPort, 'POST', '/api/hold_ticket', `${LOGIN}&ticket=1&x=y`, {
    'Content-Type': FORM,
    Prefer: 'handling=strict',
  })
  t.match(form, {
    status: 400,
    body: 'hold_ticket has no parameter x; it has: ticket, until, reason, expect, dry_run.',
  })
})

t.test('booleans are true and false in forms, too', async t => {
  const { susan } = await house(t)
  await susan('create_ticket', { queue: '1', title: 'x' })
  const follow = (open: string) => susan('add_followup', { ticket: '1', message: 'x', public: open })
  t.match(await follow('true'), { body: 'A public follow-up is added to ticket 1.' })
  t.match(await follow('false'), { body: 'A private follow-up is added to ticket 1.' })
  t.match(await follow('y'), { body: 'A public follow-up is added to ticket 1.' })
  t.match(await susan('delete_ticket', { ticket: '1', confirm: 'false' }), { status: 400 })
  t.match(await susan('delete_ticket', { ticket: '1', confirm: 'true' }), { status: 200 })
})

t.test('a ticket can be named by its reference at every door', async t => {
  const home = await house(t)
  const create = { ...TICKET, reference: 'INV-7' }
  t.match(await said(home, 'create_ticket', create), { body: { ticket: 1 } })
  t.match(await said(home, 'create_ticket', create), {
    status: 409,
    body: {
      code: 'conflict',
      parameter: 'reference',
      detail: 'The reference "INV-7" is taken by ticket 1; choose another.',
    },
  })
  t.match(await home.susan('hold_ticket', { ticket: 'ref:INV-7' }), { body: 'Ticket 1 is on hold.' })
  t.match(await home.shell('unhold ref:INV-7'), { says: 'Ticket 1 is not on hold.' })
  await home.mail({ subject: 'hold ref:INV-7: waiting', login: SUSAN })
  t.match(await home.letters(1), [/Ticket 1 is on hold\./])
  t.match(await home.susan('hold_ticket', { ticket: 'ref:inv-7' }), {
    status: 404,
    body: 'There is no ticket with the reference "inv-7".',
  })
  await home.susan('delete_ticket', { ticket: 'ref:INV-7', confirm: 'y' })
  t.match(await said(home, 'create_ticket', create), { body: { ticket: 2 } }, 'free again')
})

t.test('every result has a name or fields of its own, and none is called says', t => {
  for (const method of methods.values()) {
    const { name, givesSchema, givesAs, example } = method
    if (givesSchema?.type === 'object') t.notOk('says' in (givesSchema.properties as object), name)
    else t.equal(givesAs !== undefined, givesSchema !== undefined, `${name} names what it gives`)
    t.not(givesAs, 'says')
    const result = jsonResult(method, { gives: example.says, ...example })
    t.equal(Object.keys(result).at(-1), 'says', name)
    t.ok(parseCommand(example.command))
  }
  t.end()
})
