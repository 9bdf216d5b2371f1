import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { directoryFor } from '../house.ts'
import { NODE, ROOT } from '../program.ts'
import { boot, type Machine, type Ran } from './namespace.ts'

export const CONFIG = '/etc/helpdeskd/helpdeskd.toml'
export const STATE = '/var/lib/helpdeskd'
export const SOCKETS = ['helpdeskd-smtp.socket', 'helpdeskd-http.socket'] as const
const TRAFFIC = `${ROOT}dist/test/systemd/traffic.js`

/** A machine with helpdeskd on it. */
export interface Service extends Machine {
  systemctl(...words: string[]): Promise<Ran>
  /** A property of the unit, as systemctl shows it. */
  show(property: string): Promise<string>
  /** Runs the program. */
  helpdeskd(...words: string[]): Promise<Ran>
  /** Replaces the configuration. */
  configure(toml: string): Promise<Ran>
  /** The messages of the unit. */
  journal(): Promise<string>
  /** Adds lines to the drop-in of `systemctl edit`. */
  edit(lines: string): Promise<Ran>
  /** Sends so many POSTs, with this login, and so many mails at once; gives what was refused. */
  traffic(login: string, posts: number, mails: number, to: string): Promise<string[]>
}

/** What a machine with helpdeskd can do. */
export function serviceOn(machine: Machine): Service {
  const systemctl = (...words: string[]) => machine.run('systemctl', ...words)
  return {
    ...machine,
    systemctl,
    show: async property => (await systemctl('show', '--value', '-p', property, 'helpdeskd')).out,
    helpdeskd: (...words) => machine.run('helpdeskd', ...words),
    configure: toml => machine.shell(`printf '%s' "$1" >${CONFIG}`, toml),
    journal: async () => (await machine.run('journalctl', '-u', 'helpdeskd', '-o', 'cat', '--no-pager')).out,
    edit: async lines => {
      const directory = '/etc/systemd/system/helpdeskd.service.d'
      const written = await machine.shell(
        `mkdir -p ${directory} && printf '%s\\n' "$1" >>${directory}/override.conf`,
        lines,
      )
      return written.code === 0 ? systemctl('daemon-reload') : written
    },
    traffic: async (login, posts, mails, to) => {
      const words = [String(posts), String(mails), login, 'maria@example.net', to]
      const { out, err } = await machine.inNetwork('env', ...NODE, TRAFFIC, ...words)
      return err ? [err] : JSON.parse(out)
    },
  }
}

/**
 * Boots this machine's systemd in namespaces, with what `npm run build:tests` built installed as a service, its state on a disk of its own
 * of 256 MB; not started. Gives the reason for a skip if systemd does not come up.
 */
export async function installed(t: Test, toml: string): Promise<Service | string> {
  const config = join(directoryFor(t), 'helpdeskd.toml')
  writeFileSync(config, toml)
  const machine = await boot(t, '/', {
    [`${ROOT}dist`]: '/usr/lib/helpdeskd/dist',
    [realpathSync(`${ROOT}node_modules`)]: '/usr/lib/helpdeskd/node_modules',
    [`${ROOT}package.json`]: '/usr/lib/helpdeskd/package.json',
    [`${ROOT}systemd`]: '/srv/systemd',
    [process.execPath]: '/usr/bin/node',
  })
  if (typeof machine === 'string') return machine
  const { code, err } = await machine.shell(
    `cp /srv/systemd/*.service /srv/systemd/*.socket /etc/systemd/system/
    cp /srv/systemd/helpdeskd.sysusers /usr/lib/sysusers.d/helpdeskd.conf
    systemd-sysusers helpdeskd.conf
    ln -sf /usr/lib/helpdeskd/dist/daemon/main.js /usr/bin/helpdeskd
    mkdir -p /etc/helpdeskd ${STATE}
    printf '%s' "$1" >${CONFIG}
    chgrp helpdeskd ${CONFIG}
    chmod 640 ${CONFIG}
    mount -t tmpfs -o size=256m tmpfs ${STATE}
    install -d -o helpdeskd -g helpdeskd -m 700 ${STATE}
    systemctl daemon-reload`,
    readFileSync(config, 'utf8'),
  )
  if (code !== 0) throw new Error(`helpdeskd could not be installed: ${err}`)
  return serviceOn(machine)
}

/** The first user, an administrator, and the first queue; gives the parameters of a login. */
export async function firstUser(service: Service, ...address: string[]): Promise<string> {
  const { out, err } = await service.helpdeskd('init', ...address)
  const [, password] = /shown only once: (\S+)/.exec(out) ?? []
  if (!password) throw new Error(`init says ${out} ${err}`)
  return `user=admin&password=${password}`
}
