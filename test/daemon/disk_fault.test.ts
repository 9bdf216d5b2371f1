import { execFile } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { diskFault } from '../../daemon/disk_fault.ts'
import { configText, directoryFor } from '../house.ts'
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

/** An installation with a queue, a user, and an invalid certificate. */
async function installed(t: Test): Promise<Place> {
  const directory = directoryFor(t)
  const certificate = join(directory, 'cert.pem')
  writeFileSync(certificate, 'none')
  const config = join(directory, 'c.toml')
  writeFileSync(
    config,
    configText(directory, `smtp.tls_cert = "${certificate}"\nsmtp.tls_key = "${certificate}"`),
  )
  t.match(await run(t, ['--config', config, 'init']), { exit: 0 })
  return { config, state: join(directory, 'state'), certificate }
}

/** Runs the program while the system calls on a file fail. */
async function runFailing(
  path: string,
  calls: string,
  fault: string,
  words: readonly string[],
  input = '/dev/null',
) {
  const trace = ['-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', '-P', path, '-e', `trace=${calls}`]
  const inject = ['-e', `inject=${calls}:error=${fault}`]
  const program = ['strace', ...trace, ...inject, 'env', ...NODE, PROGRAM, ...words]
  const done = await execute('sh', ['-c', 'exec "$@" < "$0"', input, ...program]).catch(error => error)
  return { exit: done.code ?? 0, out: done.stdout, err: done.stderr }
}

t.test('a file that the disk cannot read ends the program with 74, and is named', traceable, async t => {
  const { config, state, certificate } = await installed(t)
  const journal = readdirSync(state).find(name => name.endsWith('.journal'))!
  const keys = join(state, 'keys')
  t.match(await run(t, ['--config', config, 'serve']), { exit: 65, err: /certificate of the mail door/ })
  t.ok(readdirSync(state).includes('keys'), 'the command got this far')
  const failing = (path: string) => ({
    exit: DISK_FAILED,
    out: '',
    err: `${path}: the disk fails (read: EIO); check the disk, then try again.\n`,
  })
  for (const [path, ...words] of [
    [keys, 'serve'],
    [join(state, 'helpdesk.json'), 'queues'],
    [join(state, 'helpdesk.json'), 'repair'],
    [join(state, journal), 'init'],
    [certificate, 'check-config'],
    [config, 'print-config'],
  ] as const)
    t.same(
      await runFailing(path, READS, 'EIO', ['--config', config, ...words]),
      failing(path),
      `${words} ${path}`,
    )
  t.match(await runFailing(keys, READS, 'EUCLEAN', ['--config', config, 'serve']), {
    exit: DISK_FAILED,
    err: `${keys}: the disk fails (read: EUCLEAN); check the disk`,
  })
  t.match(
    await run(t, ['--config', config, 'queues']),
    { exit: 0, out: '1 support Support\n' },
    'nothing is lost',
  )
})

t.test('standard input that the disk cannot read ends with 74, too', traceable, async t => {
  const { config, state } = await installed(t)
  const input = join(state, '..', 'input.txt')
  writeFileSync(input, 'a long sentence\n')
  const failing = { exit: DISK_FAILED, err: /^Standard input: the disk fails \(read: EIO\)/ }
  for (const words of [
    ['create', 'support:', 'x'],
    ['set_password', 'username=admin', 'new_password=-'],
  ])
    t.match(
      await runFailing(input, READS, 'EIO', ['--config', config, ...words], input),
      failing,
      words.join(' '),
    )
})

t.test('a start that cannot write ends with 74, too', traceable, async t => {
  const { config, state } = await installed(t)
  const journal = join(state, readdirSync(state).find(name => name.endsWith('.journal'))!)
  writeFileSync(journal, 'torn', { flag: 'a' })
  t.match(await runFailing(`${journal}.torn-1`, WRITES, 'EIO', ['--config', config, 'queues']), {
    exit: DISK_FAILED,
    err: new RegExp(`^${state}: the disk fails \\(write: EIO\\); check the disk`, 'm'),
  })
})

t.test('a corrupted file system is a disk fault, an error that names no file is not', t => {
  const corrupted = { code: 'Unknown system error -74', syscall: 'read', path: '/x' }
  t.match(diskFault(Object.assign(new Error(), corrupted))?.message, '/x: the disk fails (read: EBADMSG)')
  t.equal(diskFault(Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'read' })), undefined)
  t.equal(diskFault(new Error('a bug')), undefined)
  t.end()
})
