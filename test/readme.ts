import { parseConfig, printConfig } from '../daemon/config/config.ts'
import type { Door } from '../data/tables.ts'
import { usageOf } from '../handlers/command/usage.ts'
import { methods } from '../handlers/index.ts'
import { type Method, namedParams } from '../handlers/method.ts'

/** What stands in the README between `<!-- name -->` and `<!-- end name -->`, from the method table and the option table. */
const parts: Readonly<Record<string, () => string>> = { commands, api, configuration }

/** The README with its generated parts made anew. Throws where a part has no place in it. */
export function written(readme: string): string {
  let text = readme
  for (const [name, part] of Object.entries(parts)) {
    const [begin, end] = [`<!-- ${name} -->\n`, `<!-- end ${name} -->`]
    const [from, to] = [text.indexOf(begin), text.indexOf(end)]
    if (from < 0 || to < from) throw new Error(`README.md has no place for ${name}`)
    text = `${text.slice(0, from + begin.length)}\n${part().trim()}\n\n${text.slice(to)}`
  }
  return text
}

/** The files that the README's two flows name. */
export function flowFiles(readme: string): string[] {
  const [, flows = ''] = /## Two flows\n([\s\S]*?)\n## /.exec(readme) ?? []
  return [...flows.matchAll(/`([a-z_/]+\.ts)`/g)].map(([, file]) => file!)
}

function opensAt(door: Door): Method[] {
  return [...methods.values()].filter(({ doors }) => !doors || doors.includes(door))
}

function commands(): string {
  const rows = opensAt('mail').map(method => {
    const body = method.body ? `the ${method.body}` : ''
    return [code(usageOf(method)), method.summary, body]
  })
  return table(['Subject', 'What it does', 'Text of the mail'], rows)
}

function api(): string {
  const rows = opensAt('http').map(({ name, summary, may, params }) => {
    const names = namedParams({ params }).map(([key, { need }]) =>
      need === 'required' ? code(key) : `[${code(key)}]`,
    )
    return [code(name), summary, names.join(' '), may === 'admin' ? 'administrators' : 'users']
  })
  return table(['Method', 'What it does', 'Parameters', 'For'], rows)
}

function configuration(): string {
  const names = 'mail.address = "helpdesk@example.org"\nsmtp.hostname = "helpdesk.example.org"\n'
  return `\`\`\`toml\n${printConfig(parseConfig(names, 'README.md')).trim()}\n\`\`\``
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
