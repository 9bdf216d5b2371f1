import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promises as files, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import timers from 'node:timers/promises'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { lock } from '../../../data/json/lock/lock.ts'
import { endWith } from '../../ended.ts'
import { directoryFor } from '../../house.ts'
import { NODE } from '../../program.ts'
import { runs } from '../../runs.ts'
import { needs } from '../../tools.ts'
import { add, open, opened, titles } from './json_store.ts'

const PROCESSES = process.env.HELPDESKD_TORTURE ? 20 : 4
const ROUNDS = process.env.HELPDESKD_TORTURE ? 300 : 6
/** How often each process takes the lock in the race. */
const RACE_TIMES = process.env.HELPDESKD_TORTURE ? 500 : 5
const LOCKER = join(import.meta.dirname, 'locker.js')

const locksIn = (directory: string) => readdirSync(directory).filter(name => name.startsWith('lock'))

interface Locker {
  readonly child: ChildProcess
  /** Sends a command; gives the answer. */
  tell(command: string): Promise<string>
  /** Kills it, as in a crash. */
  kill(): Promise<void>
}

/** Starts a child process that can lock a directory; see locker.ts. `under` is a program, with its arguments, that executes it. */
async function locker(t: Test, directory: string, under: readonly string[] = []): Promise<Locker> {
  const [program = 'env', ...before] = [...under, 'env']
  const child = spawn(program, [...before, ...NODE, LOCKER, directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  endWith(t, child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const gone = new Promise<void>(resolve => child.once('close', () => resolve()))
  const line = async () => (await lines.next()).value ?? 'it has ended'
  t.equal(await line(), 'ready')
  return {
    child,
    tell: command => {
      child.stdin.write(`${command}\n`)
      return line()
    },
    kill: () => {
      child.kill('SIGKILL')
      return gone
    },
  }
}

const mount = (t: Test, target: string, ...args: readonly string[]) => {
  mkdirSync(target, { recursive: true })
  execFileSync('mount', [...args, target])
  t.teardown(() => execFileSync('umount', ['-l', target]))
}

/** Mounts a file system from an image file. */
function mountImage(t: Test, target: string, size: string, program: string): void {
  const image = `${target}.img`
  execFileSync('truncate', ['-s', size, image])
  execFileSync(program, ['-q', image])
  mount(t, target, '-o', 'loop', image)
}

const disks: Readonly<Record<string, { tools: string[]; mount: (t: Test, target: string) => void }>> = {
  tmpfs: { tools: [], mount: (t, target) => mount(t, target, '-t', 'tmpfs', 'tmpfs') },
  ext4: { tools: ['mkfs.ext4'], mount: (t, target) => mountImage(t, target, '16M', 'mkfs.ext4') },
  xfs: { tools: ['mkfs.xfs'], mount: (t, target) => mountImage(t, target, '320M', 'mkfs.xfs') },
  overlayfs: {
    tools: [],
    mount: (t, target) => {
      const layers = `${target}.layers`
      mount(t, layers, '-t', 'tmpfs', 'tmpfs')
      const [lower, upper, work] = ['lower', 'upper', 'work'].map(name => join(layers, name))
      for (const path of [lower, upper, work]) mkdirSync(path!)
      const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`
      mount(t, target, '-t', 'overlay', '-o', options, 'overlay')
    },
  },
}

for (const [name, disk] of Object.entries(disks)) {
  const skip = needs('root', 'mount', 'umount', 'unshare', 'truncate', ...disk.tools)
  t.test(`on ${name} a second process is refused, through whatever path it comes`, { skip }, async t => {
    const directory = directoryFor(t)
    const root = join(directory, 'disk')
    disk.mount(t, root)
    const state = join(root, 'state')
    mkdirSync(state)
    const link = join(directory, 'link')
    symlinkSync(state, link)
    const bound = join(directory, 'bound')
    mount(t, bound, '--bind', state)
    const holder = await locker(t, state)
    t.equal(await holder.tell('lock'), 'holds')
    const isolated = await locker(t, state, ['unshare', '--net', '--mount', '--ipc'])
    for (const path of [state, link, bound]) {
      const message = `${path} is in use by process ${holder.child.pid};`
      await t.rejects(lock(path), { code: 'conflict', message })
      t.match(await isolated.tell(`lock ${path}`), `refused: ${message}`, `isolated, ${path}`)
    }
    await holder.kill()
    t.equal(locksIn(state).length, 1, 'the dead process left its name')
    t.equal(await isolated.tell(`lock ${bound}`), 'holds', 'after a kill -9 another gets it')
    t.equal(locksIn(state).length, 1, 'the name of the dead process is gone')
    await t.rejects(lock(state), { code: 'conflict', message: `in use by process ${isolated.child.pid};` })
    t.equal(await isolated.tell('release'), 'released')
    t.same(locksIn(state), [])
  })
}

t.test(
  'the refusal names the host of the holder, if it is another',
  { skip: needs('root', 'unshare', 'hostname') },
  async t => {
    const directory = directoryFor(t)
    const holder = await locker(t, directory, [
      'unshare',
      '--uts',
      'sh',
      '-c',
      'hostname elsewhere; exec "$@"',
      'sh',
    ])
    t.equal(await holder.tell('lock'), 'holds')
    await t.rejects(lock(directory), {
      code: 'conflict',
      message: `${directory} is in use by process ${holder.child.pid} on the host "elsewhere"; only one helpdeskd at a time`,
    })
  },
)

t.test('a stopped process keeps the lock', async t => {
  const directory = directoryFor(t)
  const holder = await locker(t, directory)
  t.equal(await holder.tell('lock'), 'holds')
  holder.child.kill('SIGSTOP')
  await t.rejects(lock(directory), {
    code: 'conflict',
    message: /in use by another process, which does not answer/,
  })
  holder.child.kill('SIGCONT')
  await t.rejects(lock(directory), { code: 'conflict', message: `in use by process ${holder.child.pid};` })
  t.equal(locksIn(directory).length, 1)
})

t.test('a process that closes without an answer counts as alive', async t => {
  const directory = directoryFor(t)
  const server = createServer(connection => connection.destroy()).listen(join(directory, 'lock.zzzzzzzzz'))
  t.teardown(() => server.close())
  await once(server, 'listening')
  await t.rejects(lock(directory, 300), {
    code: 'conflict',
    message: /in use by another process, which does not answer/,
  })
  t.same(locksIn(directory), ['lock.zzzzzzzzz'])
})

t.test(`of ${PROCESSES} processes that start at once, one gets the lock, and never two`, async t => {
  const directory = directoryFor(t)
  const lockers = await Promise.all(Array.from({ length: PROCESSES }, () => locker(t, directory)))
  for (let round = 1; round <= ROUNDS; round++) {
    const said = await Promise.all(lockers.map(({ tell }) => tell('lock')))
    const at = said.indexOf('holds')
    const { pid } = lockers[at]?.child ?? {}
    const others = said.filter(told => told !== 'holds')
    if (others.length !== PROCESSES - 1)
      return t.fail(`${others.length} were refused in round ${round}`, { said })
    t.ok(
      others.every(told => told.includes(`in use by process ${pid};`)),
      `round ${round}: all are told who has it`,
      { said },
    )
    if (round % 3 === 0) {
      await lockers[at]!.kill()
      lockers[at] = await locker(t, directory)
    } else await lockers[at]!.tell('release')
  }
  const ends = await Promise.all(lockers.map(({ tell }) => tell(`race ${RACE_TIMES}`)))
  t.same(ends, Array(PROCESSES).fill('over'), 'never two at the same time')
  t.same(locksIn(directory), [], 'nothing is left')
})

t.test('in every interleaving of concurrent starts, never two have the lock', async t => {
  const steps = { ...files }
  const { setTimeout } = timers
  t.teardown(() => {
    Object.assign(files, steps)
    timers.setTimeout = setTimeout
    syncBuiltinESMExports()
  })
  // All processes run as far as they can before one is chosen for the next step.
  const act = async (step: () => Promise<unknown>) => {
    await setTimeout(3)
    await step()
  }
  await fc.assert(
    fc.asyncProperty(fc.scheduler({ act }), fc.integer({ min: 2, max: 4 }), async (scheduler, many) => {
      const directory = directoryFor(t)
      const inTurn = <A extends unknown[], R>(step: (...args: A) => R) => {
        return async (...args: A) => {
          await scheduler.schedule(Promise.resolve())
          return step(...args)
        }
      }
      const { rename, readdir } = steps
      Object.assign(files, { rename: inTurn(rename), readdir: inTurn(readdir as unknown as typeof rename) })
      timers.setTimeout = inTurn(() => {}) as typeof setTimeout
      syncBuiltinESMExports()
      let holders = 0
      let held = 0
      const starters = Array.from({ length: many }, async () => {
        const release = await lock(directory).catch(error => {
          if (error.code !== 'conflict') throw error
        })
        if (!release) return
        held++
        if (++holders > 1) throw new Error('two have it')
        await scheduler.schedule(Promise.resolve())
        holders--
        await release()
      })
      await scheduler.waitFor(Promise.all(starters))
      if (held === 0) throw new Error('nobody had it')
    }),
    runs(50, 10),
  )
})

t.test('the names of dead processes are removed, and nothing else', async t => {
  const directory = directoryFor(t)
  const running = await opened(t, directory)
  await add(running, 'kept')
  const copy = join(directoryFor(t), 'copy')
  // A backup tool restores sockets, on which nobody listens.
  execFileSync('cp', ['-a', directory, copy])
  const [name] = locksIn(copy)
  execFileSync('cp', ['-a', join(copy, name!), join(copy, 'lock~half00000')])
  mkdirSync(join(copy, 'lock.directory'))
  mkdirSync(join(copy, 'lock.000000000'))
  const store = await open(copy)
  t.same(await titles(store), ['kept'])
  const locks = locksIn(copy).filter(lock => !['lock.directory', 'lock.000000000'].includes(lock))
  t.equal(locks.length, 1)
  t.notSame(locks, [name])
  await store.close()
  t.same(locksIn(copy).sort(), ['lock.000000000', 'lock.directory'])
  t.same(locksIn(directory), [name], 'the original is still locked')
})

t.test('a process whose name is removed before it is published begins again', async t => {
  const directory = directoryFor(t)
  const { rename, rm } = files
  let swept = 0
  t.teardown(() => {
    files.rename = rename
    syncBuiltinESMExports()
  })
  files.rename = async (from, to) => {
    if (swept++ === 0) await rm(from)
    return rename(from, to)
  }
  syncBuiltinESMExports()
  const release = await lock(directory)
  t.equal(swept, 2)
  await release()
  t.same(locksIn(directory), [])
})

t.test('a directory on a shared file system is refused', async t => {
  const directory = directoryFor(t)
  const { statfs } = files
  t.teardown(() => {
    files.statfs = statfs
    syncBuiltinESMExports()
  })
  for (const [type, name] of [
    [0x6969, 'NFS'],
    [0xff534d42, 'CIFS'],
    [0xff534d42 | 0, 'CIFS'],
    [0x65735546, 'FUSE'],
  ] as const) {
    files.statfs = (async () => ({ type })) as unknown as typeof statfs
    syncBuiltinESMExports()
    await t.rejects(open(directory), {
      code: 'invalid',
      message: `${directory} is on ${name}, where a second machine`,
    })
  }
  t.same(locksIn(directory), [])
})

t.test('a directory whose path is too long for a lock is refused with a sentence', async t => {
  const long = join(directoryFor(t), 'x'.repeat(100))
  await t.rejects(open(long), { code: 'invalid', message: /too long for a socket/ })
})

t.test('a file system without sockets is refused with a sentence', { skip: needs('root') }, async t => {
  await t.rejects(lock('/sys/kernel'), { code: 'invalid', message: /no Unix sockets \(EPERM\)/ })
})
