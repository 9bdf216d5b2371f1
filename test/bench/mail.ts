// One thing: one measurement; the mail servers that it compares and what it prints belong together.
import { execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { openStore } from '../../data/json/open.ts'
import { HELPDESK, quietStore, SUPPORT } from '../house.ts'
import { POSTFIX, startPostfix } from '../postfix.ts'
import { freePort } from '../program.ts'
import { needs, pathOf } from '../tools.ts'
import type { Installation } from '../torture/process.ts'
import { mailBase, mailLoadProcess, type Probed, probed, type Server } from './children.ts'
import { type Figure, median } from './figure.ts'
import { filled } from './fill.ts'
import type { Result } from './load.ts'
import { rates, tell } from './rates.ts'

const CONNECTIONS = 32
const ROUNDS = 5
const SECONDS = 2
/** A daemon that has turned fewer than some thousand mails into tickets takes twice the time for each, while its code is compiled. */
const WARM_UPS = 10
const LOOK_MILLISECONDS = 20
const SOURCE_MAILS = 2000
const SOURCE_BYTES = 2000
/** The load comes from one address. */
const RELAY = 'smtp.relays = ["127.0.0.1"]'

const execute = promisify(execFile)

/**
 * How many mails a second the mail door turns durably into tickets over kept connections, beside a server of the same library that only
 * parses, and beside Postfix, which only takes them into its queue on the same disk. Then the same with an acknowledgement each, from the
 * first mail until a sink has the last letter.
 */
export async function mail(directory: string, few: number, many: number): Promise<Figure[]> {
  const missing = needs(...POSTFIX, 'smtp-sink', 'smtp-source')
  if (missing) throw new Error(`the measurement of mail ${missing}`)
  const ended: (() => unknown)[] = []
  const kept = <S extends { end(): unknown }>(started: S): S => {
    ended.push(() => started.end())
    return started
  }
  const own = (name: string) => {
    mkdirSync(join(directory, name), { recursive: true })
    return join(directory, name)
  }
  try {
    const postfix = kept(await acceptingPostfix())
    tell('filling three helpdesks for mail')
    const sink = kept(await smtpSink())
    const daemon = async (name: string, tickets: number, more = '') =>
      kept(await probed(await withoutDeputies(await filled(own(name), tickets, `${RELAY}\n${more}`))))
    const small = await daemon('few', few)
    const large = await daemon('many', many)
    const telling = await daemon('telling', few, `smarthost.url = "smtp://127.0.0.1:${sink.port}"`)
    const base = kept(await mailBase())
    const load = kept(mailLoadProcess())
    const run =
      (port: number, isAcknowledged = false) =>
      () =>
        load.run({ port, connections: CONNECTIONS, seconds: SECONDS, isAcknowledged })
    const costs: Costs = { few: [], telling: [] }
    const kinds = {
      few: costed(small, costs.few, run(small.smtp)),
      many: run(large.smtp),
      base: run(base.port),
      postfix: run(postfix.port),
      source: () => bySource(postfix.port),
      telling: costed(telling, costs.telling, () => untilAllAreSent(telling, run(telling.smtp, true))),
    }
    tell('warming up')
    for (let round = 0; round < WARM_UPS; round++) for (const run of Object.values(kinds)) await run()
    for (const values of Object.values(costs)) values.length = 0
    const found = await rates(kinds, ROUNDS)
    const needless = (await letters(small.port, 'sent')) + (await letters(small.port, 'waiting')) - few
    return [
      ...figures(found, few, many),
      ...costFigures(costs),
      { what: 'letters about the tickets without a letter', value: needless, most: 0 },
    ]
  } finally {
    for (const end of ended.reverse()) await end()
  }
}

type Costs = Readonly<Record<'few' | 'telling', number[]>>
interface MailsDone extends Result {
  readonly done: number
}

/** The run, which adds to `costs` the processor time that the daemon has used for each mail. */
function costed(daemon: Probed, costs: number[], run: () => Promise<MailsDone>): () => Promise<Result> {
  return async () => {
    const before = daemon.processorTime()
    const result = await run()
    costs.push((daemon.processorTime() - before) / result.done)
    return result
  }
}

function costFigures({ few, telling }: Costs): Figure[] {
  const what = 'of the processor for a ticket by mail'
  return [
    { what: `ms ${what}, without a letter`, value: median(few) },
    { what: `ms ${what}, with an acknowledgement that is sent`, value: median(telling) },
  ]
}

type Kinds = 'few' | 'many' | 'base' | 'postfix' | 'source' | 'telling'

function figures(found: Readonly<Record<Kinds, number>>, few: number, many: number): Figure[] {
  const ticket = 'a ticket by mail, without a letter'
  const told = 'a ticket by mail, with an acknowledgement that is sent'
  const base = 'smtp-server with mailparser'
  const postfix = 'Postfix, which accepts durably'
  return [
    { what: `${ticket}, at ${few} tickets, a second`, value: found.few },
    { what: `${ticket}, at ${many} tickets, a second`, value: found.many },
    { what: `${told}, at ${few} tickets, a second`, value: found.telling },
    { what: `${base}, mails a second`, value: found.base },
    { what: `${postfix}, mails a second`, value: found.postfix },
    { what: `${postfix}, mails of smtp-source a second`, value: found.source },
    { what: `${ticket} ÷ ${base}`, value: found.few / found.base, least: 0.6 },
    { what: `${ticket} ÷ ${postfix}`, value: found.few / found.postfix, least: 1.5 },
    { what: `${ticket}, at ${many} ÷ at ${few}`, value: found.many / found.few, least: 0.9 },
    { what: `${told} ÷ ${base}`, value: found.telling / found.base, least: 0.35 },
    { what: `${told} ÷ ${postfix}`, value: found.telling / found.postfix, least: 1 },
  ]
}

/** Administrators hear of each new ticket that has neither owner nor CC address; here they are inactive. */
async function withoutDeputies(house: Installation): Promise<Installation> {
  const store = await openStore(house.state, quietStore)
  const work = store.transact(async tx => {
    for (const admin of await tx.find('users', { admin: true })) tx.put('users', { ...admin, active: false })
  })
  await work.finally(() => store.close())
  return house
}

/** A Postfix that takes all mail into its queue and delivers none. Its users must be able to enter the directory. */
async function acceptingPostfix(): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'helpdeskd-postfix-'))
  const postfix = await startPostfix(directory, [
    'myhostname = mx.helpdesk.example',
    'mydestination = helpdesk.example',
    'local_recipient_maps =',
    'smtpd_client_restrictions = check_client_access static:HOLD',
  ])
  const end = async () => {
    await postfix.end()
    rmSync(directory, { recursive: true })
  }
  return { port: postfix.port, end }
}

/** What smtp-source measures with the same number of connections. */
async function bySource(port: number): Promise<Result> {
  const size = ['-m', `${SOURCE_MAILS}`, '-l', `${SOURCE_BYTES}`, '-s', `${CONNECTIONS}`]
  const began = performance.now()
  await execute(pathOf('smtp-source')!, ['-d', ...size, '-t', SUPPORT, '-f', HELPDESK, `127.0.0.1:${port}`])
  return { perSecond: SOURCE_MAILS / ((performance.now() - began) / 1000), refused: 0 }
}

async function smtpSink(): Promise<Server> {
  const port = await freePort()
  // As root it would want another user to become.
  const child = spawn(pathOf('smtp-sink')!, ['-u', 'root', `127.0.0.1:${port}`, '1000'], { stdio: 'ignore' })
  return { port, end: () => child.kill('SIGKILL') }
}

/** The mails a second until the last letter about them is sent. */
async function untilAllAreSent({ port }: Probed, run: () => Promise<MailsDone>): Promise<MailsDone> {
  const before = await letters(port, 'sent')
  const began = performance.now()
  const { done, refused } = await run()
  while ((await letters(port, 'waiting')) > 0) await sleep(LOOK_MILLISECONDS)
  const seconds = (performance.now() - began) / 1000
  const sent = (await letters(port, 'sent')) - before
  if (sent !== done) throw new Error(`${done} mails led to ${sent} letters`)
  return { perSecond: done / seconds, refused, done }
}

async function letters(port: number, state: 'waiting' | 'sent'): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(new RegExp(`^helpdeskd_outbox_letters\\{state="${state}"\\} (\\d+)$`, 'm').exec(text)?.[1])
}
