// A step of the build: writes the manual pages and the completions for shells below the directory that its argument names.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { programCommands } from '../commands/program_commands.ts'
import { completions } from '../shell/completion.ts'
import { manualPages } from './pages.ts'

const [directory] = process.argv.slice(2)
if (directory === undefined) throw new Error('Name the directory to write to.')
write('man', manualPages())
// The names by which bash-completion and zsh find them.
write('completion', [
  ['helpdeskd', completions.bash!(programCommands)],
  ['_helpdeskd', completions.zsh!(programCommands)],
])

function write(folder: string, files: Iterable<readonly [string, string]>): void {
  const path = join(directory!, folder)
  mkdirSync(path, { recursive: true })
  for (const [file, text] of files) writeFileSync(join(path, file), text)
}
