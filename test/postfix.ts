import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { wire } from './daemon/mail/wire.ts'
import { killGroup } from './ended.ts'
import { until } from './house.ts'
import { freePort } from './program.ts'

const execute = promisify(execFile)

/** The services of master.cf that a Postfix needs which accepts mail and delivers it by SMTP, LMTP and to local users. */
export const POSTFIX_SERVICES = [
  'cleanup unix n - n - 0 cleanup',
  'qmgr unix n - n 300 1 qmgr',
  'rewrite unix - - n - - trivial-rewrite',
  'bounce unix - - n - 0 bounce',
  'defer unix - - n - 0 bounce',
  'trace unix - - n - 0 bounce',
  'proxymap unix - - n - - proxymap',
  'smtp unix - - n - - smtp',
  'lmtp unix - - n - - lmtp',
  'error unix - - n - - error',
  'retry unix - - n - - error',
  'local unix - n n - - local',
  'anvil unix - - n - 1 anvil',
  'postlog unix-dgram n - n - 1 postlogd',
]

export interface Postfix {
  readonly port: number
  end(): Promise<void>
}

/** The tools that it needs, for `needs`. */
export const POSTFIX = ['postfix', 'root'] as const

/**
 * Starts a Postfix of its own in a directory, with these lines in main.cf; resolves when it greets. Its processes must be able to enter the
 * directory, which it opens for them.
 */
export async function startPostfix(directory: string, settings: readonly string[]): Promise<Postfix> {
  const port = await freePort()
  chmodSync(directory, 0o755)
  for (const name of ['conf', 'spool', 'data']) mkdirSync(join(directory, name), { recursive: true })
  await execute('chown', ['postfix', join(directory, 'data')])
  const main = [
    'compatibility_level = 3.6',
    `queue_directory = ${join(directory, 'spool')}`,
    `data_directory = ${join(directory, 'data')}`,
    `maillog_file = ${join(directory, 'log')}`,
    `maillog_file_prefixes = ${directory}`,
    'inet_interfaces = 127.0.0.1',
    'inet_protocols = ipv4',
    'mynetworks = 127.0.0.0/8',
    'alias_maps =',
    'alias_database =',
    ...settings,
    '',
  ]
  writeFileSync(join(directory, 'conf', 'main.cf'), main.join('\n'))
  const master = [`127.0.0.1:${port} inet n - n - - smtpd`, ...POSTFIX_SERVICES, '']
  writeFileSync(join(directory, 'conf', 'master.cf'), master.join('\n'))
  const postfix = (command: string) =>
    execute('postfix', ['-c', join(directory, 'conf'), command], {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    })
  await postfix('start')
  await greeted(port)
  const leader = Number(readFileSync(join(directory, 'spool/pid/master.pid'), 'utf8'))
  return {
    port,
    end: async () => {
      await postfix('stop')
      await killGroup(leader)
    },
  }
}

/** Waits until it listens. */
async function greeted(port: number): Promise<void> {
  await until('Postfix', async () => {
    const client = await wire(port)
    const reply = await client.say('QUIT')
    client.close()
    return reply.startsWith('221') || undefined
  })
}
