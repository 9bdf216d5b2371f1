import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { exitCodes } from '../daemon/codes.ts'
import { commandsToTry } from '../daemon/commands/init.ts'
import { parseConfig } from '../daemon/config/config.ts'
import { printConfig } from '../daemon/config/print_config.ts'
import { phpClient, pythonClient } from '../daemon/http/docs/json_clients.ts'
import { siteOf } from '../daemon/http/docs/site.ts'
import { httpStatuses } from '../daemon/http/statuses.ts'
import { domainOf } from '../data/address.ts'
import type { Door } from '../data/tables.ts'
import { parseCommand } from '../handlers/command/command.ts'
import { usagesOf } from '../handlers/command/usage.ts'
import {
  EVENTS,
  type HearerRole,
  ROLES,
  type TicketEvent,
  WHENS,
  whenHeard,
} from '../handlers/hearers/event_table.ts'
import { methods } from '../handlers/index.ts'
import { type Method, namedParams } from '../handlers/method.ts'
import { isPrecaution } from '../handlers/precautions.ts'
import { day } from './day.ts'
import { ROOT } from './program.ts'

/** The generated parts, by name: the text between `<!-- name -->` and `<!-- end name -->` in a README.md. */
const parts: Readonly<Record<string, () => string>> = {
  quick_start: quickStart,
  commands,
  api,
  clients,
  statuses: statusTable,
  exit_codes: exitTable,
  configuration,
  day: dayTable,
  hearers: hearersTable,
}
export const partNames = Object.keys(parts)

/** The paths of all README.md files, relative to the root of the checkout. */
export function readmes(): string[] {
  const folders = readdirSync(ROOT, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !NOT_OURS.includes(entry.name))
    .flatMap(({ name }) =>
      readdirSync(join(ROOT, name), { recursive: true, encoding: 'utf8' }).map(path => join(name, path)),
    )
  return ['README.md', ...folders.filter(path => basename(path) === 'README.md')].sort()
}
const NOT_OURS = ['.git', '.tap', 'dist', 'node_modules', 'var']

/** The names of the generated parts of a README. */
export function partsIn(readme: string): string[] {
  return [...readme.matchAll(/^<!-- (?!end )(\w+) -->$/gm)].map(([, name]) => name!)
}

/** A README with its parts generated. Throws for a part that is unknown or has no end. */
export function written(readme: string): string {
  let text = readme
  for (const name of partsIn(readme)) {
    const part = parts[name]
    const [begin, end] = [`<!-- ${name} -->\n`, `<!-- end ${name} -->`]
    const [from, to] = [text.indexOf(begin), text.indexOf(end)]
    if (!part || to < from) throw new Error(`the part ${name} is unknown or has no end`)
    text = `${text.slice(0, from + begin.length)}\n${part().trim()}\n\n${text.slice(to)}`
  }
  return text
}

/** The files and folders of this project that a README names, as written. */
export function pathsIn(readme: string): string[] {
  const paths = readme.matchAll(
    /(?<![\w/.@~-])(?:[\w.-]+\/)+[\w-]+\.(?:ts|js|json|md|service|sysusers|toml)\b/g,
  )
  const files = readme.matchAll(/`(\w+\.ts)`/g)
  const folders = readme.matchAll(/`((?:data|handlers|daemon|systemd|test)\/(?:\w+\/)*)`/g)
  const links = readme.matchAll(/\]\((?!https?:)([^)#]+)/g)
  return [...new Set([...paths, ...files, ...folders, ...links].map(([whole, group]) => group ?? whole))]
}

/** The links to headings: a path (empty for the README itself) and the anchor. */
export function anchorsIn(readme: string): { path: string; anchor: string }[] {
  const links = readme.matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)
  return [...links].map(([, path, anchor]) => ({ path: path!, anchor: anchor! }))
}

/** The anchors that GitHub gives the headings. */
export function headingsOf(readme: string): string[] {
  return [...readme.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
}

/** The lines of code blocks outside the generated configuration. */
export function codeLines(readme: string): string[] {
  const own = readme.replace(/<!-- configuration -->[\s\S]*?<!-- end configuration -->/, '')
  return [...own.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].flatMap(([, code]) => code!.split('\n'))
}

/** The commands that `npm start` prints, with `PASSWORD` for the password. */
function quickStart(): string {
  const config = parseConfig(readFileSync(`${ROOT}.checkout.toml`, 'utf8'), '.checkout.toml')
  const program = 'node dist/daemon/main.js --config .checkout.toml'
  const email = `admin@${domainOf(config['mail.address'])}`
  const lines = commandsToTry(config, program, { email, password: 'PASSWORD', queue: 1 })
  return `\`\`\`sh\n${lines.join('\n')}\n\`\`\``
}

/** The clients of the API page, for the daemon of a checkout. */
function clients(): string {
  const site = siteOf(parseConfig(readFileSync(`${ROOT}.checkout.toml`, 'utf8'), '.checkout.toml'))
  return `\`\`\`python\n${pythonClient(site)}\n\`\`\`\n\n\`\`\`php\n${phpClient(site)}\n\`\`\``
}

function statusTable(): string {
  return table(
    ['Status', 'Meaning'],
    [...httpStatuses].map(([status, about]) => [String(status), about]),
  )
}

function exitTable(): string {
  return table(
    ['Exit code', 'Meaning (`sysexits.h`)'],
    [...exitCodes].map(([exit, about]) => [String(exit), about]),
  )
}

function opensAt(door: Door): Method[] {
  return [...methods.values()].filter(({ doors }) => !doors || doors.includes(door))
}

function commands(): string {
  const rows = opensAt('mail').map(method => {
    const body = method.body ?? method.mailBody
    return [usagesOf(method).map(code).join('<br>'), method.summary, body ? `the ${body}` : '']
  })
  return table(['Subject', 'What it does', 'Text of the mail'], rows)
}

function api(): string {
  const rows = opensAt('http').map(({ name, summary, may, params }) => {
    const own = namedParams({ params }).filter(([key]) => !isPrecaution(key))
    const names = own.map(([key, { need }]) => (need === 'required' ? code(key) : `[${code(key)}]`))
    return [code(name), summary, names.join(' '), may === 'admin' ? 'administrators' : 'users']
  })
  return table(['Method', 'What it does', 'Parameters', 'For'], rows)
}

/** The steps of a day, as a mail or shell command and as a POST. */
function dayTable(): string {
  const rows = day.map(({ who, command, text, says }) => {
    const { method, params } = parseCommand(command)!.command
    const pairs = Object.entries(params).map(([key, value]) => `${key}=${value}`)
    const more = text === undefined ? [] : [`text: ${text}`]
    return [who, [code(command), ...more].join('<br>'), [code(method), ...pairs.map(code)].join('<br>'), says]
  })
  return table(
    ['Who', 'Subject of a mail, or words after `helpdeskd --as WHO`', 'POST', 'Part of the answer'],
    rows,
  )
}

/** Who hears of which event, public and private follow-ups apart. */
function hearersTable(): string {
  const roles = Object.keys(ROLES) as HearerRole[]
  const rows = Object.entries(EVENTS).flatMap(([event, { name, comes, hears }]) => {
    // What is told by other rules has sentences of its own.
    if (Object.keys(hears).length === 0) return []
    const row = (shown: string, isPublic: boolean) => [
      shown,
      ...roles.map(role => {
        const when = whenHeard(event as TicketEvent, role, isPublic)
        return when === undefined ? '–' : WHENS[when]
      }),
    ]
    if (comes !== 'both') return [row(name, comes === 'public')]
    return [row(`${name}, public`, true), row(`${name}, private`, false)]
  })
  return table(['What happens', ...roles.map(role => ROLES[role])], rows)
}

/** What `print-config` shows for a config with only the required options. */
function configuration(): string {
  const fewest =
    'mail.address = "helpdesk@example.org"\nsmtp.hostname = "helpdesk.example.org"\nescalation.time_zone = "Europe/Vienna"\n'
  return `\`\`\`toml\n${printConfig(parseConfig(fewest, 'README.md')).trim()}\n\`\`\``
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
