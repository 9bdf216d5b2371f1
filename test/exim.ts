import { spawn } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { wire } from './daemon/mail/wire.ts'
import { killGroup } from './ended.ts'
import { until } from './house.ts'
import { freePort } from './program.ts'
import { pathOf } from './tools.ts'

/** The tools that it needs, for `needs`. */
export const EXIM = ['exim4', 'root'] as const

/**
 * Starts an Exim in a directory that takes mail from this machine for all domains and hands it on at once, each domain to a port of this
 * machine; resolves with its own port when it greets. Ends with the test.
 */
export function startExim(
  t: Test,
  directory: string,
  hostname: string,
  routes: Readonly<Record<string, number>>,
): Promise<number> {
  const names = Object.keys(routes)
  const lines = [
    `spool_directory = ${directory}/spool`,
    `log_file_path = ${directory}/%slog`,
    // It starts itself again for each delivery.
    `exim_path = ${pathOf('exim4')!}`,
    `primary_hostname = ${hostname}`,
    'local_interfaces = 127.0.0.1',
    'keep_environment =',
    'acl_smtp_rcpt = accept',
    'acl_smtp_data = accept',
    'begin acl',
    'accept:',
    '  accept',
    'begin routers',
    ...names.flatMap((domain, at) => [
      `route${at}:`,
      '  driver = manualroute',
      `  domains = ${domain}`,
      `  transport = out${at}`,
      '  route_list = * 127.0.0.1',
      '  self = send',
    ]),
    'begin transports',
    ...names.flatMap((domain, at) => [
      `out${at}:`,
      '  driver = smtp',
      '  allow_localhost',
      '  hosts_avoid_tls = *',
      `  port = ${routes[domain]}`,
    ]),
    '',
  ]
  return runExim(t, directory, lines.join('\n'))
}

/** Starts an Exim with this configuration, which writes below the directory; resolves with its port when it greets. Ends with the test. */
export async function runExim(t: Test, directory: string, configuration: string): Promise<number> {
  const port = await freePort()
  const config = join(directory, 'exim.conf')
  writeFileSync(config, configuration)
  // It writes its log and its spool as a user of its own.
  chmodSync(directory, 0o777)
  const args = ['-C', config, '-bdf', '-oX', `${port}`, '-oP', join(directory, 'pid')]
  const child = spawn(pathOf('exim4')!, args, { stdio: 'ignore', detached: true })
  t.teardown(() => killGroup(child.pid!))
  await until('Exim', async () => {
    const client = await wire(port)
    const reply = await client.say('QUIT')
    client.close()
    return reply.startsWith('221')
  })
  return port
}
