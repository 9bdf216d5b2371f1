import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { MIB } from '../../data/sizes.ts'
import { directoryFor, house, until } from '../house.ts'
import { needs } from '../tools.ts'
import { sendRaw } from './mail/wire.ts'

const MAIL = 'From: erin@example.net\r\nTo: helpdesk@helpdesk.example\r\nSubject: x\r\n\r\nHello\r\n'
const MOUNT = { skip: needs('root', 'mount', 'umount') }

t.test('inodes count as room, and outsiders are refused before users', MOUNT, async t => {
  const state = join(directoryFor(t), 'state')
  mkdirSync(state)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,nr_inodes=2000,mode=0700', 'tmpfs', state])
  t.teardown(() => execFileSync('umount', ['-l', state]))
  // 512 inodes for users, 1024 for unproven mail.
  const { daemon, susan } = await house(t, `state_dir = "${state}"\nstore.min_free = ${8 * MIB}`)
  const mail = () => sendRaw(daemon.smtpPort, { raw: MAIL, from: 'erin@example.net' })
  const create = () => susan('create_ticket', { queue: '1', title: 'x' })
  t.match(await mail(), /^250 /)
  const fill = (from: number, to: number) => {
    for (let n = from; n < to; n++) writeFileSync(join(state, `ballast.${n}`), '')
  }
  fill(0, 1100)
  await until('outsiders to wait', async () => (await mail()).startsWith('452 4.3.1 ') || undefined)
  t.equal((await create()).status, 200)
  fill(1100, 1550)
  await until('users to wait', async () => (await create()).status === 503 || undefined)
  t.match((await create()).body, /^The disk that holds the tickets has almost no inodes left;/)
  const health = await fetch(`http://127.0.0.1:${daemon.httpPort}/healthz`)
  t.equal(health.status, 200)
  t.match(
    await health.text(),
    /^degraded: The disk has less room than store\.min_free, in bytes or in inodes;/,
  )
})
