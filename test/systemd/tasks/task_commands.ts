import { readFileSync } from 'node:fs'
import { ROOT } from '../../program.ts'

/** The tasks of systemd/README.md in their order: the heading of each, and its commands. */
export function tasks(): ReadonlyMap<string, readonly string[]> {
  const section = sectionOf('Tasks')
  const parts = section.split(/^### /m).slice(1)
  return new Map(parts.map(part => [part.split('\n', 1)[0]!, commandsIn(part)]))
}

/** The commands of a section of systemd/README.md. */
export function commandsOf(heading: string): readonly string[] {
  return commandsIn(sectionOf(heading))
}

function sectionOf(heading: string): string {
  const readme = readFileSync(`${ROOT}systemd/README.md`, 'utf8')
  const [, part = ''] = readme.split(`\n## ${heading}\n`)
  return part.split(/^## /m)[0]!
}

/** What stands in the blocks for a shell, as single commands, which may have several lines. */
function commandsIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)\n```/gms)].map(([, block = '']) => block)
  return blocks.flatMap(block => block.split(/(?<![\\|])\n(?! |done)/))
}
