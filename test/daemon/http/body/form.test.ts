import { simpleParser } from 'mailparser'
import t from 'tap'
import { FRED, house, SUSAN } from '../../../house.ts'
import { ask, LOGIN } from '../../../http_client.ts'

t.test('a ticket number is canonical decimal, and an unknown one is 404', async t => {
  const { susan } = await house(t)
  t.match(await susan('create_ticket', { queue: '1', title: 'x' }), { status: 200, body: '1' })
  for (const bad of [
    '31794abc',
    '1e3',
    ' 7',
    '1 ',
    '+1',
    '01',
    '0x1',
    '1.0',
    '0',
    '-1',
    '9007199254740992',
    '٣',
    '1\n',
    'NaN',
    '__proto__',
    'constructor',
    '1'.repeat(1000),
  ]) {
    for (const method of ['hold_ticket', 'unhold_ticket', 'delete_ticket', 'resolve', 'add_followup']) {
      const reply = await susan(method, { ticket: bad, confirm: 'y', resolution: 'r', message: 'm' })
      t.match(reply, { status: 400, body: /^ticket: ".*" is not a ticket number/ }, `${method} ${bad}`)
      t.ok(reply.body.length < 200)
    }
  }
  t.match(await susan('hold_ticket', { ticket: '' }), { status: 400, body: /^ticket is empty; give / })
  t.match(await susan('hold_ticket'), { status: 400, body: /^ticket is missing; give / })
  for (const good of ['2', '31794', '9007199254740991']) {
    t.match(await susan('hold_ticket', { ticket: good }), {
      status: 404,
      body: `There is no ticket ${good}.`,
    })
  }
  t.equal((await susan('hold_ticket', { ticket: '1' })).status, 200)
  t.match(await susan('create_ticket', { queue: '7', title: 'x' }), {
    status: 404,
    body: 'There is no queue 7.',
  })
})

t.test('unknown parameters are removed and named', async t => {
  const { susan, log } = await house(t)
  t.match(await susan('create_ticket', { queue: '1', title: 'x' }), { status: 200, body: '1' })
  const ignored = async (params: Record<string, string>) => {
    const reply = await susan('hold_ticket', { ticket: '1', ...params })
    t.match(reply, { status: 200, body: 'Ticket 1 is on hold.' })
    return reply.headers.get('x-ignored-parameters')
  }
  const refused = await susan('hold_ticket', { tickt: '1' })
  t.match(refused, { status: 400, body: /^ticket is missing/ })
  t.equal(refused.headers.get('x-ignored-parameters'), 'tickt', 'even if the call is refused')
  t.match(log.at(-1), /"event":"refused".*"ignored":\["tickt"\]/)
  t.equal(await ignored({}), null)
  t.equal(await ignored({ shape: 'round', 'a[b]': '1', __proto__x: '2' }), 'shape, a%5Bb%5D, __proto__x')
  t.equal(await ignored({ username: 'susan' }), 'username', 'user was sent, too')
  t.equal(await ignored({ 'grün\r\nX-Evil: 1': '', '🖨': '' }), 'gr%C3%BCn%0D%0AX-Evil%3A%201, %F0%9F%96%A8')
  t.equal(await ignored({ ['🖨'.repeat(1000)]: '' }), `${'%F0%9F%96%A8'.repeat(40)}...`)
  const many = await ignored(
    Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`${at}`.padEnd(40, 'x'), ''])),
  )
  t.ok(many!.length < 1100, `${many!.length}`)
  t.match(many, /x, \.\.\.$/)
  t.match(log.join(''), '"ignored":["shape","a%5Bb%5D","__proto__x"]')
})

t.test('names on Object.prototype are ordinary keys', async t => {
  const { daemon, susan } = await house(t)
  t.match(await susan('create_ticket', { queue: '1', title: 'x' }), { status: 200, body: '1' })
  const reply = await ask(
    daemon.httpPort,
    'POST',
    '/api/hold_ticket',
    `${LOGIN}&__proto__=1&constructor=2&hasOwnProperty=3&toString=4&ticket=1`,
  )
  t.match(reply, {
    status: 200,
    headers: { 'x-ignored-parameters': '__proto__, constructor, hasOwnProperty, toString' },
  })
  const inherited = await ask(daemon.httpPort, 'POST', '/api/hold_ticket', `${LOGIN}&__proto__[ticket]=1`)
  t.match(inherited, { status: 400, body: /^ticket is missing/ })
  t.match(await ask(daemon.httpPort, 'POST', '/api/hold_ticket', '__proto__[user]=susan&__proto__=susan'), {
    status: 403,
  })
})

t.test('username is the login for methods without a parameter username', async t => {
  const { post, susan } = await house(t)
  t.match(await susan('create_ticket', { queue: '1', title: 'x' }), { status: 200, body: '1' })
  const { username, password } = SUSAN
  t.match(await post('hold_ticket', { username, password, ticket: '1' }), { status: 200 })
  t.match(await post('find_user', { username, password }), { status: 403 })
  t.match(await post('find_user', { user: username, password, username: 'fred' }), { status: 200, body: '2' })
  t.match(await post('hold_ticket', { user: '', username, password, ticket: '1' }), { status: 403 })
})

t.test('a repeated key is refused', async t => {
  const { daemon, susan } = await house(t)
  t.match(await susan('create_ticket', { queue: '1', title: 'x' }), { status: 200, body: '1' })
  const hold = (body: string) => ask(daemon.httpPort, 'POST', '/api/hold_ticket', body)
  const twice = (key: string) => ({ status: 400, body: `"${key}" is sent more than once; send it once.` })
  t.match(await hold(`${LOGIN}&ticket=1&ticket=1`), twice('ticket'))
  t.match(await hold(`${LOGIN}&ticket=1&x=1&%78=2`), twice('x'))
  t.match(await hold(`${LOGIN}&${LOGIN}&ticket=1`), twice('user'))
  t.match(await hold(`${LOGIN}&password=canary&ticket=1`), twice('password'))
  t.match(await hold('user=susan&password=wrong&ticket=1&ticket=1'), { status: 403 }, 'the login comes first')
  t.match(await hold(`${LOGIN}&ticket=1&Ticket=1`), { status: 200 }, 'case counts')
})

t.test('a malformed form is refused with a sentence that shows no password', async t => {
  const { daemon, susan, log } = await house(t)
  t.match(await susan('create_ticket', { queue: '1', title: 'x' }), { status: 200, body: '1' })
  const hold = (body: string | Buffer, headers?: Record<string, string>) =>
    ask(daemon.httpPort, 'POST', '/api/hold_ticket/', body as string, headers)
  const right = `${LOGIN}&ticket=1`
  t.match(await hold('user=susan&password=100%canary&ticket=1'), {
    status: 400,
    body: 'The value of parameter 2 is not percent-encoded UTF-8; encode it, and write a % as %25.',
  })
  t.match(await hold('user=susan&password=a&100%canary'), {
    status: 400,
    body: 'Parameter 3 has no "="; write an & in a value as %26.',
  })
  t.match(await hold('user=susan&%canary=a'), {
    status: 400,
    body: /^The name of parameter 2 is not percent/,
  })
  for (const json of ['{"user":"susan","password":"canary"}', '\r\n [{"password":"canary"}]', ' "canary"']) {
    t.match(await hold(json), {
      status: 400,
      body: 'The body looks like JSON; send it with Content-Type: application/json.',
    })
  }
  t.match(await hold(`${right}&x=%ff`), { status: 400, body: /^The value of parameter 4 is not/ })
  t.match(await hold(`${right}&x=%ED%A0%80`), { status: 400 }, 'half a surrogate pair')
  t.match(await hold(Buffer.from(`${right}&x=é`, 'latin1')), {
    status: 400,
    body: 'The body is not UTF-8; send it in UTF-8.',
  })
  t.match(await hold(right, { 'Content-Type': 'application/x-www-form-urlencoded; charset=ISO-8859-1' }), {
    status: 200,
  })
  t.match(await hold(right, { 'Content-Type': 'APPLICATION/X-WWW-FORM-URLENCODED;charset="utf-8"' }), {
    status: 200,
  })
  t.match(await hold(right, {}), { status: 200 }, 'no content type')
  for (const type of [
    'text/plain',
    'application/jsonx',
    'multipart/mixed; boundary=x',
    'x',
    'a/b'.repeat(1000),
  ]) {
    const reply = await hold(right, { 'Content-Type': type })
    t.match(
      reply,
      { status: 415, body: /^The body is of type "[^"]*"; send application\/x-www-form-urlencoded or / },
      type.slice(0, 30),
    )
    t.ok(reply.body.length < 170)
  }
  t.match(await hold(right, { 'Content-Type': '' }), { status: 200 }, 'an empty content type')
  const encoded = { status: 415, body: 'The body is encoded as "gzip"; send it unencoded.' }
  t.match(await hold(right, { 'Content-Encoding': 'gzip' }), encoded)
  t.match(await hold(right, { 'Content-Encoding': 'identity' }), { status: 200 })
  t.match(await hold(''), { status: 403 })
  t.match(await hold('', {}), { status: 403 })
  const extra = (count: number) => Array.from({ length: count }, (_, at) => `&x${at}=`).join('')
  t.match(await hold(right + extra(61)), { status: 200 })
  t.match(await hold(right + extra(62)), {
    status: 400,
    body: 'The body has more than 64 parameters; send fewer.',
  })
  t.match(await hold(`${'&'.repeat(65)}${right}`), { status: 400 }, 'none is dropped silently')
  t.match(await hold(`&&${right}&&`), { status: 200 })
  t.notMatch(log.join(''), 'canary')
})

t.test('values are decoded exactly, and line ends in a title do not get into a header', async t => {
  const { daemon, susan, shell, letters, letter } = await house(t)
  const title = 'a\r\nBcc: eve@evil.example\0\u2028 + 100% & ü=🖨'
  t.match(await susan('create_ticket', { queue: '1', title, submitter_email: 'x@example.org' }), {
    status: 200,
    body: '1',
  })
  const [first] = await letters(1)
  const [head = ''] = first!.split('\r\n\r\n')
  t.notMatch(head, /^Bcc:/m)
  t.notMatch(head, '\0')
  const plus = `${LOGIN}&queue=1&title=a+b%2Bc%20d`
  t.match(await ask(daemon.httpPort, 'POST', '/api/create_ticket', plus), { status: 200, body: '2' })
  t.match((await shell('hold', '2')).exit, 0)
  const { subject } = await simpleParser(await letter(/^To: x@example\.org/m))
  t.match(subject, 'a Bcc: eve@evil.example')
  t.match(subject, '100% & ü=🖨')
  for (const bad of [
    'a@b.example\r\nBcc: x@y.example',
    'a@b.example\0',
    'a@b.example, c@d.example',
    '<a@b.example>',
  ]) {
    t.match(await susan('create_ticket', { queue: '1', title: 'x', submitter_email: bad }), {
      status: 400,
      body: /^submitter_email: /,
    })
  }
  t.match(await susan('create_ticket', { queue: '1', title: '\r\n\0 ' }), { status: 400, body: /^title: / })
  t.match(await susan('create_ticket', { queue: '1', title: 'é'.repeat(101) }), {
    status: 400,
    body: /has 101 characters/,
  })
})

t.test('a new password is checked, kept as a hash and never shown', async t => {
  const { susan, post, log } = await house(t)
  const set = (new_password: string) => susan('set_password', { username: 'fred', new_password })
  t.match(await set('canary'), { status: 400, body: /too short/ })
  t.match(await set('canary'.repeat(13)), { status: 400, body: /has 78 bytes; give at most 72/ })
  t.match(await set('canary \0 canary'), { status: 400, body: /NUL/ })
  t.match(await set('a canary in a cage'), { status: 200 })
  t.match(await post('list_queues', { user: 'fred', password: FRED.password }), { status: 403 })
  t.match(await post('list_queues', { user: 'fred', password: 'a canary in a cage' }), { status: 200 })
  t.match(
    await post('set_password', {
      user: 'fred',
      password: 'a canary in a cage',
      username: 'susan',
      new_password: 'x'.repeat(9),
    }),
    { status: 403 },
  )
  t.notMatch(log.join(''), 'canary')
})
