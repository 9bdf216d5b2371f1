import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { hashSync } from 'bcryptjs'
import fc from 'fast-check'
import t from 'tap'
import { Passwords } from '../../data/password.ts'
import { anyCharacter } from '../any_character.ts'
import { NODE } from '../program.ts'
import { runs } from '../runs.ts'

const PASSWORD = 'fido the 2nd dog'
const hash = hashSync(PASSWORD, 10)
const passwords = new Passwords()

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

/** The worker that runs the next task. */
async function workerOf(work: () => Promise<unknown>): Promise<{ worker: Worker; done: Promise<unknown> }> {
  const { postMessage } = Worker.prototype
  let worker: Worker | undefined
  Worker.prototype.postMessage = function (this: Worker, ...message) {
    worker = this
    return postMessage.apply(this, message)
  }
  const done = work()
  Worker.prototype.postMessage = postMessage
  return { worker: worker!, done }
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

t.test('an invalid hash, or one that would take hours, matches nothing and costs no time', async t => {
  const rest = hash.slice(7)
  for (const bad of ['', 'x', PASSWORD, `$2b$31$${rest}`, `$2b$99$${rest}`, `$9z$10$${rest}`, `${hash}x`]) {
    t.equal(await passwords.isRight('susan', PASSWORD, bad), false, bad)
  }
  t.equal(await passwords.isRight('susan', PASSWORD, hash), true)
})

t.test('a correct password is remembered until it is changed', async t => {
  const first = hashSync(PASSWORD, 10)
  const slow = await milliseconds(() => passwords.isRight('susan', PASSWORD, first))
  const fast = await milliseconds(() => passwords.isRight('susan', PASSWORD, first))
  t.ok(fast * 5 < slow, `${fast} ms after ${slow} ms`)
  t.equal(await passwords.isRight('susan', PASSWORD, hashSync('another one', 10)), false)
  t.equal(await passwords.isRight('susan', PASSWORD, null), false, 'switched off')
})

t.test('a login of an unknown user takes as long as one of a known user', async t => {
  const known = hashSync(PASSWORD, 10)
  const times = { known: [] as number[], unknown: [] as number[] }
  for (let round = 0; round < 7; round++) {
    times.known.push(await milliseconds(() => passwords.isRight('susan', `wrong ${round}`, known)))
    times.unknown.push(await milliseconds(() => passwords.isRight('nobody', `wrong ${round}`, null)))
  }
  const median = (list: number[]) => list.sort((a, b) => a - b)[3]!
  const ratio = median(times.unknown) / median(times.known)
  t.ok(ratio > 0.5 && ratio < 2, `ratio ${ratio}`)
})

t.test('concurrent checks of one login share the work; those of two unknown users do not', async t => {
  let tasks = 0
  const { postMessage } = Worker.prototype
  Worker.prototype.postMessage = function (this: Worker, ...message) {
    tasks++
    return postMessage.apply(this, message)
  }
  t.teardown(() => {
    Worker.prototype.postMessage = postMessage
  })
  const other = hashSync('another one', 10)
  t.same(await Promise.all([1, 2, 3].map(() => passwords.isRight('susan', 'another one', other))), [
    true,
    true,
    true,
  ])
  t.equal(tasks, 1)
  await Promise.all(['a', 'b', 'b'].map(username => passwords.isRight(username, 'guess', null)))
  t.equal(tasks, 3)
})

t.test('with 32 checks waiting, further logins are refused with advice to try again', async t => {
  const logins = Array.from({ length: 40 }, (_, at) => passwords.isRight('susan', `guess ${at}`, hash))
  const results = await Promise.allSettled([...logins, passwords.hash('a good password')])
  const refused = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]
  t.equal(refused.length, 9)
  for (const { reason } of refused) {
    t.match(reason, {
      name: 'Failure',
      code: 'unavailable',
      message: /^Too many logins .* again in a few seconds\.$/,
    })
  }
  t.equal(await passwords.isRight('susan', PASSWORD, hash), true, 'the next login succeeds')
})

t.test('two instances share no queue and no memory', async t => {
  const others = new Passwords()
  const guesses = Promise.allSettled(
    Array.from({ length: 40 }, (_, at) => passwords.isRight('susan', `guess ${at}`, hash)),
  )
  t.equal(await others.isRight('susan', PASSWORD, hash), true)
  t.equal(others.isRemembered('susan', PASSWORD, hash), true)
  t.equal(new Passwords().isRemembered('susan', PASSWORD, hash), false)
  await guesses
  const closed = t.rejects(others.isRight('susan', 'a guess', hash), /password worker ended/)
  await others.close()
  await closed
})

t.test('a password check does not block the event loop', async t => {
  const slow = hashSync(PASSWORD, 10)
  let ticks = 0
  const timer = setInterval(() => ticks++, 1)
  await Promise.all([1, 2, 3, 4, 5].map(at => passwords.isRight('susan', `guess ${at}`, slow)))
  clearInterval(timer)
  t.ok(ticks >= 20, `${ticks} ticks`)
})

t.test('the tasks of a worker that dies are rejected, and the next task starts a new worker', async t => {
  const killed = await workerOf(() => passwords.isRight('susan', 'a guess', hashSync(PASSWORD, 12)))
  const rejected = t.rejects(killed.done, /password worker ended/)
  await killed.worker.terminate()
  await rejected
  t.equal(await passwords.isRight('susan', 'another one', hash), false)

  const thrown = await workerOf(() => passwords.isRight('susan', 'a third one', hashSync(PASSWORD, 12)))
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
  await t.resolves(fc.assert(property, runs(30)))
})

t.test('an idle worker does not keep the process alive', async t => {
  const module = new URL('../../data/password.js', import.meta.url).href
  const code = `import(${JSON.stringify(module)}).then(({ Passwords }) => new Passwords().isRight('susan', 'x', null)).then(right => console.log(right))`
  const run = await promisify(execFile)('env', [...NODE, '--eval', code], { timeout: 20_000 })
  t.equal(run.stdout, 'false\n')
})
