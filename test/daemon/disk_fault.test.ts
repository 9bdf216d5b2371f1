import { execFile } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { parseConfig } from '../../daemon/config/config.ts'
import { diskFault } from '../../daemon/disk_fault.ts'
import { commandLines } from '../command_lines.ts'
import { configText, directoryFor, furnishUsually, inStore } from '../house.ts'
import { NODE, PROGRAM, run } from '../program.ts'
import { needs } from '../tools.ts'

const execute = promisify(execFile)
const DISK_FAILED = 74
const READS = 'read,pread64,readv,preadv'
const WRITES = 'write,pwrite64,writev,pwritev'
const traceable = { skip: needs('strace', 'sh') }

interface Place {
  readonly config: string
  readonly state: string
  readonly certificate: string
}

/** An installation with a queue, users, keys, and an invalid certificate. */
async function installed(t: Test): Promise<Place> {
  const directory = directoryFor(t)
  const certificate = join(directory, 'cert.pem')
  writeFileSync(certificate, 'none')
  const text = configText(directory, `smtp.tls_cert = "${certificate}"\nsmtp.tls_key = "${certificate}"`)
  const config = join(directory, 'c.toml')
  writeFileSync(config, text)
  await inStore(parseConfig(text, config), async store => {
    await store.transact(furnishUsually)
    await store.keys()
  })
  return { config, state: join(directory, 'state'), certificate }
}

function journalIn(state: string): string {
  return join(state, readdirSync(state).find(name => name.endsWith('.journal'))!)
}

/** strace, with system calls on some files that fail. */
function failing(paths: readonly string[], calls: string, error: string): string[] {
  const files = paths.flatMap(path => ['-P', path])
  const faults = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}`]
  return ['strace', '-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', ...files, ...faults]
}

/** Runs the program while the disk cannot read a file. */
async function runFailing(path: string, error: string, words: readonly string[], input = '/dev/null') {
  const program = [...failing([path], READS, error), 'env', ...NODE, PROGRAM, ...words]
  const done = await execute('sh', ['-c', 'exec "$@" < "$0"', input, ...program]).catch(error => error)
  return { exit: done.code ?? 0, out: done.stdout, err: done.stderr }
}

t.test('a file that the disk cannot read ends the program with 74, and is named', traceable, async t => {
  const { config, state } = await installed(t)
  const snapshot = join(state, 'helpdesk.json')
  t.match(await runFailing(snapshot, 'EUCLEAN', ['--config', config, 'queues']), {
    exit: DISK_FAILED,
    err: `${snapshot}: the disk fails (read: EUCLEAN); check the disk`,
  })
  const lines = await run(t, ['--config', config, 'queues'])
  t.match(lines, { exit: 0, out: '1 support Support\n' }, 'nothing is lost')
})

t.test('each command ends with 74 if the disk cannot read a file or write it', traceable, async t => {
  const cases: readonly { of: (place: Place) => string; command: string }[] = [
    { of: ({ state }) => join(state, 'keys'), command: 'serve' },
    { of: ({ state }) => join(state, 'helpdesk.json'), command: 'queues' },
    { of: ({ state }) => join(state, 'helpdesk.json'), command: 'repair' },
    { of: ({ state }) => journalIn(state), command: 'init' },
    { of: ({ certificate }) => certificate, command: 'check-config' },
    { of: ({ config }) => config, command: 'print-config' },
  ]
  const failures = await Promise.all(
    cases.map(async ({ of, command }) => {
      const place = await installed(t)
      return { command, path: of(place), config: place.config }
    }),
  )
  const torn = await installed(t)
  writeFileSync(journalIn(torn.state), 'torn', { flag: 'a' })
  const tail = `${journalIn(torn.state)}.torn-1`
  const paths = [...failures.map(({ path }) => path), tail]
  const runHere = commandLines(t, failing(paths, `${READS},${WRITES}`, 'EIO'))
  for (const { command, path, config } of failures)
    t.same(
      await runHere(['--config', config, command]),
      {
        exit: DISK_FAILED,
        out: '',
        err: `${path}: the disk fails (read: EIO); check the disk, then try again.\n`,
      },
      command,
    )
  t.match(
    await runHere(['--config', torn.config, 'queues']),
    { exit: DISK_FAILED, err: `${torn.state}: the disk fails (write: EIO); check the disk` },
    'the end of the journal cannot be kept',
  )
})

t.test('standard input that the disk cannot read ends with 74, too', traceable, async t => {
  const { config, state } = await installed(t)
  const input = join(state, '..', 'input.txt')
  writeFileSync(input, 'a long sentence\n')
  const failed = { exit: DISK_FAILED, err: /^Standard input: the disk fails \(read: EIO\)/ }
  for (const words of [
    ['create', 'support:', 'x'],
    ['set_password', 'username=susan', 'new_password=-'],
  ])
    t.match(await runFailing(input, 'EIO', ['--config', config, ...words], input), failed, words.join(' '))
})

t.test('a corrupted file system is a disk fault, an error that names no file is not', t => {
  const corrupted = { code: 'Unknown system error -74', syscall: 'read', path: '/x' }
  t.match(diskFault(Object.assign(new Error(), corrupted))?.message, '/x: the disk fails (read: EBADMSG)')
  t.equal(diskFault(Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'read' })), undefined)
  t.equal(diskFault(new Error('a bug')), undefined)
  t.end()
})
