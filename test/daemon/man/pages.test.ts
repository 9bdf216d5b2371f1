import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { exitCodes } from '../../../daemon/codes.ts'
import { programCommands } from '../../../daemon/commands/program_commands.ts'
import { options, parseConfig } from '../../../daemon/config/config.ts'
import type { Option } from '../../../daemon/config/option.ts'
import { manualPages } from '../../../daemon/man/pages.ts'
import { commandLineOptions } from '../../../daemon/shell/arguments.ts'
import type { Door } from '../../../data/tables.ts'
import { usagesOf } from '../../../handlers/command/usage.ts'
import { methods } from '../../../handlers/index.ts'
import { isOpenAt, type Method } from '../../../handlers/method.ts'
import { directoryFor } from '../../house.ts'
import { ROOT } from '../../program.ts'
import { needs } from '../../tools.ts'
import { formatted } from './formatted.ts'

const pages = manualPages()
const shown = (file: string) => formatted(pages.get(file)!)

t.test('npm links the pages that there are', async t => {
  const { man } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'))
  t.same([...man].sort(), [...pages.keys()].map(file => `dist/man/${file}`).sort())
})

t.test('the pages are correct mdoc', { skip: needs('mandoc') }, async t => {
  const directory = directoryFor(t)
  for (const [file, text] of pages) {
    t.match(text, /^[\n -~]*$/, `${file} is ASCII`)
    writeFileSync(join(directory, file), text)
  }
  const files = [...pages.keys()].map(file => join(directory, file))
  const { stdout } = spawnSync('mandoc', ['-Tlint', ...files], { encoding: 'utf8' })
  // That a page is not installed, and that the foot names the program, are no mistakes.
  const allowed = /: STYLE: (?:referenced manual not found|operating system explicitly specified)/
  t.same(
    stdout.split('\n').filter(line => line !== '' && !allowed.test(line)),
    [],
  )
})

t.test(
  'helpdeskd(1) has all options, commands, methods and exit codes',
  { skip: needs('mandoc') },
  async t => {
    const page = shown('helpdeskd.1')
    for (const [name, { about }] of Object.entries(commandLineOptions)) has(t, page, `--${name}`, about)
    for (const [word, { about }] of programCommands) has(t, page, word, about.slice(1))
    for (const method of openAt('shell')) has(t, page, ...writtenUsages(method), method.summary, method.name)
    for (const [code, about] of exitCodes) t.match(page.toLowerCase(), `${code} ${about.toLowerCase()}.`)
  },
)

t.test('helpdeskd.toml(5) has all options', { skip: needs('mandoc') }, async t => {
  const page = shown('helpdeskd.toml.5')
  for (const [name, { about, rule, fallback, fallbackAbout }] of Object.entries(options) as [
    string,
    Option<unknown>,
  ][]) {
    const key = name.replace(/^\w+\./, '')
    const value = fallbackAbout === undefined ? ` = ${JSON.stringify(fallback()).replaceAll(',', ', ')}` : ''
    has(t, page, `${key}${value} ${about} Value: ${rule}.`, fallbackAbout ?? '')
  }
})

t.test('the example of helpdeskd.toml(5) is a configuration', async t => {
  const config = parseConfig(examplesOf('helpdeskd.toml.5'), 'the page')
  t.equal(config['mail.address'], 'helpdesk@example.org')
})

t.test('helpdeskd-mail(7) has all commands by mail', { skip: needs('mandoc') }, async t => {
  const page = shown('helpdeskd-mail.7')
  for (const method of openAt('mail')) has(t, page, ...writtenUsages(method), method.summary)
  for (const proof of ['smtp-auth', 'letter', 'token', 'confirm', 'relay']) has(t, page, `‘${proof}’:`)
})

t.test('helpdeskd(8) has all units', { skip: needs('mandoc') }, async t => {
  const page = shown('helpdeskd.8')
  const units = readdirSync(`${ROOT}systemd`).filter(file => /\.(?:service|socket)$/.test(file))
  has(
    t,
    page,
    ...units,
    'Opens port 25 for the listener smtp.',
    'SIGHUP',
    '65 A value or the configuration is wrong.',
  )
})

function has(t: { ok(value: boolean, text: string): void }, page: string, ...texts: string[]): void {
  for (const text of texts) t.ok(page.includes(text), text)
}

function openAt(door: Door): Method[] {
  return [...methods.values()].filter(method => isOpenAt(method, door))
}

/** The usages of a method, in which underlined names stand without brackets. */
function writtenUsages(method: Method): string[] {
  return usagesOf(method).map(usage => usage.replace(/[<>]/g, '').replaceAll('…', '...'))
}

/** The code below the heading EXAMPLES of a page. */
function examplesOf(file: string): string {
  const [, code = ''] = /^\.Sh EXAMPLES\n[\s\S]*?^\.Bd .*\n([\s\S]*?)^\.Ed$/m.exec(pages.get(file)!) ?? []
  return code.replaceAll('\\-', '-').replaceAll('\\(dq', '"')
}
