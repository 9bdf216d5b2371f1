import { readFileSync } from 'node:fs'
import { ROOT } from '../program.ts'

export interface Instruction {
  readonly name: string
  readonly words: readonly string[]
}

/** The stages of systemd/Containerfile, each from its FROM on. */
export function stages(): Instruction[][] {
  const text = readFileSync(`${ROOT}systemd/Containerfile`, 'utf8').replaceAll('\\\n', ' ')
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  const stages: Instruction[][] = []
  for (const line of lines) {
    const [name = '', ...words] = line.split(/\s+/)
    if (name === 'FROM') stages.push([])
    stages.at(-1)!.push({ name, words })
  }
  return stages
}

/** The words of each instruction of that name. */
export function wordsOf(stage: readonly Instruction[], name: string): (readonly string[])[] {
  return stage.filter(instruction => instruction.name === name).map(({ words }) => words)
}

/** What a stage copies from the clone: sources and the destination. */
export function copied(stage: readonly Instruction[]): { sources: readonly string[]; to: string }[] {
  return wordsOf(stage, 'COPY')
    .filter(([first]) => !first!.startsWith('--from'))
    .map(words => ({ sources: words.slice(0, -1), to: words.at(-1)! }))
}
