import { readdirSync } from 'node:fs'
import { nameList } from '../../data/name_list.ts'
import { exitStatus } from './exit_status.ts'
import { belowHeading, mdocOf } from './markdown.ts'
import { section, sentences, type TagItem, tagList, words } from './mdoc.ts'
import { type ManualPage, seeAlso } from './page.ts'
import { prose } from './prose.ts'
import { SOURCE, sourceFile } from './source_file.ts'

const README = sourceFile('systemd/README.md')
const UNIT = sourceFile('systemd/helpdeskd.service')

/** helpdeskd(8): the service, from its units, the README of the installation and that of the data. */
export function servicePage(): ManualPage {
  const name = 'helpdeskd'
  return {
    name,
    chapter: 8,
    about: 'helpdesk daemon for HTTP POST and mail',
    body: [
      section('Sh', 'SYNOPSIS'),
      '.Nm',
      '.Op Fl Fl config Ar file',
      '.Cm serve',
      section('Sh', 'DESCRIPTION'),
      ...DESCRIPTION,
      section('Sh', 'UNITS'),
      ...UNITS_ABOVE,
      ...tagList([
        { tag: 'Pa helpdeskd.service', body: sentences(`${settingOf(UNIT, 'Description')}.`) },
        ...sockets(),
      ]),
      section('Sh', 'SIGNALS'),
      ...tagList(SIGNALS),
      ...['Ports', 'Secrets', 'When it stops unexpectedly', 'Health', 'Log'].flatMap(heading => [
        section('Sh', heading.toUpperCase()),
        ...mdocOf(belowHeading(README, heading)),
      ]),
      section('Sh', 'ENVIRONMENT'),
      ...tagList(ENVIRONMENT),
      section('Sh', 'FILES'),
      ...tagList([
        {
          tag: 'Pa /etc/helpdeskd/helpdeskd.toml',
          body: ['The configuration; see', '.Xr helpdeskd.toml 5 .'],
        },
        {
          tag: 'Pa /var/lib/helpdeskd/',
          body: sentences(
            'The state directory, unless state_dir names another one. Back it up as a whole. It has these files:',
          ),
        },
      ]),
      ...mdocOf(belowHeading(sourceFile('data/README.md'), 'What is on disk')),
      ...exitStatus(),
      '.Pp',
      ...sentences(
        `The unit does not start the daemon again after ${nameList(settingOf(UNIT, 'RestartPreventExitStatus').split(' '))}.`,
      ),
      ...seeAlso(`${name}.8`),
    ],
  }
}

const DESCRIPTION = [
  '.Nm',
  ...sentences(
    'is a helpdesk that programs reach by HTTP POST, and people by mail. It keeps all its data in one directory, and reports success only after a change is on disk. It runs in the foreground and writes its log to standard error, so that any service manager can run it. The units are for systemd.',
  ),
]

const UNITS_ABOVE = [
  ...sentences(
    'A socket unit keeps its port open while the daemon restarts. Enable those that the site needs.',
  ),
]

const SIGNALS = [
  {
    tag: 'Dv SIGTERM , SIGINT',
    body: sentences(
      'Stop: running requests and mails are finished, sessions are closed, the journal is folded into the snapshot, and the exit code is 0.',
    ),
  },
  {
    tag: 'Dv SIGHUP',
    body: sentences(
      'Read the TLS certificates and the texts of letters again. If one is invalid, the log says so and the old one stays. The log and the state of the service say which options of the configuration have changed and wait for a restart.',
    ),
  },
]

const ENVIRONMENT = [
  { tag: 'Ev HELPDESKD_CONFIG', body: sentences('The configuration, unless --config names one.') },
  {
    tag: 'Ev NOTIFY_SOCKET , WATCHDOG_USEC , WATCHDOG_PID',
    body: ['Set by systemd, for', '.Xr sd_notify 3 .'],
  },
  {
    tag: 'Ev LISTEN_FDS , LISTEN_FDNAMES , LISTEN_PID',
    body: sentences('Set by systemd, for the sockets that it passes.'),
  },
  {
    tag: 'Ev CREDENTIALS_DIRECTORY',
    body: prose('Set by systemd; the files that `credential:NAME` stands for are in it.'),
  },
]

/** The socket units, each with what it opens and the listener it stands for. */
function sockets(): TagItem[] {
  const files = readdirSync(new URL('systemd/', SOURCE)).filter(file => file.endsWith('.socket'))
  return files.sort().map(file => {
    const unit = sourceFile(`systemd/${file}`)
    const where = settingOf(unit, 'ListenStream')
    const place = where.startsWith('/') ? where : `port ${where}`
    const listener = settingOf(unit, 'FileDescriptorName')
    return { tag: `Pa ${words(file)}`, body: sentences(`Opens ${place} for the listener ${listener}.`) }
  })
}

/** The value of a setting in a unit. Throws an Error if there is none. */
function settingOf(unit: string, name: string): string {
  const [, value] = new RegExp(`^${name}=(.+)$`, 'm').exec(unit) ?? []
  if (value === undefined) throw new Error(`a unit has no ${name}`)
  return value
}
