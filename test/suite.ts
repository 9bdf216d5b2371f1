import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { directoryInMemory, removeAtSignals } from './memory.ts'
import { NODE } from './program.ts'

/** The beginnings of the paths of the test files of each suite, in the order in which they start: the longest are not the last. */
const suites: Readonly<Record<string, readonly string[]>> = {
  all: [
    'daemon/main',
    'daemon/http/docs',
    'daemon/mail/in',
    'daemon/config/listen',
    'daemon/http',
    'torture/batch',
    'torture/disk',
    'torture/faulty',
    'torture/kill',
    'torture/repeats',
    'torture/year',
    'cases',
    'daemon',
    'data',
    'handlers',
    'expressions',
    'memory',
    'readme',
    'systemd',
  ],
  doors: [
    'daemon/auth',
    'daemon/config',
    'daemon/http',
    'daemon/log',
    'daemon/mail/in/smtp',
    'daemon/main',
    'daemon/net',
    'daemon/shell',
    'data',
    'handlers',
  ],
  torture: [''],
}
/**
 * The test files whose paths begin like one of a line share a process, that of the first line that fits: the start of one and all that it
 * loads take 0.3 to 0.7 s of processor time, more than most of these files.
 */
const TOGETHER: readonly (readonly string[])[] = [
  // What users send, which is half of the tests of this folder: on its own, the folder would end last.
  ['answers/', 'commands/', 'confirm/', 'forwards/', 'proofs/'].map(folder => `daemon/mail/in/${folder}`),
  // These wait for the processes that they start.
  [
    'daemon/config/listen',
    'daemon/disk_fault',
    'daemon/drop_privileges',
    'daemon/log/journald',
    'daemon/log/log_buffer',
    'daemon/serve.',
  ],
  ['daemon/mail/in/'],
  ['daemon/http/'],
  ['daemon/auth/', 'daemon/files/', 'daemon/log/', 'daemon/mail/', 'daemon/net/', 'daemon/shell/'],
  ['daemon/'],
  ['data/'],
  ['handlers/'],
  ['cases/'],
  // The first is small.
  ['memory', 'systemd'],
]
/** These do not: they are long, start many processes at once, measure time or memory, or change what is global. */
const ALONE: readonly string[] = [
  'daemon/escalation_letters',
  'daemon/http/clients',
  'daemon/http/docs/',
  'daemon/http/server/crowd',
  'daemon/http/server/hostile',
  'daemon/mail/in/clients',
  'daemon/mail/in/hostile_mail',
  'daemon/mail/in/large_mail',
  'daemon/mail/in/parser/',
  'daemon/mail/in/smtp/hostile',
  'daemon/main',
  'daemon/parity',
  'data/json/lock',
  'data/json/store_faults',
  'data/password',
]
/** Most tests wait more than they compute. */
const JOBS = 4
/** Only a test that hangs takes as long, even on a slow machine. */
const LONGEST_SECONDS = 1200

const TESTS = import.meta.dirname
const WITHOUT_HOOKS = join(TESTS, 'without_async_hooks.js')
// A name from this list, or the beginning of paths, such as `data/json`.
const [suite = 'all'] = process.argv.slice(2)
const isTorture = suite === 'torture'
t.jobs = isTorture ? 1 : JOBS
t.setTimeout(0)

/** The test files of a suite; one that is begun by two beginnings counts once. */
function filesOf(beginnings: readonly string[]): Set<string> {
  const all = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter(path =>
    path.endsWith('.test.js'),
  )
  return new Set(beginnings.flatMap(beginning => all.filter(path => path.startsWith(beginning)).sort()))
}

/** The files of each process, by its name, in the order in which they start. */
function processesOf(paths: Iterable<string>): Map<string, string[]> {
  const processes = new Map<string, string[]>()
  for (const path of paths) {
    const name = ALONE.some(beginning => path.startsWith(beginning)) ? path : nameOf(path)
    processes.set(name, [...(processes.get(name) ?? []), path])
  }
  return processes
}

function nameOf(path: string): string {
  return TOGETHER.find(group => group.some(beginning => path.startsWith(beginning)))?.join(' ') ?? path
}

/** A file that is alone is a program itself. */
function programOf(paths: readonly string[]): string[] {
  const [first = '', ...more] = paths
  return more.length === 0 ? [join(TESTS, first)] : [join(TESTS, 'together.js'), ...paths]
}

// The processes run without the loader that tap puts into NODE_OPTIONS: it records what a process loads, which takes a second of
// processor time for each of them and for each program that a test starts.
const timeout = isTorture ? 0 : LONGEST_SECONDS
// Torture is for disks, too.
const memory = isTorture ? undefined : directoryInMemory()
if (memory) {
  t.teardown(() => rmSync(memory, { recursive: true, force: true, maxRetries: 5 }))
  removeAtSignals(memory)
}
const env = {
  ...process.env,
  TAP_TIMEOUT: String(timeout),
  ...(isTorture ? { HELPDESKD_TORTURE: '1' } : {}),
  ...(memory ? { TMPDIR: memory } : {}),
}
for (const [name, paths] of processesOf(filesOf(suites[suite] ?? [suite])))
  void t.spawn(
    'env',
    [...NODE, '--enable-source-maps', '--import', WITHOUT_HOOKS, ...programOf(paths)],
    { buffered: true, timeout: timeout * 1000, env },
    name,
  )
