import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { DAY } from '../../data/durations.ts'
import { directoryFor } from '../house.ts'
import { type Installation, install, recordsIn, start } from './process.ts'
import type { Figures } from './year_process.ts'

const MB = 1024 * 1024
/** Memory for objects, lists, dates, Message-IDs and numbers of all records, divided by the number of follow-ups. */
const MOST_BESIDE_TEXT = 1850
/** Memory for what runs, which does not depend on the number of mails. */
const PROGRAM_MEMORY = 2.2 * MB
const MOST_MEMORY = 1500 * MB
const MOST_SECONDS = 10
const LONG = { skip: !process.env.HELPDESKD_TORTURE && 'it takes a quarter of an hour', timeout: 60 * 60_000 }

/** Simulates this many days with this many mails a day, in another process. */
async function lived({ config }: Installation, days: number, mailsPerDay: number): Promise<Figures> {
  const child = fork(new URL('year_process.js', import.meta.url), [config, `${days}`, `${mailsPerDay}`], {
    env: { ...process.env, NODE_OPTIONS: '' },
    execArgv: [],
  })
  const [figures] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`it ended with ${code}`))),
  ])
  await once(child, 'exit')
  return figures as Figures
}

t.test('after a few months the expected records remain, within the memory limit', async t => {
  const [days, perDay] = [70, 25]
  const house = await install(directoryFor(t), 'mail.keep_records_days = 20\nmail.keep_raw_days = 10')
  const { end, records, heapBytes, textBytes } = await lived(house, days, perDay)
  const { tickets, followups, letters, mails, once } = await recordsIn(house.state)
  t.equal(tickets.length, records.tickets)
  t.ok(followups.length > days * perDay * 0.9, `${followups.length} follow-ups`)
  const before = (day: number) => new Date(end - day * DAY).toISOString()
  const latest = mails.filter(({ received }) => received > before(20))
  t.equal(mails.length, latest.length)
  t.ok(mails.length > 19 * perDay * 0.9, 'the mails of 20 days are there')
  t.ok(mails.every(({ received, raw }) => (raw === null) === received <= before(10)))
  t.ok(letters.every(({ state, due }) => state === 'sent' && due > before(31)))
  t.ok(letters.length > 30 * perDay * 0.9)
  t.ok(once.every(({ id, expires }) => expires > before(0) && id.length === 24))
  t.ok(once.length > 13 * perDay * 2 * 0.9)
  const beside = (heapBytes - textBytes - PROGRAM_MEMORY) / followups.length
  t.ok(beside < MOST_BESIDE_TEXT, `${Math.round(beside)} bytes a mail besides its text`)
})

t.test('a year of 2,000 mails a day', LONG, async t => {
  const house = await install(directoryFor(t))
  const figures = await lived(house, 365, 2000)
  const { records, heapBytes, residentBytes, peakBytes } = figures
  t.comment(figures)
  t.comment(`snapshot: ${megabytes(statSync(join(house.state, 'helpdesk.json')).size)}`)
  t.comment(`while it ran: ${megabytes(residentBytes)}, at most ${megabytes(peakBytes)}`)
  const began = performance.now()
  const daemon = await start(house)
  const seconds = (performance.now() - began) / 1000
  const status = readFileSync(`/proc/${daemon.pid}/status`, 'utf8')
  const [resident, peak] = ['VmRSS', 'VmHWM'].map(name => kilobytesIn(status, name) * 1024)
  t.equal(await daemon.end('SIGTERM'), 0)
  t.comment(`start: ${seconds.toFixed(1)} s, ${megabytes(resident!)}, at most ${megabytes(peak!)}`)
  t.ok(records.followups > 700_000)
  t.ok(heapBytes < MOST_MEMORY && resident! < MOST_MEMORY, 'memory')
  t.ok(peak! < peakBytes * 1.1, 'a start needs no more memory than running')
  t.ok(seconds < MOST_SECONDS, 'start')
})

function megabytes(bytes: number): string {
  return `${Math.round(bytes / MB)} MB`
}

function kilobytesIn(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1])
}
