import { Worker } from 'node:worker_threads'

interface PasswordTask {
  readonly worker: Worker
  readonly task: { readonly id: number; readonly password: string; readonly hash?: string }
}

/** Lists the tasks that are given to password workers during `work`, each of which is one run of bcrypt. `isHeld` keeps them from the workers. */
export async function passwordTasks<R>(
  work: () => Promise<R>,
  { isHeld = false } = {},
): Promise<{ tasks: PasswordTask[]; result: R }> {
  const { postMessage } = Worker.prototype
  const tasks: PasswordTask[] = []
  Worker.prototype.postMessage = function (this: Worker, task, ...more) {
    tasks.push({ worker: this, task })
    if (!isHeld) postMessage.call(this, task, ...more)
  }
  try {
    return { result: await work(), tasks }
  } finally {
    Worker.prototype.postMessage = postMessage
  }
}
