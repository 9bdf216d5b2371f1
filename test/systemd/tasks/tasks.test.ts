import t from 'tap'
import { needs } from '../../tools.ts'
import { adapted } from '../recipe.ts'
import { JOURNAL_TOOLS } from './journal.ts'
import { machineTasks } from './machine_tasks.ts'
import { mailTasks } from './mail_tasks.ts'
import { peopleTasks } from './people_tasks.ts'
import type { Next, TaskCheck } from './task_check.ts'
import { commandsOf, tasks } from './task_commands.ts'
import { type TaskSite, taskSite } from './task_site.ts'

const checks: ReadonlyMap<string, TaskCheck> = new Map(
  Object.entries({ ...machineTasks, ...mailTasks, ...peopleTasks }),
)
const TOOLS = ['bash', 'curl', 'jq', 'openssl', 'tar', ...JOURNAL_TOOLS]

/** Takes the next of these commands each time, and runs it on the site. */
function nextOf(site: TaskSite, commands: string[]): Next {
  return async (words = {}, input = '') => {
    const command = commands.shift()
    if (command === undefined) throw new Error('the task has no further command')
    const here = site.here(adapted(command, words))
    const { exit, out, err } = await site.shell(here, input)
    if (exit !== 0) throw new Error(`${here} ended with ${exit}: ${out}${err}`)
    return out + err
  }
}

t.test('the tasks of an administrator', { skip: needs(...TOOLS) }, async t => {
  const site = await taskSite(t)
  t.ok(tasks().size >= 20)
  const all = new Map([...tasks(), ['Backup', commandsOf('Backup')]])
  t.same([...checks.keys()].sort(), [...all.keys()].sort(), 'each task has its check')
  for (const [heading, commands] of all)
    await t.test(heading, async t => {
      const left = [...commands]
      await checks.get(heading)?.(t, site, nextOf(site, left))
      t.same(left, [], 'each command was run')
    })
})
