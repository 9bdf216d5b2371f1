import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { NODE } from './program.ts'

/** The beginnings of the paths of the test files of each suite, in the order in which they start: the longest are not the last. */
const suites: Readonly<Record<string, readonly string[]>> = {
  all: [
    'torture/disk',
    'torture/kill',
    'torture/year',
    'daemon',
    'data',
    'handlers',
    'expressions',
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
/** Most tests wait more than they compute. */
const JOBS = 4
/** Only a test that hangs takes as long, even on a slow machine. */
const LONGEST_SECONDS = 600

const TESTS = import.meta.dirname
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

// Each file runs in a process of its own, without the loader that tap puts into NODE_OPTIONS: it records what a process loads, which
// takes a second of processor time for each test file and for each program that a test starts.
const timeout = isTorture ? 0 : LONGEST_SECONDS
const env = { ...process.env, TAP_TIMEOUT: String(timeout), ...(isTorture ? { HELPDESKD_TORTURE: '1' } : {}) }
for (const path of filesOf(suites[suite] ?? [suite]))
  void t.spawn(
    'env',
    [...NODE, '--enable-source-maps', join(TESTS, path)],
    { buffered: true, timeout: timeout * 1000, env },
    path,
  )
