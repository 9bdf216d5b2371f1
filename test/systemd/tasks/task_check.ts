import type { Test } from 'tap'
import type { TaskSite } from './task_site.ts'

/** Runs the next command of a task, with these words in place of those in the README, and gives what it writes. */
export type Next = (words?: Readonly<Record<string, string>>, input?: string) => Promise<string>
/** Makes the situation of a task, runs its commands, and checks that their output has what the task is about. */
export type TaskCheck = (t: Test, site: TaskSite, next: Next) => Promise<void>
