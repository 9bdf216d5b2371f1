import { execFile } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { readConfig } from '../../daemon/config/config.ts'
import { openStore } from '../../data/json/open.ts'
import { commandLines } from '../command_lines.ts'
import { FILE, furnishExamples, writeFile } from '../handlers/methods/examples.ts'
import {
  configText,
  directoryFor,
  eventsTo,
  HELPDESK,
  lettersIn,
  quietEvents,
  quietStore,
  startFor,
  until,
} from '../house.ts'
import { freePort, NORC, PROGRAM, ROOT, run, serve, start } from '../program.ts'
import { needs } from '../tools.ts'
import { sendRaw } from './mail/wire.ts'

const execute = promisify(execFile)

/** Runs a command line in a process that all tests share. */
const runHere = commandLines(t)

/** A config file in a new directory. */
function configured(t: Test, more = ''): { directory: string; config: string; state: string } {
  const directory = directoryFor(t)
  const config = join(directory, 'helpdeskd.toml')
  writeFileSync(config, configText(directory, more))
  return { directory, config, state: join(directory, 'state') }
}

t.test('exit codes and sentences', async t => {
  const { config, directory } = configured(t)
  const broken = join(directory, 'broken.toml')
  writeFileSync(broken, 'state_dir = "x"\n[http]\nlisen = "y"\n')
  const c = ['--config', config]
  const cases: [string[], number, RegExp][] = [
    [[], 64, /^The command is missing\. "helpdeskd help" lists/],
    [['--bogus', 'queues'], 64, /^There is no option "--bogus"\./],
    [['--config'], 64, /^The option --config needs the name of a file/],
    [['--config=', 'queues'], 64, /^The option --config needs/],
    [[...c, 'check-config', 'other.toml'], 64, /^The command check-config takes no arguments/],
    [[...c, 'init', 'a@example.org', 'b'], 64, /^Write: init \[ADDRESS\] \[--selftest\]\./],
    [[...c, 'init', '--self-test'], 64, /^Write: init/],
    [[...c, 'init', 'nobody'], 65, /^"nobody" is not a mail address; give one like/],
    [[...c, 'init', HELPDESK], 65, /^helpdesk@helpdesk\.example is the address of the helpdesk itself/],
    [[...c, 'init', '--selftest'], 75, /^The daemon is not running, and a self-test needs it; start it/],
    [[...c, 'serve', 'now'], 64, /^The command serve takes no arguments/],
    [['--config', join(directory, 'none'), 'queues'], 66, /^There is no config file .*none; name one/],
    [['--config', broken, 'queues'], 65, /broken\.toml, line 3: there is no option "http\.lisen"/],
    [['--config', broken, 'check-config'], 65, /line 3/],
    [['--config', directory, 'queues'], 65, /cannot be read \(EISDIR\)/],
    [[...c, 'bogus'], 64, /^"bogus" is not understood; "help" lists the commands\.$/],
    [[...c, 'constructor'], 64, /^"constructor" is not understood/],
    [[...c, 'replay'], 64, /^Write: replay MAIL \[--yes\]\./],
    [[...c, 'replay', 'x'], 64, /^Write: replay MAIL/],
    [[...c, 'replay', '1', '2', '--yes'], 64, /^Write: replay MAIL/],
    [[...c, 'replay', '#1', '--yes'], 75, /^The daemon is not running; start it, then replay the mail\./],
    [[...c, 'why', '1'], 66, /^There is no record of mail 1\./],
    [[...c, 'why', 'mail=x'], 65, /^mail: "x" is not a whole number/],
    [[...c, 'why', join(directory, 'none.eml')], 66, /none\.eml/],
    [[...c, 'hodl', '1'], 64, /^"hodl 1" is not understood\. Write: hold 1$/],
    [[...c, 'hold', '1x'], 64, /^ticket: "1x" is not a ticket number; .+ Write: hold </],
    [['--config', join(directory, 'none'), 'bogus'], 64, /^"bogus" is not understood/],
    [[...c, 'help', 'bogus'], 66, /^There is no method "bogus"/],
    [[...c, 'hold', '1'], 66, /^There is no ticket 1\.$/],
    [[...c, 'hold_ticket', 'ticket=1e3'], 65, /^ticket: "1e3" is not a ticket number/],
    [[...c, 'add_user', 'username=x', 'email=x@y', 'new_password=short'], 65, /^new_password: /],
  ]
  for (const [words, exit, sentence] of cases) {
    const ended = await runHere(words)
    t.match(ended, { exit, out: '' }, words.slice(-2).join(' '))
    t.match(ended.err.trim(), sentence)
    t.notMatch(ended.err, /\n {4}at /, 'no stack')
  }
})

t.test('status describes the daemon and the files on the disk', async t => {
  const { config, directory } = configured(t)
  const words = ['--config', config, 'status']
  t.match(await runHere(words), { exit: 66, out: '', err: /There is no state directory/ })
  const daemon = await startFor(t, readConfig(config), quietEvents())
  t.match(await runHere(words), {
    exit: 0,
    err: '',
    out: /^helpdeskd [0-9.]+ has been running for less than a minute\.\n/,
  })
  await daemon.stop()
  const journal = readdirSync(`${directory}/state`).find(name => name.endsWith('.journal'))!
  appendFileSync(`${directory}/state/${journal}`, 'half')
  const log: string[] = []
  const again = await startFor(t, readConfig(config), eventsTo(log))
  const kept = `${directory}/state/${journal}.torn-1`
  t.match(log.join('\n'), `"bytes":4,"kept":"${kept}"`, 'the log names the file')
  const told = await runHere(words)
  t.match(
    told.out.replace(/\n {2}/g, ' '),
    `! The half-written end of a journal is kept for 30 days: ${kept} (4 bytes).`,
  )
  await again.stop()
  writeFileSync(`${directory}/state/helpdesk.1.journal.damaged`, 'bytes')
  t.match(await runHere(words), {
    exit: 0,
    out: /^The daemon is not running\.\n! A damaged journal is kept for 30 days:\s+\S+\/helpdesk\.1\.journal\.damaged \(5\s+bytes\)\./,
  })
})

t.test('output of the commands', async t => {
  const { config } = configured(t, 'smarthost.url = "smtp://user:hunter2@mail.example.org"')
  const c = ['--config', config]
  t.match(await runHere(['help']), { exit: 0, err: '', out: /serve +run the daemon[\s\S]+hold <ticket>/ })
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  t.match(await runHere(['--version']), { exit: 0, err: '', out: `helpdeskd ${version}\n` })
  t.match(await runHere(['--help']), { exit: 0, out: /^helpdeskd \[--config FILE\]/ })
  t.match(await runHere(['help', 'hold']), {
    exit: 0,
    out: /^hold <ticket> \[until <until>\]\[: <reason>\]\n/,
  })
  t.match(await runHere([...c, 'check-config']), {
    exit: 0,
    err: '',
    out: `Warning: There is no state directory`,
  })
  const letters = directoryFor(t)
  writeFileSync(`${letters}/de.toml`, '[closing]\nanswer = "{who}"')
  t.match(await runHere(['--config', configured(t, `mail.letters = "${letters}"`).config, 'check-config']), {
    exit: 65,
    err: /de\.toml: closing\.answer has the placeholder \{who\}, which it may not use/,
  })
  const site = configured(
    t,
    `mail.lists = ["it-help@group.example"]
mail.forms = ["web@example.org", "Shop@example.org"]
mail.aliases = ["it@old.example"]
mail.spam_header = "X-Spam-Flag: YES"`,
  ).config
  t.equal(
    (await runHere(['--config', site, 'check-config'])).out.replace(/^Warning: .+\n/, ''),
    `${site} is valid.
it@old.example is an address of this site that forwards to the helpdesk: mail to it counts as sent to the helpdesk, and mail from it is not answered.
Mail from web@example.org is a form: the person in its Reply-To becomes the submitter.
Mail from shop@example.org is a form: the person in its Reply-To becomes the submitter.
Mail through the list it-help@group.example counts as sent by its author, who becomes the submitter.
Whoever has a letter that a user got in the last 30 days, as by a forward, and writes in the name of that user can answer its ticket and send commands about it (commands.proofs has letter).
A command without proof is carried out if its user, who is asked by letter, replies with yes within 24 hours (commands.proofs has confirm).
Mail with X-Spam-Flag: YES is spam: it is kept, and opens no ticket.
`,
  )
  const printed = await runHere([...c, 'print-config'])
  t.match(printed, { exit: 0, err: '', out: /^url = "smtp:\/\/…@mail\.example\.org"$/m })
  t.notMatch(printed.out, 'hunter2')
  t.match(await runHere([...c, 'repair']), { exit: 0, err: '', out: 'Nothing is damaged.\n' })
  const added = await runHere([...c, '--json', 'add_queue', 'title=Two words', 'slug=support'])
  t.match(added, { exit: 0, err: '', out: '1\n' })
  const queues = await runHere([...c, '--json', 'queues'])
  t.same(JSON.parse(queues.out), [{ id: 1, title: 'Two words' }])
  t.match(await runHere([...c, 'init', 'it@example.org']), {
    exit: 0,
    out: /^Added the user admin, it@example\.org, an administrator\./,
  })
  const refused = await runHere([...c, '--json', 'hold', '7'])
  t.match(refused, { exit: 66, out: '' })
  t.same(JSON.parse(refused.err), { error: 'There is no ticket 7.' })
  const unknown = await runHere([...c, '--json', 'bogus'])
  t.match(unknown, { exit: 64, out: '' })
  t.same(JSON.parse(unknown.err), { error: '"bogus" is not understood; "help" lists the commands.' })
})

t.test('why explains the mail in a file, and replay a mail of the daemon', async t => {
  const { config, directory } = configured(t)
  const c = ['--config', config]
  const file = join(directory, '12')
  const mail = `From: Erin <erin@example.net>\r\nTo: ${HELPDESK}\r\nSubject: The lamp\r\n\r\nIt is out.\r\n`
  writeFileSync(file, mail)
  const alone = await runHere([...c, 'why', file])
  t.match(alone, {
    exit: 0,
    err: '',
    out: /^No daemon runs here; the mail is looked at as by a new helpdesk/,
  })
  t.match(alone.out, 'Its text begins: It is out.')
  t.match(alone.out, 'it goes to queue Support.')
  t.notOk(existsSync(join(directory, 'state')), 'no store was opened')
  t.match(JSON.parse((await runHere([...c, '--json', 'why', file])).out), /^No daemon runs here; /)

  await runHere([...c, 'init'])
  const daemon = await startFor(t, readConfig(config), quietEvents())
  t.teardown(() => daemon.stop())
  t.match(await sendRaw(daemon.smtpPort, { raw: mail, from: 'erin@example.net' }), /^250 /)
  const told = await runHere([...c, 'why', file])
  t.match(told, { exit: 0, err: '', out: /Its From is erin@example\.net: the submitter of 1 ticket\./ })
  t.notMatch(told.out, 'No daemon runs')
  t.match(await runHere([...c, 'why', '1']), {
    exit: 0,
    out: /^Mail 1 came on [\s\S]+\nIt opened ticket 1, /,
  })
  t.match(await runHere([...c, 'replay', '1']), {
    exit: 0,
    out: /\nLetters go to [\s\S]+With --yes, nothing is done/,
  })
  t.match(await runHere([...c, 'replay', '1', '--yes']), {
    exit: 75,
    out: '',
    err: /^Mail 1 is on ticket 1 already\./,
  })
})

t.test('an attachment goes to standard output', async t => {
  const { config, state } = configured(t)
  const words = ['--config', config]
  const store = await openStore(state, quietStore)
  await store.transact(furnishExamples)
  await store.close()
  writeFile(state)
  t.match(await run(t, [...words, 'attachment', '31794', '1']), { exit: 0, out: FILE, err: '' })
  t.match(await runHere([...words, '--json', 'attachment', '31794', '1']), {
    out: '"fuse.txt has 5 bytes."\n',
  })
  t.match(await runHere([...words, 'attachment', '31794', '2']), { exit: 66, out: '' })
})

t.test('standard input of the program', async t => {
  const { config, state } = configured(t)
  const c = ['--config', config]
  await runHere([...c, 'init'])
  t.match(await run(t, [...c, 'create', 'support:', 'x'], 'From\nbelow.\n'), { exit: 0 })
  t.match(readFileSync(join(state, 'helpdesk.json'), 'utf8'), '"comment":"From\\nbelow.\\n"')
  t.match(await run(t, [...c, 'hold', '1'], 'open'), { exit: 0 }, 'an open pipe is not waited for')
  t.match(await runHere([...c, 'followup', '1']), { exit: 65, err: /^message is missing/ })
  const waiting = start(t, [...c, 'set_password', 'username=admin', 'new_password=-'], 'open')
  waiting.child.stdin!.write('another long sentence\n')
  t.match(await waiting.ended, { exit: 0, err: '' }, 'one line is enough, the pipe may stay open')
})

t.test('a password is asked for without echo', { skip: needs('script') }, async t => {
  const { config } = configured(t)
  await runHere(['--config', config, 'init'])
  const words = [
    process.execPath,
    PROGRAM,
    '--config',
    config,
    'set_password',
    'username=admin',
    'new_password=-',
  ]
  const { PATH } = process.env
  const typing = execute('script', ['-qec', words.join(' '), '/dev/null'], { env: { PATH } })
  let seen = ''
  typing.child.stdout?.on('data', chunk => {
    seen += chunk
  })
  await until('the question', () => seen.includes('new_password: '))
  typing.child.stdin?.write('a secret sentence\r')
  const { stdout } = await typing
  t.match(stdout, 'The password of admin is set.')
  t.notMatch(stdout, 'secret sentence')
})

t.test('init asks for the address of the administrator', { skip: needs('script') }, async t => {
  const { config } = configured(t)
  const command = [process.execPath, PROGRAM, '--config', config, 'init'].join(' ')
  const { PATH } = process.env
  const typing = execute('script', ['-qec', command, '/dev/null'], { env: { PATH } })
  let seen = ''
  typing.child.stdout?.on('data', chunk => {
    seen += chunk
  })
  await until('the question', () => seen.includes('[admin@helpdesk.example]: '))
  typing.child.stdin?.write(' it@example.org\r')
  const { stdout } = await typing
  t.match(stdout, 'The first user is an administrator.')
  t.match(stdout, 'Added the user admin, it@example.org, an administrator.')
})

t.test('one process per directory', async t => {
  const { config, state } = configured(t)
  const daemon = await serve(t, config)
  t.equal(statSync(join(state, 'helpdeskd.sock')).mode & 0o777, 0o600)
  t.equal(statSync(state).mode & 0o777, 0o700)
  const pid = daemon.child.pid
  const taken = new RegExp(`is in use by process ${pid}; only one helpdeskd at a time`)
  t.match(await runHere(['--config', config, 'serve']), { exit: 75, out: '', err: taken })
  t.match(await runHere(['--config', config, 'repair']), { exit: 75, err: taken })
  t.match(await runHere(['--config', config, 'list_queues']), { exit: 0 }, 'the daemon still works')
  daemon.child.kill('SIGKILL')
  await daemon.ended
  t.ok(existsSync(join(state, 'helpdeskd.sock')), 'a dead socket is left')
  t.match(await runHere(['--config', config, 'queues']), { exit: 0 })
  const again = await serve(t, config)
  t.match(await runHere(['--config', config, 'queues']), { exit: 0 })
  again.child.kill('SIGTERM')
  t.match(await again.ended, { exit: 0 })
  t.notOk(existsSync(join(state, 'helpdeskd.sock')))
})

const reachable = { skip: needs('root', 'mount', 'umount', 'unshare') }

t.test(
  'lock and shell work with every path to the state directory, and in another network namespace',
  reachable,
  async t => {
    const { directory, config, state } = configured(t)
    const at = (path: string) => {
      writeFileSync(`${path}.toml`, configText(directory, `state_dir = "${path}"`))
      return `${path}.toml`
    }
    const link = join(directory, 'link')
    symlinkSync(state, link)
    const bound = join(directory, 'bound')
    mkdirSync(state)
    mkdirSync(bound)
    await execute('mount', ['--bind', state, bound])
    t.teardown(() => execute('umount', ['-l', bound]))
    const daemon = await startFor(t, readConfig(config), quietEvents())
    t.teardown(() => daemon.stop())
    const add = ['add_queue', 'title=Support', 'slug=support']
    t.match(await runHere(['--config', config, ...add]), { exit: 0 })
    const runElsewhere = commandLines(t, ['unshare', '--net', '--mount'])
    for (const [path, call] of [
      [link, runHere],
      [bound, runElsewhere],
    ] as const) {
      t.match(await call(['--config', at(path), 'queues']), { exit: 0, out: '1 support Support\n' })
      const taken = `is in use by process ${process.pid};`
      t.match(await call(['--config', at(path), 'serve']), { exit: 75, err: taken })
    }
  },
)

t.test('a start that fails gives a sentence', async t => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  const cases: [string, number, RegExp][] = [
    [
      `http.listen = "127.0.0.1:${port}"`,
      75,
      new RegExp(`127\\.0\\.0\\.1:${port}: another program listens there`),
    ],
    [
      `smtp.listen = "127.0.0.1:${port}"`,
      75,
      new RegExp(`127\\.0\\.0\\.1:${port}: another program listens there`),
    ],
    ['http.listen = "192.0.2.1:0"', 75, /192\.0\.2\.1.*this machine does not have this address/],
    ['http.listen = "nowhere.invalid:0"', 65, /nowhere\.invalid/],
    [
      'smtp.tls_cert = "none.pem"\nsmtp.tls_key = "none.pem"',
      65,
      /certificate of the mail door cannot be used/,
    ],
    ['state_dir = "/dev/null/x"', 65, /^\/dev\/null.*not a directory/],
    [`state_dir = "${directoryFor(t)}/${'x'.repeat(120)}"`, 65, /too long for a socket/],
  ]
  for (const [more, exit, sentence] of cases) {
    const directory = directoryFor(t)
    const config = join(directory, 'c.toml')
    const [key] = more.split(' = ')
    const kept = configText(directory)
      .split('\n')
      .filter(line => !line.startsWith(`${key} `))
    writeFileSync(config, [...kept, more].join('\n'))
    const words = ['--config', config, 'serve']
    const ended = await runHere(words)
    t.match(ended, { exit, out: '' }, more)
    t.match(ended.err.trim().split('\n').at(-1), sentence)
    t.notMatch(ended.err, /\n {4}at |"stack"/, 'no stack')
  }
})

t.test('a queue with the address of the helpdesk is logged', async t => {
  const { config } = configured(t)
  const queue = ['title=Help', 'slug=help', 'email_address=helpdesk@helpdesk.example']
  await runHere(['--config', config, 'add_queue', ...queue])
  const log: string[] = []
  const daemon = await startFor(t, readConfig(config), eventsTo(log))
  t.teardown(() => daemon.stop())
  t.match(
    log.join('\n'),
    /"event":"address_shared".*The queue help has the address helpdesk@helpdesk\.example/,
  )
})

t.test('SIGTERM: requests in progress are answered, then the daemon exits with 0', async t => {
  const { config, state } = configured(t)
  await runHere(['--config', config, 'init'])
  await runHere([
    '--config',
    config,
    'add_user',
    'username=tom',
    'email=t@example.org',
    'new_password=a long sentence',
  ])
  const daemon = await serve(t, config)
  const body = 'user=tom&password=a long sentence&queue=1&title=x'
  const socket = connect(daemon.http, '127.0.0.1')
  let reply = ''
  socket.setEncoding('utf8').on('data', chunk => {
    reply += chunk
  })
  const head =
    'POST /api/create_ticket/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n'
  socket.write(`${head}Content-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n${body.slice(0, 10)}`)
  await until('the request to be under way', () => reply.includes('100 Continue'))
  daemon.child.kill('SIGTERM')
  await until('it to stop', () => daemon.err().includes('"event":"stopping"'))
  socket.write(body.slice(10))
  await until('the answer', () => /HTTP\/1\.1 200[\s\S]*\r\n\r\n1$/.test(reply))
  socket.end()
  t.match(await daemon.ended, { exit: 0, err: /"event":"stopped"/ })
  t.notOk(existsSync(join(state, 'helpdeskd.sock')))
  t.match(
    readFileSync(join(state, 'helpdesk.json'), 'utf8'),
    '"title":"x"',
    'the journal is folded into the snapshot',
  )
})

t.test('root acts as the owner of the state directory', { skip: needs('root') }, async t => {
  const { directory, config, state } = configured(t)
  const NOBODY = 65534
  chmodSync(directory, 0o755)
  mkdirSync(state, { mode: 0o700 })
  chownSync(state, NOBODY, NOBODY)
  const owners = () => new Set(readdirSync(state).map(name => statSync(join(state, name)).uid))
  t.match(await run(t, ['--config', config, 'add_queue', 'title=Support', 'slug=support']), { exit: 0 })
  t.same([...owners()], [NOBODY], 'the shell')
  const daemon = await serve(t, config)
  t.ok(readdirSync(state).includes('helpdeskd.sock'))
  t.same([...owners()], [NOBODY], 'the daemon and its socket')
  // If Node cannot change its user, the daemon is a child of the started process.
  const { pid: started } = daemon.child
  const pid = readFileSync(`/proc/${started}/task/${started}/children`, 'utf8').split(' ')[0] || started
  t.match(readFileSync(`/proc/${pid}/status`, 'utf8'), /^Uid:\t65534\t65534\t65534\t65534$/m)
  t.match(readFileSync(`/proc/${pid}/status`, 'utf8'), /^Groups:\t *$/m)
  t.match(await run(t, ['--config', config, 'queues']), { exit: 0, out: '1 support Support\n' })
  const other = [
    '--reuid=1',
    '--regid=1',
    '--clear-groups',
    process.execPath,
    PROGRAM,
    '--config',
    config,
    'queues',
  ]
  if (needs('setpriv') === false) {
    const refused = await execute('setpriv', other).catch(error => error)
    t.match(refused, { code: 77, stderr: /helpdeskd\.toml cannot be read|this user may not access it/ })
  }
  daemon.child.kill('SIGTERM')
  await daemon.ended
  t.same([...owners()], [NOBODY])
})

t.test('the commands that init prints work', { skip: needs('curl', 'bash') }, async t => {
  const [http, smtp] = [await freePort(), await freePort()]
  const directory = directoryFor(t)
  const config = join(directory, 'with space.toml')
  const text = configText(directory).replace('"127.0.0.1:0"', `"127.0.0.1:${http}"`)
  writeFileSync(
    config,
    text.replace('"127.0.0.1:0"', `"127.0.0.1:${smtp}"`).replace('/sent', '/sent letters'),
  )
  const { exit, out } = await runHere(['--config', config, 'init'])
  t.equal(exit, 0)
  const daemon = await startFor(t, readConfig(config), quietEvents())
  t.teardown(() => daemon.stop())
  // A command that continues on the next line ends with a backslash or a pipe.
  const lines = out.replace(/([\\|])\n */g, (_, end) => (end === '|' ? '| ' : '')).match(/^ {2}.*/gm)!
  const bin = join(directory, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'helpdeskd'), `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} "$@"\n`, {
    mode: 0o755,
  })
  const env = { PATH: `${bin}:${process.env.PATH}` }
  const paste = async (line: string) => (await execute('bash', [NORC, '-c', line], { env })).stdout
  t.equal(await paste(lines[0]!), '1\n')
  t.equal(await paste(lines[1]!), 'Ticket 1 is on hold.\n')
  t.equal(await paste(lines[2]!), '')
  t.equal(await paste(lines[3]!), 'Ticket 1 is resolved.\n')
  await until('the letter about the end of the ticket', async () =>
    (await lettersIn(join(directory, 'sent letters'), 1)).some(letter => letter.includes('It is out.')),
  )
  const told = await paste(lines[4]!)
  t.match(told, 'Ticket 1 is not on hold.')
  t.match(told, 'It is out.')
  t.match(told, 'The printer is on fire')
  t.equal(lines.length, 5)
  t.match(await runHere(['--config', config, 'init']), { exit: 0, out: /^There is nothing to do/ })
})
