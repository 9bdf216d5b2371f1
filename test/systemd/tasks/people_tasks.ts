// One thing: the tasks of systemd/README.md about users and tickets, each with its situation and its check.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FRED } from '../../house.ts'
import type { TaskCheck } from './task_check.ts'

export const peopleTasks: Readonly<Record<string, TaskCheck>> = {
  'Who must wait after wrong logins': async (t, site, next) => {
    const wrong = { user: FRED.username, password: 'not this one' }
    for (let time = 0; time < 10; time++) await site.post('whoami', wrong)
    t.equal((await site.post('whoami', wrong)).status, 429)
    t.match(await next(), /"username":"fred","peer":"127\.0\.0\.1","seconds":30/)
  },
  'Reset a password': async (t, site, next) => {
    t.match(await next({}, 'a new dog\n'), /susan/)
    t.equal((await site.post('whoami', {})).status, 403)
    t.equal((await site.post('whoami', { password: 'a new dog' })).status, 200)
  },
  'Add an agent, and a token for a program': async (t, site, next) => {
    t.match(await next({}, 'the sly cat\n'), /User tom is added/)
    const [token = ''] = /hdt_\S+/.exec(await next()) ?? []
    const post = (method: string, more = {}) => site.post(method, { user: '', password: token, ...more })
    t.equal((await post('create_ticket', { queue: '1', title: 'Alarm' })).status, 200)
    t.match(await post('list_queues'), { status: 403, body: /token/ })
  },
  'Take a token back': async (t, site, next) => {
    const list = await next()
    t.match(list, /tom alarms, last used/)
    await next({ 3: /^([0-9]+) tom alarms/m.exec(list)?.[1] ?? '' })
    t.notMatch((await site.shell('helpdeskd list_tokens')).out, 'alarms')
  },
  'When a user was here': async (t, _, next) => {
    t.match(await next(), /^\S+Z http create_ticket 127\.0\.0\.1 $/m)
  },
  'An agent leaves': async (t, site, next) => {
    const { body } = await site.post('create_ticket', {
      queue: '1',
      title: 'His',
      assigned_to: 'tom',
      password: 'a new dog',
    })
    t.match(await next(), `Ticket ${body} is assigned to susan`)
    t.match(await next(), /User tom is changed/)
    t.equal((await site.post('whoami', { user: 'tom', password: 'the sly cat' })).status, 403)
  },
  'Add a queue': async (t, site, next) => {
    t.match(await next(), /Queue Sales is added with the id \d/)
    t.match(await site.mail('eve@example.net', ['Subject: Price'], 'sales@example.org'), /^250 /)
  },
  'Who did what to a ticket': async (t, site, next) => {
    await site.post('hold_ticket', { ticket: '1', password: 'a new dog' })
    t.match(await next({ 31794: '1' }), /susan \(http\): .*hold/)
  },
  'What changed today': async (t, _, next) => {
    t.match(await next(), /^1 open A fuse$/m)
  },
  'Export the tickets of a queue': async (t, site, next) => {
    await next({ 'limit=200': 'limit=3' })
    const lines = readFileSync(join(site.directory, 'support.jsonl'), 'utf8').trimEnd().split('\n')
    const ids = lines.map(line => JSON.parse(line).ticket).sort((a, b) => a - b)
    t.ok(ids.length > 6, 'more than two pages')
    t.same(ids, [...new Set(ids)])
    const { out } = await site.shell('helpdeskd status')
    t.match(out, new RegExp(`^support +${ids.length} `, 'm'))
  },
  'Follow one request or mail through the log': async (t, site, next) => {
    const { request } = await site.post('unhold_ticket', { ticket: '1', password: 'a new dog' })
    const lines = (await next({ '5c9f0a61': request }))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    t.match(lines.at(-1), { event: 'called', method: 'unhold_ticket', actor: 'susan', request })
    t.ok(lines.every(line => line.request === request))
  },
}
