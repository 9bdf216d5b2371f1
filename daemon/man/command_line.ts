import { usagesOf } from '../../handlers/command/usage.ts'
import { topics } from '../../handlers/index.ts'
import { isOpenAt, type Method } from '../../handlers/method.ts'
import type { Topic } from '../../handlers/methods/help.ts'
import { programCommands } from '../commands/program_commands.ts'
import { commandLineOptions } from '../shell/arguments.ts'
import { exitStatus } from './exit_status.ts'
import { usageList, usageMacros } from './grammar_macros.ts'
import { belowHeading, mdocOf } from './markdown.ts'
import { capital, section, sentences, type TagItem, tagList, words } from './mdoc.ts'
import { type ManualPage, seeAlso } from './page.ts'
import { prose } from './prose.ts'
import { sourceFile } from './source_file.ts'

/** helpdeskd(1): the command line, from the tables of options, commands, methods and exit codes. */
export function commandLinePage(): ManualPage {
  const name = 'helpdeskd'
  return {
    name,
    chapter: 1,
    about: 'helpdesk for HTTP POST and mail, by command line',
    body: [
      section('Sh', 'SYNOPSIS'),
      ...SYNOPSIS,
      section('Sh', 'DESCRIPTION'),
      ...DESCRIPTION,
      section('Sh', 'OPTIONS'),
      ...tagList(Object.entries(commandLineOptions).map(optionItem)),
      section('Sh', 'COMMANDS OF THE PROGRAM'),
      ...tagList(
        [...programCommands.values()].map(({ usage, about }) => ({
          tag: usageMacros(usage),
          body: sentences(`${capital(about)}.`),
        })),
      ),
      section('Sh', 'METHODS'),
      ...METHODS,
      ...topics.flatMap(topicSection),
      ...['Input', 'In the name of a user', 'Output'].flatMap(heading => [
        section('Sh', heading.toUpperCase()),
        ...mdocOf(belowHeading(README, heading)),
      ]),
      section('Sh', 'ENVIRONMENT'),
      ...tagList(ENVIRONMENT),
      section('Sh', 'FILES'),
      ...tagList(FILES),
      ...exitStatus(),
      section('Sh', 'EXAMPLES'),
      ...mdocOf(examples()),
      ...seeAlso(`${name}.1`),
    ],
  }
}

const README = sourceFile('daemon/shell/README.md')

const SYNOPSIS = [
  '.Nm',
  '.Op Fl Fl config Ar file',
  '.Op Fl Fl json',
  '.Op Fl Fl as Ar username',
  '.Ar command',
  '.Op Ar argument ...',
]

const DESCRIPTION = [
  '.Nm',
  ...sentences(
    'is a helpdesk that programs reach by HTTP POST, people by mail, and its operator by this command.',
  ),
  '.Nm Cm serve',
  ...sentences('is the daemon itself, for which there is'),
  '.Xr helpdeskd 8 .',
  ...sentences(
    'Any other command is sent to the running daemon, over a socket that only the owner of the state directory and root can open. If no daemon runs, the command works on the state directory itself. A user who can do that is the operator, and may call every method.',
  ),
]

const METHODS = [
  ...sentences('A method can be called by this command, by mail'),
  '.Pq Xr helpdeskd\\-mail 7',
  ...sentences('and by HTTP POST, with the same result.'),
  ...prose(
    'What stands in square brackets may be left out, and three dots stand for a value. `helpdeskd help hold` explains the parameters of a method, and has an example. With `test` before a command that changes something, it only says what it would do.',
  ),
  '.Pp',
  ...prose(
    'Every method can also be called in its plain form: `hold_ticket ticket=31794 reason="waiting for the part"`.',
  ),
]

const ENVIRONMENT = [
  { tag: 'Ev HELPDESKD_CONFIG', body: sentences('The configuration, unless --config names one.') },
  { tag: 'Ev NO_COLOR', body: sentences('If it is set, a terminal gets no colours.') },
  { tag: 'Ev TZ', body: sentences('The time zone of times in tables on a terminal.') },
]

const FILES = [
  { tag: 'Pa /etc/helpdeskd/helpdeskd.toml', body: ['The configuration; see', '.Xr helpdeskd.toml 5 .'] },
  {
    tag: 'Pa /var/lib/helpdeskd/',
    body: sentences('The state directory, unless state_dir names another one. Back it up as a whole.'),
  },
  {
    tag: 'Pa /var/lib/helpdeskd/helpdeskd.sock',
    body: sentences('The socket to which commands go while the daemon runs.'),
  },
]

type OptionEntry = [string, (typeof commandLineOptions)['help']]

function optionItem([name, { takes, short, about }]: OptionEntry): TagItem {
  const value = takes === undefined ? '' : ` Ar ${words(takes.toLowerCase())}`
  const shorter = short === undefined ? '' : `Fl ${short} , `
  return { tag: `${shorter}Fl Fl ${words(name)}${value}`, body: sentences(about) }
}

function topicSection({ name, methods }: Topic): string[] {
  const open = methods.filter(method => isOpenAt(method, 'shell'))
  return [
    section('Ss', capital(name)),
    ...usageList(open.map(method => ({ usages: usagesOf(method), body: methodBody(method) }))),
  ]
}

function methodBody({ name, summary, description, command }: Method): string[] {
  const plain = command === undefined ? '' : ` Plain form: ${name}.`
  return sentences(`${summary} ${description}${plain}`)
}

/** The first block of code in the README of the shell. */
function examples(): string[] {
  const lines = README.split('\n')
  const from = lines.indexOf('```sh')
  return lines.slice(from, lines.indexOf('```', from) + 1)
}
