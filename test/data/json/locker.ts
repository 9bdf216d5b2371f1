import { closeSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { lock } from '../../../data/json/lock/lock.ts'

/**
 * A process that locks and releases a directory and prints the results: `locker.ts DIRECTORY`, then on standard input lines of
 * `lock`, `lock PATH`, `release` and `race TIMES`.
 */
const directory = process.argv[2]!
let release: (() => Promise<void>) | undefined

const commands: Readonly<Record<string, (argument: string) => Promise<string>>> = {
  lock: async path => {
    try {
      release = await lock(path || directory)
      return 'holds'
    } catch (error) {
      return `refused: ${(error as Error).message}`
    }
  },
  release: async () => {
    await release?.()
    return 'released'
  },
  race: async times => {
    for (let held = 0; held < Number(times); ) if (await heldAlone()) held++
    return 'over'
  },
}

/** Locks the directory for a moment; throws if another process has it at the same time. */
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
