import { execFile } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { directoryFor, type House, house, SUSAN } from '../../../house.ts'
import { NODE, ROOT } from '../../../program.ts'

const execute = promisify(execFile)
const LOGIN = JSON.stringify({ user: SUSAN.username, password: SUSAN.password })
/** What a strict project of a user of the API has. */
const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'dom'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    outDir: 'out',
    rootDir: '.',
  },
}

/** Both programs do the same with generated clients, and write what they got as one line of JSON. */
const OPENAPI_FETCH = `
import createClient from 'openapi-fetch'
import type { paths } from './schema.js'

const client = createClient<paths>({ baseUrl: process.argv[2]! })
const login = ${LOGIN}
const file = { filename: 'fuse.txt', content: btoa('fuse'), mime_type: 'text/plain' }
const told: unknown[] = []

const queues = await client.POST('/api/list_queues/', { body: login })
for (const { id, title } of queues.data!.queues) told.push([id.toFixed(), title])
const created = await client.POST('/api/create_ticket/', {
  body: { ...login, queue: 'support', title: 'From a client', reference: 'INV-7', attachment: [file] },
  params: { header: { 'Idempotency-Key': crypto.randomUUID(), Prefer: 'handling=strict' } },
})
told.push(created.data!.ticket.toFixed(), created.data!.says)
const followed = await client.POST('/api/add_followup/', {
  body: { ...login, ticket: 'ref:INV-7', message: 'x', public: true },
})
told.push(followed.data!.says)
const listed = await client.POST('/api/list_attachments/', { body: { ...login, ticket: 1 } })
for (const { filename, size } of listed.data!.attachments) told.push([filename, size])
const got = await client.POST('/api/get_attachment/', {
  body: { ...login, ticket: 1, attachment: 1 },
  parseAs: 'text',
})
told.push(got.data)
await client.POST('/api/create_ticket/', { body: { ...login, queue: 1, title: 'Another' } })
for (let after: string | undefined; ; ) {
  const body = { ...login, sort: 'created', limit: 1, ...(after ? { after } : {}) } as const
  const { data } = await client.POST('/api/list_tickets/', { body })
  for (const { ticket, title } of data!.tickets) told.push([ticket.toFixed(), title])
  if (data!.next === null) break
  after = data!.next
}
const { data, error, response } = await client.POST('/api/hold_ticket/', { body: { ...login, ticket: 99 } })
told.push(data, response.status, error!.code, error!.parameter, error!.detail)
console.log(JSON.stringify(told))
`
const HEY_API = `
import { addFollowup, createTicket, createTicketForm, getAttachment, holdTicket, listAttachments, listQueues, listTickets } from './hey/index.js'

const login = ${LOGIN}
const file = { filename: 'fuse.txt', content: btoa('fuse'), mime_type: 'text/plain' }
const told: unknown[] = []

const queues = await listQueues({ body: login })
for (const { id, title } of queues.data!.queues) told.push([id.toFixed(), title])
const created = await createTicket({
  body: { ...login, queue: 'support', title: 'From a client', reference: 'INV-7', attachment: [file] },
  headers: { 'Idempotency-Key': crypto.randomUUID(), Prefer: 'handling=strict' },
})
told.push(created.data!.ticket.toFixed(), created.data!.says)
const followed = await addFollowup({
  body: { ...login, ticket: 'ref:INV-7', message: 'x', public: true },
})
told.push(followed.data!.says)
const listed = await listAttachments({ body: { ...login, ticket: 1 } })
for (const { filename, size } of listed.data!.attachments) told.push([filename, size])
const got = await getAttachment({ body: { ...login, ticket: 1, attachment: 1 } })
told.push(await (got.data as Blob).text())
await createTicket({ body: { ...login, queue: 1, title: 'Another' } })
for (let after: string | undefined; ; ) {
  const { data } = await listTickets({ body: { ...login, sort: 'created', limit: 1, ...(after ? { after } : {}) } })
  for (const { ticket, title } of data!.tickets) told.push([ticket.toFixed(), title])
  if (data!.next === null) break
  after = data!.next
}
const { data, error, response } = await holdTicket({ body: { ...login, ticket: 99 } })
told.push(data, response!.status, error!.code, error!.parameter, error!.detail)
console.log(JSON.stringify(told))

const form = await createTicketForm({
  body: { ...login, queue: 'support', title: 'A form', dry_run: false, attachment: [new Blob(['fuse'])] },
})
if (String(form.data) !== '3') throw new Error(JSON.stringify(form))
`
const TOLD = [
  ['1', 'Support'],
  '1',
  'Ticket 1 is open in queue Support.',
  'A public follow-up is added to ticket 1.',
  ['fuse.txt', 4],
  'fuse',
  ['2', 'Another'],
  ['1', 'From a client'],
  null,
  404,
  'not_found',
  'ticket',
  'There is no ticket 99.',
]

const CLIENTS = [
  {
    name: 'openapi_fetch',
    generator: ['openapi-typescript/bin/cli.js', 'openapi.json', '--output', 'schema.d.ts'],
    program: OPENAPI_FETCH,
  },
  {
    name: 'hey_api',
    generator: [
      '@hey-api/openapi-ts/bin/run.js',
      '--input',
      'openapi.json',
      '--output',
      'hey',
      '--no-log-file',
    ],
    program: HEY_API,
  },
]

/** Each generator takes long, so `npm test` runs one of them. */
const clients = process.env.HELPDESKD_TORTURE ? CLIENTS : CLIENTS.slice(0, 1)

t.test('clients that are generated with default settings compile and work', async t => {
  const project = projectIn(t)
  const urlOf = ({ daemon }: House) => `http://127.0.0.1:${daemon.httpPort}`
  const [first, second] = [await house(t), await house(t)]
  project.write('openapi.json', await (await fetch(`${urlOf(first)}/api/openapi.json`)).text())
  for (const { name, generator, program } of clients) {
    project.write(`${name}.ts`, program)
    await project.node(generator)
  }
  // The compiler takes seconds to start, so it compiles both at once.
  await project.node(['typescript/bin/tsc'])
  for (const { name } of clients) {
    // A client of hey-api has the URL from the document.
    const url = urlOf(name === 'hey_api' ? first : second)
    t.same(JSON.parse(await project.node([`out/${name}.js`, url])), TOLD, name)
  }
})

/** A project of a user of the API, with the packages of this one; `node` runs a program of a package. */
function projectIn(t: Test) {
  const directory = directoryFor(t)
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text)
  symlinkSync(`${ROOT}node_modules`, join(directory, 'node_modules'))
  write('package.json', '{"type":"module"}')
  write('tsconfig.json', JSON.stringify(TSCONFIG))
  const node = async ([script = '', ...words]: readonly string[]) => {
    const path = script.startsWith('out/') ? script : join('node_modules', script)
    const { stdout } = await execute('env', [...NODE, path, ...words], { cwd: directory })
    return stdout
  }
  return { write, node }
}
