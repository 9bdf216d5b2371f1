import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { directoryFor, SUSAN } from '../house.ts'
import { ask } from '../http_client.ts'
import { attacks, type Doors } from './attacks.ts'
import { type Deeds, honest } from './honest.ts'
import { install, type Running, recordsIn, start } from './process.ts'
import { openSink } from './sink.ts'

const LONG = { skip: !process.env.HELPDESKD_TORTURE && 'it takes minutes', timeout: 10 * 60_000 }
const SECONDS = 20
/** The longest that 99 of 100 honest calls may take. */
const PATIENCE_MILLISECONDS = 1000
const MOST_KILOBYTES = 400 * 1024
const LOOK_MILLISECONDS = 250

for (const name of Object.keys(attacks)) {
  t.test(`${name}, while honest clients work`, LONG, async t => {
    const sink = await openSink(t)
    const house = await install(directoryFor(t), `smarthost.url = "smtp://127.0.0.1:${sink.port}"`)
    const daemon = await start(house)
    await firstTicket(daemon)
    const people = honest(daemon, sink)
    const memory = watched(daemon)
    await sleep(1000)
    t.comment(await attack(name, daemon))
    const deeds = await people.stop()
    const { peak, peakInAll } = memory.stop()
    t.comment(`${Math.round(peakInAll / 1024)} MB with all its processes`)
    await letLettersGo(daemon)
    t.equal(await daemon.end('SIGTERM'), 0, 'it runs, and stops on SIGTERM')
    t.same(deeds.refused, [], 'no honest client is refused')
    for (const kind of ['posts', 'mails'] as const) inTime(t, kind, deeds)
    t.ok(peak < MOST_KILOBYTES, `${Math.round(peak / 1024)} MB at most`)
    const { tickets, followups, letters } = await recordsIn(house.state)
    const titles = new Set(tickets.map(({ title }) => title))
    t.same(
      deeds.taken.filter(subject => !titles.has(subject)),
      [],
      'each accepted mail is a ticket',
    )
    const comments = followups.map(({ comment }) => comment)
    const isThere = (text: string) => comments.some(comment => comment.includes(text))
    t.same(
      deeds.answers.filter(text => !isThere(text)),
      [],
      'each accepted answer is a follow-up',
    )
    t.same(
      deeds.writers.filter(address => !letters.some(({ to }) => to === address)),
      [],
      'each writer has an acknowledgement',
    )
  })
}

async function firstTicket({ http }: Doors): Promise<void> {
  const login = { user: SUSAN.username, password: SUSAN.password }
  const body = new URLSearchParams({ ...login, queue: '1', title: 'First' }).toString()
  await ask(http, 'POST', '/api/create_ticket/', body, undefined, '127.0.0.11')
}

/** Runs an attack; gives how often each answer came. */
async function attack(name: string, { http, smtp }: Doors): Promise<unknown> {
  const args = [name, `${http}`, `${smtp}`, `${SECONDS}`]
  const child = fork(new URL('attacker.js', import.meta.url), args, { execArgv: [] })
  const [answers] = await once(child, 'message')
  await once(child, 'exit')
  return answers
}

/** Checks the 99th percentile of the times. */
function inTime(t: Test, kind: 'posts' | 'mails', deeds: Deeds): void {
  const took = [...deeds[kind]].sort((a, b) => a - b)
  const p99 = took[Math.floor((took.length - 1) * 0.99)]!
  t.ok(took.length > 10, `${took.length} ${kind}`)
  t.ok(p99 < PATIENCE_MILLISECONDS, `${kind}: ${Math.round(p99)} ms at p99 of ${took.length}`)
}

/** The peak memory of a daemon, alone and with its parsers, in kilobytes; shared memory counts once. */
function watched({ pid }: Running): { stop(): { peak: number; peakInAll: number } } {
  let peakInAll = 0
  const look = () => {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
    const all = [String(pid), ...children].map(process => kilobytes(`${process}/smaps_rollup`, 'Pss'))
    peakInAll = Math.max(
      peakInAll,
      all.reduce((sum, one) => sum + one, 0),
    )
  }
  const timer = setInterval(look, LOOK_MILLISECONDS)
  return {
    stop: () => {
      clearInterval(timer)
      return { peak: kilobytes(`${pid}/status`, 'VmHWM'), peakInAll }
    },
  }
}

/** A value of a process; 0 if the process is gone. */
function kilobytes(file: string, name: string): number {
  try {
    const text = readFileSync(`/proc/${file}`, 'utf8')
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** Waits until the log is quiet: then no letter to an honest writer is on its way. */
async function letLettersGo({ log }: Running): Promise<void> {
  for (let before = -1; before !== log.length; await sleep(500)) before = log.length
}
