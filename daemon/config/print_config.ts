import { type Config, options } from './config.ts'
import type { Option } from './option.ts'

/** The config as a TOML file with every option, its meaning and its value, without secrets. */
export function printConfig(config: Config): string {
  const lines: string[] = []
  let section = ''
  for (const [key, option] of Object.entries(options) as [keyof Config, Option<unknown>][]) {
    const { about, rule } = option
    const [name, inner] = key.includes('.') ? (key.split('.') as [string, string]) : ['', key]
    if (name !== section) lines.push(`[${name}]`, '')
    section = name
    const written = option.written ? option.written(config[key]) : config[key]
    lines.push(
      `# ${about}`,
      `# ${rule[0]!.toUpperCase()}${rule.slice(1)}.`,
      `${inner} = ${JSON.stringify(written)}`,
      '',
    )
  }
  return lines.join('\n')
}
