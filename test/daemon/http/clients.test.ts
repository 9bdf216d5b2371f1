import { execFile, execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { hashSync } from 'bcryptjs'
import t, { type Test } from 'tap'
import { MIB } from '../../../data/sizes.ts'
import { TICKET } from '../../handlers/fixture.ts'
import { furnishUsually, house } from '../../house.ts'
import { exchange, repliesIn } from '../../http_client.ts'
import { needs } from '../../tools.ts'

const execute = promisify(execFile)
/** As on the page of 2008, except for the URL. */
const SPEC_DATA = 'user=susan&password=fido&ticket=31794'
const ON_HOLD = 'Ticket 31794 is on hold.'
const ON_HOLD_JSON = `{"says":"${ON_HOLD}"}`
/** The Python of Debian, which has its packages. */
const PYTHON = '/usr/bin/python3'

function hasRequests(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import requests'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const FIDO = hashSync('fido', 10)

/** A daemon with the ticket and login from the page of 2008; that password is too short for today's rules. */
async function specHouse(t: Test): Promise<{ url: string; directory: string }> {
  const { daemon, directory } = await house(t, '', async tx => {
    await furnishUsually(tx)
    const [susan] = await tx.find('users', { username: 'susan' })
    await tx.put('users', { ...susan!, password_hash: FIDO })
    await tx.put('tickets', TICKET)
  })
  return { directory, url: `http://127.0.0.1:${daemon.httpPort}/api/hold_ticket/` }
}

t.test('the curl line of the page of 2008', { skip: needs('curl') }, async t => {
  const { url, directory } = await specHouse(t)
  const line = `/usr/bin/curl ${url} --data "${SPEC_DATA}"`
  const { stdout } = await execute('sh', ['-c', line])
  t.equal(stdout, ON_HOLD)

  const large = join(directory, 'large')
  await writeFile(large, Buffer.alloc(30 * MIB, 'x'))
  const report = ['--silent', '--show-error', '--write-out', ' %{http_code}']
  const send = async (...more: string[]) => (await execute('curl', [...report, ...more, url])).stdout
  const refused = 'The body is too large; send at most 26214400 bytes. 413'
  t.equal(await send('--data-binary', `@${large}`), refused)
  t.equal(
    await send('--data-binary', `@${large}`, '--header', 'Expect:'),
    refused,
    'without Expect: 100-continue',
  )
  t.equal(
    await send('--data-binary', `@${large}`, '--header', 'Transfer-Encoding: chunked', '--header', 'Expect:'),
    refused,
  )
  t.match(
    await send('--data-binary', `@${large}`, '--request', 'PUT'),
    'PUT is not allowed here; use POST. 405',
  )
  t.match(await send('--request', 'POST'), / 403$/)
  t.equal(await send('--data', SPEC_DATA), `${ON_HOLD} 200`)
})

t.test('the PHP sample of the page of 2008', { skip: needs('php') }, async t => {
  const { url, directory } = await specHouse(t)
  const file = join(directory, 'sample.php')
  await writeFile(
    file,
    `<?php
$api = curl_init();
curl_setopt($api, CURLOPT_URL, "${url}");
curl_setopt($api, CURLOPT_POST, 1);
curl_setopt($api, CURLOPT_POSTFIELDS, "${SPEC_DATA}");
$result = curl_exec($api);
curl_close($api);
echo $result;
?>`,
  )
  const { stdout } = await execute('php', [file])
  // The output of curl_exec, and the 1 that it returns.
  t.equal(stdout, `${ON_HOLD}1`)
})

t.test("Python's urllib", { skip: needs('python3') }, async t => {
  const { url } = await specHouse(t)
  const script = `
import sys, urllib.request, urllib.parse, urllib.error
def post(**params):
    try:
        with urllib.request.urlopen(sys.argv[1], urllib.parse.urlencode(params).encode()) as reply:
            print(reply.status, reply.read().decode())
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode())
post(user='susan', password='fido', ticket=31794)
post(user='susan', password='fido', ticket='999')
post(user='susan', password='flea', ticket=31794)
`
  const { stdout } = await execute('python3', ['-c', script, url])
  t.equal(stdout, `200 ${ON_HOLD}\n404 There is no ticket 999.\n403 The username or the password is wrong.\n`)
})

t.test(
  "Python's requests",
  { skip: needs('python3') || (hasRequests() ? false : 'needs python3-requests') },
  async t => {
    const { url, directory } = await specHouse(t)
    const file = join(directory, 'fire.txt')
    await writeFile(file, 'smoke')
    const script = `
import sys, requests
url, file = sys.argv[1:]
base = url.replace('hold_ticket/', '')
login = {'user': 'susan', 'password': 'fido'}
def show(reply): print(reply.status_code, reply.text)
show(requests.post(url, data={**login, 'ticket': 31794}))
show(requests.post(url, json={**login, 'ticket': 31794}))
show(requests.post(url, data={'ticket': 31794}, auth=('susan', 'fido')))
show(requests.post(base + 'add_followup', data={**login, 'ticket': 31794, 'message': 'see'}, files={'attachment': open(file, 'rb')}))
show(requests.post(base + 'get_attachment', json={**login, 'ticket': 31794, 'attachment': 1}))
show(requests.post(url, json={**login, 'ticket': 31794, 'reason': None}, headers={'Idempotency-Key': 'a'}))
session = requests.Session()
for _ in range(3): show(session.post(url, data={**login, 'ticket': 31794}))
`
    const { stdout } = await execute(PYTHON, ['-c', script, url, file])
    t.same(stdout.trimEnd().split('\n'), [
      `200 ${ON_HOLD}`,
      `200 ${ON_HOLD_JSON}`,
      `200 ${ON_HOLD}`,
      '200 A private follow-up is added to ticket 31794.',
      '200 smoke',
      `200 ${ON_HOLD_JSON}`,
      ...Array(3).fill(`200 ${ON_HOLD}`),
    ])
  },
)

t.test('PHP with a file', { skip: needs('php') }, async t => {
  const { url, directory } = await specHouse(t)
  const [script, file] = [join(directory, 'upload.php'), join(directory, 'fire.txt')]
  await writeFile(file, 'smoke')
  await writeFile(
    script,
    `<?php
$api = curl_init();
curl_setopt($api, CURLOPT_URL, "${url.replace('hold_ticket', 'add_followup')}");
curl_setopt($api, CURLOPT_POSTFIELDS, ['user' => 'susan', 'password' => 'fido', 'ticket' => 31794, 'message' => 'see',
  'attachment[0]' => new CURLFile('${file}', 'text/plain', 'Feuer ä.txt'), 'attachment[1]' => new CURLFile('${file}')]);
curl_exec($api);
curl_setopt($api, CURLOPT_URL, "${url.replace('hold_ticket', 'list_attachments')}");
curl_setopt($api, CURLOPT_POSTFIELDS, 'user=susan&password=fido&ticket=31794');
curl_exec($api);
?>`,
  )
  const { stdout } = await execute('php', [script])
  const [said, ...list] = stdout.split(/(?=\[)/)
  t.equal(said, 'A private follow-up is added to ticket 31794.')
  t.match(JSON.parse(list.join('')), [
    { filename: 'Feuer ä.txt', size: 5 },
    { filename: 'fire.txt', size: 5 },
  ])
})

t.test("Node's fetch", async t => {
  const { url } = await specHouse(t)
  const login = { user: 'susan', password: 'fido' }
  const post = async (body: string | FormData | URLSearchParams, headers: Record<string, string> = {}) => {
    const response = await fetch(url, { method: 'POST', body, headers })
    return `${response.status} ${await response.text()}`
  }
  const form = new FormData()
  for (const [name, value] of Object.entries({ ...login, ticket: '31794' })) form.append(name, value)
  t.equal(await post(form), `200 ${ON_HOLD}`)
  t.equal(await post(new URLSearchParams({ ...login, ticket: '31794' })), `200 ${ON_HOLD}`)
  const json = JSON.stringify({ ...login, ticket: 31794 })
  t.equal(await post(json, { 'Content-Type': 'application/json' }), `200 ${ON_HOLD_JSON}`)
  t.match(
    await post(json),
    /^415 The body is of type "text\/plain"; send application\/x-www-form-urlencoded or /,
  )
})

t.test('requests like those of PowerShell', async t => {
  const { url } = await specHouse(t)
  const port = Number(new URL(url).port)
  const chunked = (body: string) => {
    const bytes = Buffer.from(body)
    const pieces = [bytes.subarray(0, 7), bytes.subarray(7)].filter(({ length }) => length > 0)
    const chunks = pieces.map(
      piece => `${piece.length.toString(16).toUpperCase()};x=y\r\n${piece.toString('latin1')}\r\n`,
    )
    return `${chunks.join('')}0\r\n\r\n`
  }
  const head = (type: string, ...more: string[]) =>
    [
      'POST /api/hold_ticket HTTP/1.1',
      'HOST: localhost',
      'user-AGENT: Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1',
      `CONTENT-type: ${type}`,
      ...more,
      'cOnNeCtIoN: close',
      '',
      '',
    ].join('\r\n')
  const form = 'user=susan&password=fido&ticket=31794'
  const json = '{\r\n    "user":  "susan",\r\n    "password":  "fido",\r\n    "ticket":  31794\r\n}'
  const bom = '\ufeff'
  const requests: Record<string, string> = {
    'a form': `${head('application/x-www-form-urlencoded', `content-LENGTH: ${form.length}`)}${form}`,
    'in chunks': `${head('Application/X-WWW-Form-Urlencoded', 'transfer-ENCODING: Chunked')}${chunked(form)}`,
    'with a byte order mark': `${head('application/json; charset=utf-8', 'Transfer-Encoding: chunked')}${chunked(bom + json)}`,
    'a form with one': `${head('application/x-www-form-urlencoded; Charset=UTF-8', 'Transfer-Encoding: chunked')}${chunked(bom + form)}`,
    'JSON over many lines': `${head('application/json', `Content-Length: ${json.length}`)}${json}`,
  }
  for (const [what, bytes] of Object.entries(requests))
    t.match(repliesIn(await exchange(port, bytes)), [{ status: 200, body: ON_HOLD }], what)
  const asks = `${head('application/json', 'EXPECT: 100-Continue', 'Transfer-Encoding: chunked')}${chunked(bom + json)}`
  t.match(
    repliesIn(await exchange(port, asks)),
    [{ status: 100 }, { status: 200, body: ON_HOLD }],
    'asking first',
  )
})

t.test('other options of curl', { skip: needs('curl') }, async t => {
  const { url, directory } = await specHouse(t)
  const file = join(directory, 'fire.txt')
  await writeFile(file, 'smoke')
  const curl = async (...words: string[]) =>
    (await execute('curl', ['--silent', '--show-error', ...words])).stdout
  t.equal(await curl('--user', 'susan:fido', '--data', 'ticket=31794', url), ON_HOLD)
  t.equal(await curl('--json', '{"user":"susan","password":"fido","ticket":31794}', url), ON_HOLD_JSON)
  t.equal(await curl('--http1.0', '--user', 'susan:fido', '--data', 'ticket=31794', url), ON_HOLD)
  const followup = url.replace('hold_ticket', 'add_followup')
  const fields = [
    'user=susan',
    'password=fido',
    'ticket=31794',
    'message=see',
    `attachment=@${file}`,
    `attachment=@${file};filename=b.txt`,
  ]
  t.equal(
    await curl(...fields.flatMap(field => ['--form', field]), followup),
    'A private follow-up is added to ticket 31794.',
  )
  const got = join(directory, 'got')
  await curl(
    '--user',
    'susan:fido',
    '--data',
    'ticket=31794&attachment=2',
    '--output',
    got,
    url.replace('hold_ticket', 'get_attachment'),
  )
  t.equal(await readFile(got, 'utf8'), 'smoke')
})
