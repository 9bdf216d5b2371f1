import { readFileSync } from 'node:fs'
import { ROOT } from '../program.ts'

/** What stands below a heading of systemd/README.md. */
export function section(heading: string): string {
  const readme = readFileSync(`${ROOT}systemd/README.md`, 'utf8')
  const [, part = ''] = readme.split(new RegExp(`\\n#{2,3} ${heading}\\n`))
  const [text = ''] = part.split(/\n#{2,3} /)
  return text
}

/** The code blocks in it, in their order. */
export function recipe(heading: string): readonly string[] {
  return [...section(heading).matchAll(/```[a-z]*\n(.*?)```/gs)].map(([, block = '']) => block)
}

/** A text with other words in place of some. Throws if one of them does not occur. */
export function adapted(text: string, words: Readonly<Record<string, string>>): string {
  let all = text
  for (const [from, to] of Object.entries(words)) {
    if (!all.includes(from)) throw new Error(`${from} does not occur in ${text}`)
    all = all.replaceAll(from, to)
  }
  return all
}

/** A configuration with sections as one with dotted keys, which may follow other dotted keys. */
export function dotted(toml: string): string {
  let section = ''
  const lines = toml.split('\n').flatMap(line => {
    const [, name] = /^\[(.*)\]$/.exec(line) ?? []
    if (name === undefined) return line === '' ? [] : [`${section}.${line}`]
    section = name
    return []
  })
  return `${lines.join('\n')}\n`
}
