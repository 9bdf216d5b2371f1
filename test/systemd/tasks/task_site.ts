import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { parseConfig } from '../../../daemon/config/config.ts'
import type { Daemon } from '../../../daemon/daemon.ts'
import type { Row, Table } from '../../../data/tables.ts'
import { commandLines } from '../../command_lines.ts'
import { certificateIn } from '../../daemon/mail/certificate.ts'
import { kept } from '../../daemon/mail/kept.ts'
import { type ScriptedServer, smtpServer } from '../../daemon/mail/smtp_script.ts'
import { sendRaw } from '../../daemon/mail/wire.ts'
import {
  configFor,
  configText,
  directoryFor,
  eventsTo,
  furnishUsually,
  HELPDESK,
  inStore,
  LETTERS_AT_ONCE,
  SUSAN,
  startFor,
  until,
} from '../../house.ts'
import type { Ended } from '../../program.ts'
import { journalctl } from './journal.ts'
import { openShell } from './open_shell.ts'
import { type Stub, stubPrograms } from './stub_programs.ts'

/** To these, the smarthost gives a reply that is not 250. */
const REPLIES: Readonly<Record<string, string>> = {
  'mria@example.net': '550 5.1.1 no such mailbox',
  'busy@example.net': '450 4.2.2 mailbox full',
}

/** A machine with a helpdesk, on which an administrator works in a shell. */
export interface TaskSite {
  /** Where its shell works. */
  readonly directory: string
  /** The directory that stands for the root of the machine. */
  readonly root: string
  readonly smarthost: ScriptedServer
  daemon(): Daemon
  /** A command of the README with the paths of this site. */
  here(command: string): string
  /** Runs a command line in a shell. */
  shell(command: string, input?: string): Promise<Ended>
  /** Sends a mail with these lines of the header, and a text; gives the reply. */
  mail(from: string, header: readonly string[], to?: string): Promise<string>
  /** Makes a POST with susan's login, or with another password. */
  post(
    method: string,
    params: Record<string, string>,
  ): Promise<{ status: number; body: string; request: string }>
  /** Waits for the last record of a table that fits. */
  last<T extends Table>(table: T, fits: (row: Row<T>) => boolean): Promise<Row<T>>
}

/** Sets the helpdesk up and starts it. */
export async function taskSite(t: Test): Promise<TaskSite> {
  const directory = directoryFor(t)
  const root = join(directory, 'root')
  const [etc, state] = [join(root, 'etc/helpdeskd'), join(root, 'var/lib/helpdeskd')]
  for (const path of [etc, state]) mkdirSync(path, { recursive: true })
  const { cert, key } = certificateIn(etc)
  const smarthost = await smtpServer(t, (stage, received) =>
    stage === 'RCPT' ? REPLIES[/<(.*?)>/.exec(received)?.[1] ?? ''] : undefined,
  )
  const more = [
    `state_dir = "${state}"`,
    `smarthost.url = "smtp://127.0.0.1:${smarthost.port}"`,
    `smtp.tls_cert = "${cert}"`,
    `smtp.tls_key = "${key}"`,
    'mail.spam_header = "X-Spam-Flag: YES"',
    'limits.letters_per_address_hour = 2',
  ].join('\n')
  const config = join(etc, 'helpdeskd.toml')
  writeFileSync(config, configText(directory, more))
  await inStore(configFor(directory, more), store => store.transact(furnishUsually))

  const log: string[] = []
  const { running, systemctl } = await service(t, () =>
    startFor(t, parseConfig(readFileSync(config, 'utf8'), config), eventsTo(log), {}, LETTERS_AT_ONCE),
  )
  const command = commandLines(t)
  const bin = await stubPrograms(t, directory, {
    helpdeskd: (words, input) => command(['--config', config, ...words], input),
    systemctl,
    journalctl: words => journalctl(directory, log, words),
  })
  const post = async (method: string, params: Record<string, string>) => {
    const url = `http://127.0.0.1:${running().httpPort}/api/${method}/`
    const body = new URLSearchParams({ user: SUSAN.username, password: SUSAN.password, ...params })
    const response = await fetch(url, { method: 'POST', body })
    const request = response.headers.get('x-request-id') ?? ''
    return { status: response.status, body: await response.text(), request }
  }
  return {
    directory,
    root,
    smarthost,
    daemon: running,
    here: command =>
      command
        .replaceAll(/\/(etc\/helpdeskd|var\/lib\/helpdeskd|srv\/backup)/g, `${root}$&`)
        .replaceAll('-C / ', `-C ${root} `)
        .replaceAll('/root/helpdeskd.tar.gz', `${directory}/helpdeskd.tar.gz`),
    shell: openShell(t, directory, bin),
    mail: (from, header, to = HELPDESK) => {
      const fields = [`From: ${from}`, `To: ${to}`, `Date: ${new Date().toUTCString()}`, ...header]
      const raw = [...fields, '', 'The text.'].join('\r\n')
      return sendRaw(running().smtpPort, { raw, from, to })
    },
    post,
    last: (table, fits) => until(`one of ${table}`, async () => (await kept(state, table)).findLast(fits)),
  }
}

/** A daemon that a stub of systemctl starts and stops, as the units would. It runs already. */
async function service(
  t: Test,
  start: () => Promise<Daemon>,
): Promise<{ running: () => Daemon; systemctl: Stub }> {
  let daemon: Daemon | undefined = await start()
  t.teardown(() => daemon?.stop())
  const stop = async () => {
    await daemon?.stop()
    daemon = undefined
  }
  const begin = async () => {
    daemon ??= await start()
  }
  const verbs: Readonly<Record<string, () => Promise<void>>> = {
    start: begin,
    enable: begin,
    stop,
    disable: stop,
    restart: () => stop().then(begin),
    reload: async () => daemon!.reload(),
  }
  const systemctl: Stub = async ([verb = '', ...names]) => {
    // The sockets are those of the daemon itself here.
    if (names.includes('helpdeskd')) await verbs[verb]!()
    return { exit: 0, out: '', err: '' }
  }
  return { running: () => daemon!, systemctl }
}
