import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { hashSync } from 'bcryptjs'
import fc from 'fast-check'
import t from 'tap'
import { Passwords } from '../../../data/password/password.ts'
import { anyCharacter } from '../../any_character.ts'
import { NODE } from '../../program.ts'
import { runs } from '../../runs.ts'
import { passwordTasks } from './password_tasks.ts'

const PASSWORD = 'fido the 2nd dog'
const hash = hashSync(PASSWORD, 10)
/** A hash of `another one`. */
const OTHER_HASH = hashSync('another one', 10)
/** No password fits it, and each check of it takes 0.4 s. */
const SLOW_HASH = hash.replace('$10$', '$12$')
const passwords = new Passwords()

/** The worker that runs the next task. */
async function workerOf(work: () => Promise<unknown>): Promise<{ worker: Worker; done: Promise<unknown> }> {
  const { tasks, result } = await passwordTasks(async () => ({ done: work() }))
  return { worker: tasks[0]!.worker, ...result }
}

t.test('a password matches its hash, and no other password does', async t => {
  const made = await passwords.hash(PASSWORD)
  t.match(made, /^\$2[aby]\$10\$/, 'bcrypt with the configured cost')
  t.notMatch(made, PASSWORD)
  t.not(await passwords.hash(PASSWORD), made, 'salted')
  t.equal(await passwords.isRight('susan', PASSWORD, made), true)
  t.equal(await passwords.isRight('susan', `${PASSWORD}!`, made), false)
  t.equal(await passwords.isRight('susan', PASSWORD.toUpperCase(), made), false)
})

t.test('a password that is too short, or that bcrypt would cut, is refused when set', async t => {
  const refused = (password: string, sentence: RegExp) =>
    t.rejects(passwords.hash(password), { name: 'Failure', code: 'invalid', message: sentence })
  await refused('', /too short/)
  await refused('1234567', /too short; give at least 8 characters/)
  await refused('ééééééé', /too short/)
  await refused('x'.repeat(73), /has 73 bytes; give at most 72/)
  await refused('é'.repeat(37), /has 74 bytes/)
  await refused('x'.repeat(100_000), /has 100000 bytes/)
  await refused('a NUL \0 in it', /contains a NUL character/)
  const longest = 'é'.repeat(36)
  t.equal(await passwords.isRight('susan', longest, await passwords.hash(longest)), true)
})

t.test('passwords that bcrypt does not distinguish are distinguished', async t => {
  const long = 'x'.repeat(72)
  const made = hashSync(long, 10)
  t.equal(await passwords.isRight('susan', long, made), true)
  t.equal(await passwords.isRight('susan', `${long}y`, made), false, 'bcrypt reads 72 bytes')
  t.equal(await passwords.isRight('susan', `${PASSWORD}\0`, hash), false)
  t.equal(await passwords.isRight('susan', '', hashSync('', 10)), false, 'an empty password is never right')
})

t.test(
  'an invalid hash, or one that would take hours, matches nothing and costs no more than a valid one',
  async t => {
    const own = new Passwords()
    t.teardown(() => own.close())
    const rest = hash.slice(7)
    const bad = ['', 'x', PASSWORD, `$2b$31$${rest}`, `$2b$99$${rest}`, `$9z$10$${rest}`, `${hash}x`]
    // The test says in place of the worker that each is right, and bcrypt never runs.
    const { tasks, result } = await passwordTasks(
      async () => ({
        results: Promise.all(bad.map((hash, at) => own.isRight(`user ${at}`, PASSWORD, hash))),
      }),
      { isHeld: true },
    )
    t.same(
      tasks.map(({ task }) => task.hash?.slice(0, 7)),
      bad.map(() => '$2b$10$'),
      'the work is that of a valid hash',
    )
    for (const { worker, task } of tasks) worker.emit('message', { id: task.id, result: true })
    t.same(
      await result.results,
      bad.map(() => false),
    )
    t.equal(await passwords.isRight('susan', PASSWORD, hash), true)
  },
)

t.test('a correct password is remembered until it is changed', async t => {
  const own = new Passwords()
  t.teardown(() => own.close())
  const isRight = () => own.isRight('susan', PASSWORD, hash)
  t.match(await passwordTasks(isRight), { result: true, tasks: { length: 1 } })
  t.match(await passwordTasks(isRight), { result: true, tasks: { length: 0 } }, 'without bcrypt')
  t.equal(await own.isRight('susan', PASSWORD, OTHER_HASH), false)
  t.equal(await own.isRight('susan', PASSWORD, null), false, 'switched off')
})

t.test('a login of an unknown user is as much work as one of a known user', async t => {
  const workOf = async (username: string, hash: string | null) => {
    const { result, tasks } = await passwordTasks(() => passwords.isRight(username, 'a guess', hash))
    t.equal(result, false)
    return tasks.map(({ task }) => [task.password, task.hash?.slice(0, 7)])
  }
  const known = await workOf('susan', OTHER_HASH)
  t.same(known, [['a guess', '$2b$10$']])
  t.same(await workOf('nobody', null), known)
})

t.test('concurrent checks of one login share the work; those of two unknown users do not', async t => {
  const { tasks, result } = await passwordTasks(() =>
    Promise.all([1, 2, 3].map(() => passwords.isRight('susan', 'another one', OTHER_HASH))),
  )
  t.same(result, [true, true, true])
  t.equal(tasks.length, 1)
  const unknown = await passwordTasks(() =>
    Promise.all(['a', 'b', 'b'].map(username => passwords.isRight(username, 'guess', null))),
  )
  t.equal(unknown.tasks.length, 2)
})

t.test('with 32 checks waiting, further logins are refused with advice to try again', async t => {
  const own = new Passwords()
  t.teardown(() => own.close())
  // The test answers the 32 tasks in place of the worker, which would take seconds.
  const { tasks, result } = await passwordTasks(
    async () => {
      const logins = Array.from({ length: 40 }, (_, at) => own.isRight('susan', `guess ${at}`, hash))
      return { results: Promise.allSettled([...logins, own.hash('a good password')]) }
    },
    { isHeld: true },
  )
  t.equal(tasks.length, 32)
  await t.rejects(own.isRight('susan', PASSWORD, hash), { code: 'unavailable' })
  for (const { worker, task } of tasks) worker.emit('message', { id: task.id, result: false })
  const results = await result.results
  const refused = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]
  t.equal(refused.length, 9)
  for (const { reason } of refused) {
    t.match(reason, {
      name: 'Failure',
      code: 'unavailable',
      message: /^Too many logins .* again in a few seconds\.$/,
    })
  }
  t.equal(await own.isRight('susan', PASSWORD, hash), true, 'the next login succeeds')
})

t.test('two instances share no queue and no memory', async t => {
  const [full, others] = [new Passwords(), new Passwords()]
  const guesses = Promise.allSettled(
    Array.from({ length: 40 }, (_, at) => full.isRight('susan', `guess ${at}`, hash)),
  )
  t.equal(await others.isRight('susan', PASSWORD, hash), true)
  t.equal(others.isRemembered('susan', PASSWORD, hash), true)
  t.equal(full.isRemembered('susan', PASSWORD, hash), false)
  await full.close()
  await guesses
  const closed = t.rejects(others.isRight('susan', 'a guess', hash), /password worker ended/)
  await others.close()
  await closed
  const { tasks } = await passwordTasks(() =>
    t.rejects(others.isRight('susan', 'a guess', hash), { code: 'unavailable' }),
  )
  t.equal(tasks.length, 0, 'after the close no worker starts')
})

t.test('a password check does not block the event loop', async t => {
  let turns = 0
  let checking = true
  const turn = () => {
    turns++
    if (checking) setImmediate(turn)
  }
  setImmediate(turn)
  await passwords.isRight('susan', 'a guess', hash)
  checking = false
  t.ok(turns >= 20, `${turns} turns`)
})

t.test('the tasks of a worker that dies are rejected, and the next task starts a new worker', async t => {
  const killed = await workerOf(() => passwords.isRight('susan', 'a guess', SLOW_HASH))
  const rejected = t.rejects(killed.done, /password worker ended/)
  await killed.worker.terminate()
  await rejected
  t.equal(await passwords.isRight('susan', 'another one', hash), false)

  const thrown = await workerOf(() => passwords.isRight('susan', 'a third one', SLOW_HASH))
  const alsoRejected = t.rejects(thrown.done, { message: 'out of order' })
  thrown.worker.emit('error', new Error('out of order'))
  await thrown.worker.terminate()
  await alsoRejected
  t.equal(await passwords.isRight('susan', 'a third one', hash), false)
})

t.test('an arbitrary text does not match', async t => {
  const property = fc.asyncProperty(
    fc.string({ unit: anyCharacter, maxLength: 100 }),
    fc.string(),
    async (password, bad) =>
      password === PASSWORD ||
      (!(await passwords.isRight('susan', password, hash)) &&
        !(await passwords.isRight(password, PASSWORD, bad))),
  )
  await t.resolves(fc.assert(property, runs(30, 3)))
})

t.test('an idle worker does not keep the process alive', async t => {
  const module = new URL('../../../data/password/password.js', import.meta.url).href
  const code = `import(${JSON.stringify(module)}).then(({ Passwords }) => new Passwords().isRight('susan', 'x', null)).then(right => console.log(right))`
  const run = await promisify(execFile)('env', [...NODE, '--eval', code], { timeout: 20_000 })
  t.equal(run.stdout, 'false\n')
})
