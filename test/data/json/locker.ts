import { closeSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { lock } from '../../../data/json/lock/lock.ts'

/**
 * A process that takes and lets go of a directory as it is told by its standard input, and says what came of it: `locker.ts DIRECTORY`,
 * then lines of `lock`, `release` and `race MILLISECONDS`.
 */
const directory = process.argv[2]!
let release: (() => Promise<void>) | undefined

const commands: Readonly<Record<string, (argument: string) => Promise<string>>> = {
  lock: async () => {
    try {
      release = await lock(directory)
      return 'holds'
    } catch (error) {
      return `refused: ${(error as Error).message}`
    }
  },
  release: async () => {
    await release?.()
    return 'released'
  },
  race: async milliseconds => {
    const end = performance.now() + Number(milliseconds)
    let times = 0
    while (performance.now() < end) if (await heldAlone()) times++
    return `${times}`
  },
}

/** Takes the directory for a moment; throws when somebody else has it meanwhile. */
async function heldAlone(): Promise<boolean> {
  const letGo = await lock(directory).catch(error => {
    if (error.code !== 'conflict') throw error
  })
  if (!letGo) return false
  const witness = join(directory, 'witness')
  closeSync(openSync(witness, 'wx'))
  await sleep(Math.random() * 3)
  rmSync(witness)
  await letGo()
  return true
}

console.log('ready')
for await (const line of createInterface({ input: process.stdin })) {
  const [command = '', argument = ''] = line.split(' ')
  console.log(await commands[command]!(argument))
}
