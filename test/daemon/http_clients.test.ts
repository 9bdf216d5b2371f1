import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { hashSync } from 'bcryptjs'
import t, { type Test } from 'tap'
import { startDaemon } from '../../daemon/daemon.ts'
import { openStore } from '../../data/json/open.ts'
import { house, quietStore } from '../house.ts'
import { needs } from '../tools.ts'

const execute = promisify(execFile)
/** As the spec has them, but for the URL. */
const SPEC_DATA = 'user=susan&password=fido&ticket=31794'
const ON_HOLD = 'Ticket 31794 is on hold.'

/** A daemon with the spec's own ticket and login, which are older than our rules for passwords. */
async function specHouse(t: Test): Promise<{ url: string; directory: string }> {
  const home = await house(t)
  await home.susan('create_ticket', { queue: '1', title: 'The printer is on fire' })
  await home.daemon.stop()
  const store = await openStore(home.config.state_dir, quietStore)
  await store.transact(async tx => {
    const [susan] = await tx.find('users', { username: 'susan' })
    await tx.put('users', { ...susan!, password_hash: hashSync('fido', 10) })
    const ticket = await tx.get('tickets', 1)
    await tx.put('tickets', { ...ticket!, id: 31794 })
  })
  await store.close()
  const daemon = await startDaemon(home.config)
  t.teardown(() => daemon.stop())
  return { directory: home.directory, url: `http://127.0.0.1:${daemon.httpPort}/api/hold_ticket/` }
}

t.test("the spec's curl line", { skip: needs('curl') }, async t => {
  const { url, directory } = await specHouse(t)
  const line = `/usr/bin/curl ${url} --data "${SPEC_DATA}"`
  const { stdout } = await execute('sh', ['-c', line])
  t.equal(stdout, ON_HOLD)

  const large = join(directory, 'large')
  await writeFile(large, Buffer.alloc(30 * 1024 * 1024, 'x'))
  const report = ['--silent', '--show-error', '--write-out', ' %{http_code}']
  const send = async (...more: string[]) => (await execute('curl', [...report, ...more, url])).stdout
  const refused = 'The body is too large; send at most 26214400 bytes. 413'
  t.equal(await send('--data-binary', `@${large}`), refused)
  t.equal(await send('--data-binary', `@${large}`, '--header', 'Expect:'), refused, 'without asking first')
  t.equal(
    await send('--data-binary', `@${large}`, '--header', 'Transfer-Encoding: chunked', '--header', 'Expect:'),
    refused,
  )
  t.match(
    await send('--data-binary', `@${large}`, '--request', 'PUT'),
    'PUT is not possible here; use POST. 405',
  )
  t.match(await send('--request', 'POST'), / 403$/)
  t.equal(await send('--data', SPEC_DATA), `${ON_HOLD} 200`)
})

t.test("the spec's PHP sample", { skip: needs('php') }, async t => {
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
  // What curl_exec prints, and the 1 that it gives.
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
