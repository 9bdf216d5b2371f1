import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type Daemon, startDaemon } from '../../../daemon/daemon.ts'
import { Parser } from '../../../daemon/mail/in/parser/parser.ts'
import type { House } from '../../house.ts'
import { lastingPasswords } from '../../lasting_passwords.ts'

/** A parser that can read no mail. */
const BLIND = `
process.on('message', ({ isLast }) => isLast && process.send({ parsed: null }))
process.on('disconnect', () => process.exit(0))
process.send('ready')
`

/** Stops the daemon of a house and starts one in its place that can parse no mail. */
export async function blinded(t: Test, { directory, config, events, daemon }: House): Promise<Daemon> {
  await daemon.stop()
  const program = join(directory, 'blind.mjs')
  writeFileSync(program, BLIND)
  const blind = await startDaemon(config, events, {
    parserFor: () => new Parser(events, program),
    passwords: lastingPasswords(t),
  })
  t.teardown(() => blind.stop())
  return blind
}
