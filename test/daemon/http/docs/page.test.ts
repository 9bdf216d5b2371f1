import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { check, property, string } from 'fast-check'
import { simpleParser } from 'mailparser'
import t, { type Test } from 'tap'
import { KnownAddresses } from '../../../../daemon/auth/known_addresses.ts'
import { loginTo } from '../../../../daemon/auth/login.ts'
import { meaningOf } from '../../../../daemon/codes.ts'
import {
  curlOf,
  exampleAnswer,
  exampleJson,
  exampleResult,
  phpOf,
  pythonOf,
} from '../../../../daemon/http/docs/example.ts'
import { html } from '../../../../daemon/http/docs/html.ts'
import { phpClient, pythonClient } from '../../../../daemon/http/docs/json_clients.ts'
import { openapiOf } from '../../../../daemon/http/docs/openapi.ts'
import { pageOf } from '../../../../daemon/http/docs/page.ts'
import { openMethods, siteOf } from '../../../../daemon/http/docs/site.ts'
import { openHttp } from '../../../../daemon/http/http.ts'
import { httpStatuses } from '../../../../daemon/http/statuses.ts'
import { UPLOAD_FIELD } from '../../../../daemon/http/upload_field.ts'
import { codes, Failure } from '../../../../data/failure.ts'
import { openStore } from '../../../../data/json/open.ts'
import { Passwords } from '../../../../data/password/password.ts'
import { commandWithBody, exampleCall, parseCommand } from '../../../../handlers/command/command.ts'
import { methods } from '../../../../handlers/index.ts'
import { type Method, namedParams } from '../../../../handlers/method.ts'
import { anyCharacter } from '../../../any_character.ts'
import { atOnce, FILE, furnishExamples, withoutToken, writeFile } from '../../../handlers/methods/examples.ts'
import {
  configFor,
  directoryFor,
  HELPDESK,
  house,
  noCaps,
  quietEvents,
  quietStore,
  SUSAN,
  sharesOf,
} from '../../../house.ts'
import { ask } from '../../../http_client.ts'
import { runs } from '../../../runs.ts'
import { needs } from '../../../tools.ts'

const execute = promisify(execFile)
const SITE = { url: 'https://helpdesk.example', mail: HELPDESK }
const page = String(pageOf(SITE).body)
const document = openapiOf(SITE) as Document & Record<string, unknown>
/** It compiles each schema once, which takes long. */
const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(document, 'openapi')

t.test('GET and HEAD return the page and the document, and other verbs work as before', async t => {
  const { daemon } = await house(t)
  const port = daemon.httpPort
  for (const path of ['/api/', '/api', '/api/?x=y']) {
    const { status, headers, body } = await ask(port, 'GET', path, '', { Host: 'evil.example' })
    t.equal(status, 200, path)
    t.equal(headers['content-type'], 'text/html; charset=utf-8')
    t.match(body, `<pre>curl http://127.0.0.1:${port}/api/hold_ticket/ `, 'with the port of the listener')
    t.notMatch(body, 'evil.example', 'the Host header is not used')
    const head = await ask(port, 'HEAD', path)
    t.match(head, { status: 200, body: '', headers: { 'content-length': String(Buffer.byteLength(body)) } })
  }
  const { status, headers, body } = await ask(port, 'GET', '/api/openapi.json')
  t.match({ status, headers }, { status: 200, headers: { 'content-type': 'application/json' } })
  t.equal(JSON.parse(body).servers[0].url, `http://127.0.0.1:${port}`)
  t.match(await ask(port, 'HEAD', '/api/openapi.json'), { status: 200, body: '' })
  t.match(await ask(port, 'POST', '/api/'), { status: 404 })
  t.match(await ask(port, 'PUT', '/api/'), { status: 404 })
  t.match(await ask(port, 'PUT', '/api/openapi.json'), { status: 405, headers: { allow: 'POST' } })
  t.match(await ask(port, 'GET', '/api/hold_ticket/'), { status: 405, headers: { allow: 'POST' } })
})

t.test('a browser may only show the page', async t => {
  const { headers = {}, body } = pageOf(SITE)
  const styles = [...String(body).matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, style]) => style!)
  t.equal(styles.length, 1)
  const hash = createHash('sha256').update(styles[0]!).digest('base64')
  t.equal(
    headers['Content-Security-Policy'],
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  )
  t.match(headers, { 'Referrer-Policy': 'no-referrer', 'X-Frame-Options': 'DENY' })
  t.notMatch(body, /<(?:script|form|iframe|img|link|object)\b/i)
  t.notMatch(body, /<[^>]*\s(?:on\w+|style|src)\s*=/i, 'no attribute runs, styles or loads anything')
})

t.test('every link on the page has a target, including those of 2008', async t => {
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!)
  t.equal(new Set(ids).size, ids.length, 'ids are unique')
  const links = [...page.matchAll(/ href="#([^"]*)"/g)].map(([, id]) => id!)
  for (const link of new Set(links)) t.ok(ids.includes(link), link)
  const old = ['create', 'delete', 'hold', 'unhold'].map(verb => `method_${verb}_ticket`)
  const others = ['method_add_followup', 'method_resolve', 'method_list_queues', 'method_find_user']
  for (const id of ['introduction', 'request', 'response', 'methods', ...old, ...others]) {
    t.ok(ids.includes(id), id)
    t.ok(links.includes(id), `${id} is in the contents`)
  }
})

t.test('every method of the HTTP door is on the page, with all its parameters', async t => {
  const sections = [...page.matchAll(/<h3 id="method_(\w+)">/g)].map(([, name]) => name!)
  const open = [...methods.values()].filter(({ doors }) => !doors || doors.includes('http'))
  t.same(
    sections,
    open.map(({ name }) => name),
  )
  t.notOk(sections.includes('report_letter'), 'methods for the daemon only are not on it')
  for (const method of open) {
    const told = [...sectionOf(method, page).matchAll(/<dt><code>(\w+)<\/code> <small>(\w+)/g)]
    const named = namedParams(method).map(([name, { need }]) => [
      name,
      need === 'required' ? need : 'optional',
    ])
    const files = 'attachments' in method.params ? [[UPLOAD_FIELD, 'optional']] : []
    t.same(
      told.map(([, name, need]) => [name, need]),
      [...named, ...files],
      method.name,
    )
  }
})

t.test('the page is HTML whose tags are balanced, whatever the site is called', async t => {
  const urls = ['https://helpdesk.example/r&d/', "https://helpdesk.example/it's/$(id)", 'http://[::1]:8090']
  for (const url of urls) {
    const config = configFor('/x', `http.url = "${url}"`)
    const made = String(pageOf({ ...siteOf(config, 1), mail: 'r&d@helpdesk.example' }).body)
    t.same(unbalanced(made), [], url)
    t.notMatch(made, /&(?!(?:amp|lt|gt|quot|#39);)/, 'every & is escaped')
    t.match(textOf(made), `${url.replace(/\/$/, '')}/api/hold_ticket/`)
    t.match(made, 'r&amp;d@helpdesk.example')
  }
  t.same(unbalanced('<p><b></p>'), ['</p>'], 'the check itself works')
})

t.test('the URL is from the config, or made from the address of the listener', async t => {
  const url = (more: string) => siteOf(configFor('/x', more), 8090).url
  t.equal(url(''), 'http://127.0.0.1:8090')
  t.equal(url('http.url = "https://helpdesk.example/x//"'), 'https://helpdesk.example/x')
  t.equal(url('http.url = "https://susan:fido@helpdesk.example/?a=b#c"'), 'https://helpdesk.example')
})

t.test('every text in HTML is escaped', async t => {
  const run = check(
    property(string({ unit: anyCharacter }), given => {
      const made = html`<a title="${given}">${[html`${given}`]}</a>`.html
      const [, title, inner] = /^<a title="([^"<>']*)">([^"<>']*)<\/a>$/s.exec(made) ?? []
      return title === inner && title !== undefined && textOf(title) === given
    }),
    runs(100),
  )
  t.notOk(run.failed, JSON.stringify(run.counterexample))
})

t.test('every mail on the page is a command for its method', async t => {
  for (const method of openMethods) {
    const mail = samplesIn(method, page).Mail
    if (method.doors && !method.doors.includes('mail')) {
      t.equal(mail, undefined, method.name)
      continue
    }
    const { subject = '', text: body = '', to } = await simpleParser(mail!)
    t.match(to, { text: HELPDESK })
    t.same(commandWithBody(parseCommand(subject)!, body.trim()), exampleCall(method), method.name)
  }
})

const shells = (files: readonly string[]) =>
  execute('sh', ['-ec', 'for file; do . "$file"; printf "\\0"; done', 'sh', ...files])
/** These run the files of all samples of a tool, since its start takes longest, and write a NUL after the output of each. */
const runners = {
  Shell: shells,
  JSON: shells,
  PHP: (files: readonly string[]) =>
    execute('php', [
      '-r',
      'foreach (array_slice($argv, 1) as $file) { include $file; echo "\\0"; }',
      ...files,
    ]),
  Python: (files: readonly string[]) => {
    const program =
      'import runpy, sys\nfor path in sys.argv[1:]:\n    runpy.run_path(path)\n    print("\\0", end="", flush=True)'
    return execute('python3', ['-c', program, ...files])
  },
}
type Tool = keyof typeof runners
const toolNames: readonly Tool[] = ['Shell', 'JSON', 'PHP', 'Python']
/** A store for each sample takes long, so `npm test` runs one sample of each method. */
function methodsFor(tool: Tool): readonly Method[] {
  if (process.env.HELPDESKD_TORTURE) return openMethods
  return openMethods.filter((_, at) => toolNames[at % toolNames.length] === tool)
}

/** What each of the samples writes; curl without its progress. */
async function outputsOf(tool: Tool, samples: readonly string[], directory: string): Promise<string[]> {
  const files = samples.map((sample, at) =>
    fileOf(directory, `sample ${at}`, sample.replace(/^curl/, 'curl -sS')),
  )
  const { stdout } = await runners[tool](files)
  return stdout.split('\0').slice(0, -1)
}

for (const tool of toolNames) {
  t.test(`every sample on the page works: ${tool}`, { skip: needs('curl', 'php', 'python3') }, async t => {
    const passwords = sharedPasswords(t)
    const called = methodsFor(tool)
    const samples: string[] = []
    for (const method of called) {
      const { url, close } = await deskAt(passwords)
      t.teardown(close)
      const sample = samplesIn(method, page)[tool]!.replaceAll(SITE.url, url)
      samples.push(sample.replaceAll('PASSWORD', SUSAN.password))
    }
    const outputs = await outputsOf(tool, samples, directoryFor(t))
    t.equal(outputs.length, called.length)
    for (const [at, method] of called.entries()) isExample(t, method, tool, outputs[at]!)
  })
}

/** Whether the output of a sample is that of the example. */
function isExample(t: Test, method: Method, tool: Tool, output: string): void {
  const { name, sends } = method
  const gives = exampleAnswer(method)
  const result = tool === 'JSON' ? exampleResult(method) : undefined
  if (result) t.same(atOnce(JSON.parse(withoutToken(output))), atOnce(result), `${name}: ${tool}`)
  else if (typeof gives === 'object') t.same(atOnce(JSON.parse(output)), atOnce(gives), `${name}: ${tool}`)
  else t.equal(withoutToken(output.trimEnd()), sends ? FILE.trimEnd() : String(gives), `${name}: ${tool}`)
}

t.test('every answer is as the document says', async t => {
  const passwords = sharedPasswords(t)
  for (const method of openMethods) {
    const { name } = method
    await withDesk(passwords, async ({ url }) => {
      const form = { user: SUSAN.username, password: SUSAN.password, ...exampleCall(method).params }
      const body = new URLSearchParams(form as Record<string, string>)
      const response = await fetch(`${url}/api/${name}/`, { method: 'POST', body })
      const [type = ''] = response.headers.get('content-type')!.split(';')
      const validate = ajv.getSchema(`openapi#${pointer(`/api/${name}`, 200, type)}`)
      const answer = type === 'text/json' ? await response.json() : await response.text()
      t.ok(validate?.(answer), `${name}: ${type} as the document has it, ${JSON.stringify(answer)}`)
    })
    await withDesk(passwords, ({ url }) => isAsDeclared(t, method, url))
  }
})

/** Makes the example call with a JSON body, and one that is refused; each response must be as the document says, with no other fields. */
async function isAsDeclared(t: Test, method: Method, url: string): Promise<void> {
  const { name, sends } = method
  const post = (body: object) =>
    fetch(`${url}/api/${name}/`, {
      method: 'POST',
      body: JSON.stringify({ user: SUSAN.username, ...body }),
      headers: { 'Content-Type': 'application/json' },
    })
  const refused = await (await post({ password: '' })).json()
  t.ok(ajv.getSchema(`openapi#${pointer(`/api/${name}/`, 'default', 'application/problem+json')}`)?.(refused))
  const response = await post({ password: SUSAN.password, ...exampleJson(method) })
  if (sends) {
    t.equal(await response.text(), FILE, `${name}: the file`)
    return
  }
  const result = (await response.json()) as { says: string }
  const schema = `/components/schemas/${name}_result`
  t.ok(ajv.getSchema(`openapi#${schema}`)?.(result), `${name}: ${JSON.stringify(result)}`)
  const { properties } = at(document, `#${schema}`) as { properties: object }
  t.same(Object.keys(result), Object.keys(properties), `${name}: no other fields`)
  t.equal(withoutToken(result.says), method.example.says, `${name}: the sentence`)
}

t.test('the plain sample of 2008 works, too', { skip: needs('curl') }, async t => {
  const { directory, url, close } = await deskAt(sharedPasswords(t))
  t.teardown(close)
  const served = textOf(await (await fetch(`${url}/api/`)).text())
  const [sample = ''] = /^curl \S+ \\\n {2}--data ".*"$/m.exec(served) ?? []
  t.match(sample, '--data "user=susan&password=PASSWORD&ticket=31794"')
  const call = sample.replace('PASSWORD', encodeURIComponent(SUSAN.password))
  t.same(await outputsOf('Shell', [call], directory), ['Ticket 31794 is on hold.'])
})

t.test('the clients on the page have 20 lines and work', { skip: needs('php', 'python3') }, async t => {
  for (const [tool, client] of [
    ['Python', pythonClient],
    ['PHP', phpClient],
  ] as const) {
    const { directory, url, close } = await deskAt(sharedPasswords(t))
    t.teardown(close)
    const served = textOf(await (await fetch(`${url}/api/`)).text())
    const program = client({ url })
    t.ok(served.includes(program), `${tool}: the page shows it`)
    t.ok(program.split('\n').filter(Boolean).length <= 20, tool)
    const said = async (text: string) => {
      const [output = ''] = await outputsOf(tool, [text.replace('PASSWORD', SUSAN.password)], directory)
      return output.trim()
    }
    t.equal(await said(program), 'A public follow-up is added to ticket 31795.', tool)
    await t.rejects(
      said(program.replace('support', 'sales')),
      /There is no queue sales\./,
      `${tool}: a refusal`,
    )
  }
})

t.test('the page says how calls in JSON work', t => {
  const text = textOf(page)
  for (const told of [
    /"queue": "support",\s+"title": "The printer is on fire"/,
    '{"ticket":31795,"says":"Ticket 31795 is open in queue Support."}',
    'application/problem+json (RFC 9457)',
    'The codes are invalid, unauthenticated, forbidden, not_found, conflict,',
    'ticket=ref:INV-7',
    'Prefer: handling=strict',
    '"content": "ZnVzZQo="',
  ])
    t.match(text, told)
  const held = textOf(sectionOf(methods.get('list_queues')!, page))
  t.match(held, /"queues": \[\s+\{\s+"id": 1,\s+"title": "Support"\s+\}\s+\],\s+"says": "1 support Support"/)
  t.end()
})

t.test('each language quotes any value', { skip: needs('curl', 'php', 'python3') }, async t => {
  const echo = createServer(async (request, response) => {
    response.end(new URLSearchParams(await text(request)).get('reason'))
  }).listen(0, '127.0.0.1')
  t.teardown(() => echo.close())
  await new Promise(resolve => echo.once('listening', resolve))
  const site = { url: `http://127.0.0.1:${(echo.address() as AddressInfo).port}/it's$&`, mail: HELPDESK }
  const hold = methods.get('hold_ticket')!
  const reason = `@it's "$HOME" \`id\` $(id) \\ \\n \\' {$x} 100%41 a+b&c=d;\n?><!-- é € 😀 \u2028 ''' """ #end`
  const directory = directoryFor(t)
  const samples = { Shell: curlOf, PHP: phpOf, Python: pythonOf }
  for (const tool of ['Shell', 'PHP', 'Python'] as const) {
    const [output = ''] = await outputsOf(tool, [samples[tool](site, hold, { reason })], directory)
    t.equal(tool === 'Python' ? output.slice(0, -1) : output, reason, tool)
  }
})

t.test('the document is OpenAPI 3.1', async t => {
  const validator = new Validator()
  t.same(await validator.validate(structuredClone(document)), { valid: true })
  t.equal(validator.version, '3.1')
  t.match(await new Validator().validate({ ...structuredClone(document), paths: 1 }), { valid: false })
  for (const { $ref } of refsIn(document)) t.ok(at(document, $ref), $ref)
})

t.test('each operation matches its method, and accepts its example', async t => {
  t.same(Object.keys(document.paths), [
    ...openMethods.map(({ name }) => `/api/${name}/`),
    ...openMethods.map(({ name }) => `/api/${name}`),
  ])
  for (const method of openMethods) {
    const { post } = document.paths[`/api/${method.name}/`]!
    const required = namedParams(method)
      .filter(([, { need }]) => need === 'required')
      .map(([name]) => name)
    const schema = document.components.schemas[method.name]!
    t.same(schema.required, required, method.name)
    t.same(
      Object.keys(schema.properties),
      [
        'user',
        'password',
        ...namedParams(method).map(([name]) => name),
        ...('attachments' in method.params ? [UPLOAD_FIELD] : []),
      ],
      'the parameters',
    )
    t.equal(post.requestBody.required, required.length > 0)
    const { content } = post.requestBody
    t.same(Object.keys(content), ['application/json'])
    const forms = document.paths[`/api/${method.name}`]!.post.requestBody.content
    t.same(
      Object.keys(forms),
      [
        ...('attachments' in method.params ? ['multipart/form-data'] : []),
        'application/x-www-form-urlencoded',
      ],
      'multipart for methods with files',
    )
    const validate = ajv.getSchema(`openapi#/components/schemas/${method.name}`)!
    const { example } = content['application/json']!
    t.ok(validate({ user: 'susan', password: 'x', ...example }), JSON.stringify(validate.errors))
    for (const name of required) t.notOk(validate({ ...example, [name]: undefined }), `without ${name}`)
  }
})

t.test('the schemas contain the rules', async t => {
  const takes = (name: string, body: object) =>
    ajv.getSchema(`openapi#/components/schemas/${name}`)!(JSON.parse(JSON.stringify(body)))
  const ticket = { queue: 1, title: 'x' }
  for (const more of [{}, { queue: 'support' }, { title: '😀'.repeat(100) }, { priority: 5 }])
    t.ok(takes('create_ticket', { ...ticket, ...more }), JSON.stringify(more))
  for (const more of [
    { queue: 0 },
    { queue: 1.5 },
    { title: '' },
    { title: 'x'.repeat(101) },
    { priority: 6 },
  ])
    t.notOk(takes('create_ticket', { ...ticket, ...more }), JSON.stringify(more))
  t.notOk(takes('hold_ticket', { ticket: '31794' }))
  t.ok(takes('hold_ticket', { ticket: 'ref:INV-7' }))
  t.notOk(takes('create_ticket', { ...ticket, reference: 'INV 7' }))
  t.ok(takes('add_followup', { ticket: 1, message: 'x', public: false }))
  t.notOk(takes('add_followup', { ticket: 1, message: 'x', public: 'maybe' }))
  t.ok(takes('change_queue', { queue: 1, escalate_days: '' }), 'cleared')
  t.notOk(takes('change_queue', { queue: 1, escalate_days: 'soon' }))
  t.notOk(takes('add_queue', { title: 'Sales', slug: 'Sales' }))
})

t.test('every method that gives programs something other than the sentence shows it', async t => {
  for (const { name, gives, example } of openMethods) t.equal('gives' in example, gives !== undefined, name)
})

t.test('every status of a Failure is explained', async t => {
  for (const code of codes) t.ok(httpStatuses.has(meaningOf(new Failure(code, 'x')).http), code)
  t.ok(httpStatuses.has(meaningOf(new Error('x')).http))
})

interface Document {
  readonly paths: Record<
    string,
    {
      post: {
        requestBody: { required: boolean; content: Record<string, { example: Record<string, unknown> }> }
      }
    }
  >
  readonly components: { schemas: Record<string, { required: string[]; properties: object }> }
}

/** Where the schema of a response is in the document. */
function pointer(path: string, status: number | 'default', type: string): string {
  const reference =
    status === 'default'
      ? ['components', 'responses', 'Problem']
      : ['paths', path, 'post', 'responses', String(status)]
  const keys = [...reference, 'content', type, 'schema']
  return `/${keys.map(key => key.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`
}

function refsIn(value: unknown): { $ref: string }[] {
  if (typeof value !== 'object' || value === null) return []
  return ['$ref' in value ? [value as { $ref: string }] : [], ...Object.values(value).map(refsIn)].flat()
}

function at(document: unknown, ref: string): unknown {
  const keys = ref.replace(/^#\//, '').split('/')
  return keys.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)?.[key], document)
}

/** Passwords for all desks of a test: each of its own would check the login of susan again, which takes 0.1 s. */
function sharedPasswords(t: Test): Passwords {
  const passwords = new Passwords()
  t.teardown(() => passwords.close())
  return passwords
}

/** Only the HTTP door, with the usual records. */
interface Desk {
  readonly directory: string
  readonly url: string
  close(): Promise<void>
}

/** Works with a new desk, and removes it. */
async function withDesk<R>(passwords: Passwords, work: (desk: Desk) => Promise<R>): Promise<R> {
  const desk = await deskAt(passwords)
  return work(desk).finally(desk.close)
}

/** A config takes milliseconds, since it asks for the time zone. */
const DESK = configFor('/x')

/** A store with the records of the examples, and its HTTP door. */
async function deskAt(passwords: Passwords): Promise<Desk> {
  const directory = mkdtempSync(join(tmpdir(), 'helpdeskd-'))
  const config = { ...DESK, state_dir: join(directory, 'state') }
  const store = await openStore(config.state_dir, quietStore)
  await store.transact(furnishExamples)
  writeFile(config.state_dir)
  const knownAddresses = new KnownAddresses()
  const events = quietEvents()
  const login = loginTo({ store, knownAddresses, passwords, events })
  const door = await openHttp({
    store,
    shares: sharesOf(store),
    config,
    login,
    knownAddresses,
    passwords,
    events,
    room: async () => {},
    letters: noCaps(),
    ready: () => true,
    health: async () => [],
    metrics: async () => '',
    status: () => Promise.reject(new Error('no test asks for it')),
  })
  const close = async () => {
    await door.close()
    await store.close()
    rmSync(directory, { recursive: true })
  }
  return { directory, url: `http://127.0.0.1:${door.port}`, close }
}

function sectionOf({ name }: Method, page: string): string {
  const from = page.indexOf(`<h3 id="method_${name}">`)
  return page.slice(from, page.indexOf('</section>', from))
}

/** The samples in the section of a method, by language. */
function samplesIn(
  method: Method,
  page: string,
): Partial<Record<'Shell' | 'JSON' | 'PHP' | 'Python' | 'Mail', string>> {
  const section = sectionOf(method, page)
  const [, shell] = /<h4>Example<\/h4>\s*<pre>([^<]*)<\/pre>/.exec(section) ?? []
  const folded = section.matchAll(/<summary>(\w+)<\/summary>\s*<pre>([^<]*)<\/pre>/g)
  return Object.fromEntries([
    ['Shell', textOf(shell!)],
    ...[...folded].map(([, name, pre]) => [name, textOf(pre!)]),
  ])
}

/** The text of HTML, as a browser shows it. */
function textOf(html: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return html.replace(/<[^>]*>/g, '').replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => characters[name]!)
}

/** The tags that do not close the tag opened last, and those that are never closed. */
function unbalanced(html: string): string[] {
  const open: string[] = []
  const inner = html.replace(/<style>[\s\S]*?<\/style>|<!DOCTYPE html>/g, '')
  for (const [tag, end, name] of inner.matchAll(/<(\/?)([a-z0-9]+)(?: [a-z-]+="[^"<>]*")*>|[<>]/g)) {
    if (name === undefined) return [`${tag} at ${inner.slice(0, 100)}`]
    if (name === 'meta') continue
    if (!end) open.push(name)
    else if (open.pop() !== name) return [tag]
  }
  return open
}

function fileOf(directory: string, name: string, content: string): string {
  const file = join(directory, name)
  writeFileSync(file, content)
  return file
}
