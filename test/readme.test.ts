import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { parseConfig } from '../daemon/config/config.ts'
import { printConfig } from '../daemon/config/print_config.ts'
import { FILE, furnishExamples, KEEPS_RECORDS, writeFile } from './handlers/methods/examples.ts'
import { configText, house } from './house.ts'
import { NORC, PROGRAM, ROOT } from './program.ts'
import { anchorsIn, codeLines, headingsOf, partNames, partsIn, pathsIn, readmes, written } from './readme.ts'
import { needs } from './tools.ts'

const execute = promisify(execFile)
const paths = readmes()
// `npm run readme` sets it.
if (process.env.README === 'write')
  for (const path of paths) writeFileSync(join(ROOT, path), written(readFileSync(join(ROOT, path), 'utf8')))
const texts = new Map(paths.map(path => [path, readFileSync(join(ROOT, path), 'utf8')]))
const all = [...texts.values()].join('\n')

t.test('the generated parts of each README are up to date', async t => {
  for (const [path, text] of texts) t.equal(text, written(text), `"npm run readme" writes ${path}`)
})

t.test('each generated part is in exactly one README', async t => {
  t.same([...texts.values()].flatMap(partsIn).sort(), [...partNames].sort())
})

t.test('each path that a README names exists', async t => {
  let count = 0
  for (const [path, text] of texts) {
    for (const named of pathsIn(text)) {
      count++
      const places = [join(ROOT, named), join(ROOT, dirname(path), named)]
      t.ok(places.some(existsSync), `${named} in ${path}`)
    }
  }
  t.ok(count > 100)
})

t.test('each link to a heading has its heading', async t => {
  for (const [path, text] of texts) {
    for (const { path: to, anchor } of anchorsIn(text)) {
      const target = to === '' ? path : join(dirname(path), to)
      t.ok(headingsOf(texts.get(target) ?? '').includes(anchor), `${to}#${anchor} in ${path}`)
    }
  }
})

t.test('each option and metric that a README names exists', async t => {
  const options = printConfig(
    parseConfig('mail.address = "a@example.org"\nsmtp.hostname = "a.example.org"\n', ''),
  )
  const log = join(ROOT, 'daemon/log')
  const metrics = readdirSync(log)
    .map(file => readFileSync(join(log, file), 'utf8'))
    .join('\n')
  const named = [...all.matchAll(/`(http|smtp|mail|smarthost|commands|limits|store)\.([a-z_]+)`/g)]
  t.ok(named.length > 20)
  for (const [, section, key] of named.filter(([, , key]) => key !== 'ts')) {
    const found = options.split(/^\[/m).find(part => part.startsWith(`${section}]`))
    t.match(found, new RegExp(`^${key} = `, 'm'), `${section}.${key}`)
  }
  for (const [, metric] of all.matchAll(/`(helpdeskd_\w+)`/g)) t.match(metrics, `'${metric}'`)
})

t.test('each dependency is listed with its reason', async t => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'))
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) t.match(all, `| \`${name}\` |`)
})

t.test('each folder of the program is described in the README above it', async t => {
  for (const top of ['data', 'handlers', 'daemon', 'systemd', 'test'])
    t.match(texts.get('README.md'), `${top}/`)
  for (const folder of ['data', 'handlers', 'daemon'].flatMap(foldersIn)) {
    const above = nearest(dirname(folder))
    t.match(texts.get(`${above}/README.md`), `${relative(above, folder)}/`, folder)
  }
})

function foldersIn(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isDirectory())
    .map(({ parentPath, name }) => relative(ROOT, join(parentPath, name)))
}

/** The nearest folder with a README: the folder itself or one above it. */
function nearest(folder: string): string {
  return texts.has(`${folder}/README.md`) ? folder : nearest(dirname(folder))
}

t.test('the first README is short, and code fits a terminal', async t => {
  t.ok(texts.get('README.md')!.trimEnd().split('\n').length <= 130)
  for (const [path, text] of texts) {
    // `npm start` prints these lines with an indent and a real password, ten characters more.
    const most = path === 'README.md' ? 90 : 100
    for (const line of codeLines(text)) t.ok(line.length <= most, `${path}: ${line}`)
  }
})

t.test(
  'the examples of the shell show and change the running daemon',
  { skip: needs('jq', 'bash') },
  async t => {
    const { directory } = await house(t, KEEPS_RECORDS, furnishExamples)
    const config = join(directory, 'helpdeskd.toml')
    writeFileSync(config, configText(directory))
    writeFile(join(directory, 'state'))
    writeFileSync(join(directory, 'holidays.ics'), CALENDAR)
    writeFileSync(join(directory, 'input'), 'a long sentence\n')
    const bin = join(directory, 'bin')
    mkdirSync(bin)
    const script = `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} --config ${config} "$@"\n`
    writeFileSync(join(bin, 'helpdeskd'), script, { mode: 0o755 })
    const lines = codeLines(texts.get('daemon/shell/README.md')!).filter(line => line !== '')
    t.ok(lines.length > 8)
    // The last command but one asks for a password.
    const { NODE_OPTIONS: _, ...others } = process.env
    const env = { ...others, PATH: `${bin}:${process.env.PATH}` }
    const { stdout } = await execute('bash', [NORC, '-ec', ['exec <input', ...lines].join('\n')], {
      cwd: directory,
      env,
    })
    const said = ['Ticket 31794 is on hold.', 'follow-up is added to ticket 31794.', 'Boxing Day', 'tom']
    for (const sentence of said) t.match(stdout, sentence)
    t.match(stdout, /\nsusan\n$/, 'with jq, the administrators')
    t.equal(readFileSync(join(directory, 'fuse.txt'), 'utf8'), FILE)
  },
)
const CALENDAR = `BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261226
RRULE:FREQ=YEARLY
SUMMARY:Boxing Day
END:VEVENT
END:VCALENDAR
`
