import { options } from '../config/config.ts'
import type { Option } from '../config/option.ts'
import { literal, section, sentences, type TagItem, tagList, words } from './mdoc.ts'
import { type ManualPage, seeAlso } from './page.ts'
import { prose } from './prose.ts'
import { sourceFile } from './source_file.ts'

/** helpdeskd.toml(5): every option, from the table of the options. */
export function configurationPage(): ManualPage {
  const name = 'helpdeskd.toml'
  return {
    name,
    chapter: 5,
    about: 'configuration of helpdeskd',
    body: [
      section('Sh', 'DESCRIPTION'),
      ...DESCRIPTION,
      section('Sh', 'OPTIONS'),
      ...bySection().flatMap(([head, keys]) => [section('Ss', head), ...tagList(keys.map(itemFor))]),
      section('Sh', 'FILES'),
      ...tagList([
        {
          tag: 'Pa /etc/helpdeskd/helpdeskd.toml',
          body: ['The configuration, unless another file is named.'],
        },
      ]),
      section('Sh', 'EXAMPLES'),
      ...sentences('A configuration to begin with:'),
      ...literal(EXAMPLE),
      ...seeAlso(`${name}.5`),
      section('Sh', 'STANDARDS'),
      ...sentences('The format is TOML 1.0.'),
    ],
  }
}

const DESCRIPTION = [
  ...sentences(
    'The configuration of helpdeskd is a TOML file: a key, an equals sign and a value on each line, in sections that begin with the name of the section in square brackets. A # begins a comment. Texts stand in quotes, numbers and true or false do not, and lists stand in square brackets.',
  ),
  '.Pp',
  ...sentences(
    'Every option has a default, which stands beside it below, so the file needs only what differs. An unknown key and a wrong value are refused, with the line.',
  ),
  ...prose(
    '`helpdeskd check-config` checks the file and what the daemon will meet with it, and `helpdeskd print-config` shows every option with its value.',
  ),
  '.Pp',
  ...sentences(
    'Other texts name an option by section and key, such as smtp.tls_cert. The options tls_cert and tls_key of a section belong together. The options smtp.submission and smtp.submissions need smtp.tls_cert and smtp.tls_key.',
  ),
  '.Pp',
  ...sentences(
    'The daemon reads the file when it starts. On SIGHUP it reads the files again that certificates and letters are in, and says which other options have changed and wait for a restart.',
  ),
]

/** The configuration of an installation, without its comments. */
const EXAMPLE = sourceFile('systemd/helpdeskd.toml')
  .split('\n')
  .filter(line => !line.startsWith('#'))
  .join('\n')
  .trim()
  .split('\n')

type Entry = readonly [string, Option<unknown>]

/** The options by the head of their section, each with its key in that section. */
function bySection(): [string, Entry[]][] {
  const sections = new Map<string, Entry[]>()
  for (const [name, option] of Object.entries(options) as Entry[]) {
    const [section, key] = name.includes('.') ? (name.split('.') as [string, string]) : ['', name]
    const head = section === '' ? 'Before all sections' : `[${section}]`
    sections.set(head, [...(sections.get(head) ?? []), [key, option]])
  }
  return [...sections]
}

function itemFor([key, option]: Entry): TagItem {
  const { about, rule, fallback, fallbackAbout } = option
  const value = fallbackAbout === undefined ? ` Li = ${words(shownValue(fallback()))}` : ''
  return {
    tag: `Cm ${words(key)}${value}`,
    body: [
      ...sentences(about),
      '.Pp',
      ...sentences(`Value: ${rule}.`),
      ...(fallbackAbout === undefined ? [] : sentences(`Default: ${fallbackAbout}.`)),
    ],
  }
}

/** A default as it stands in the file; a list has its items apart, so that a line can break between them. */
function shownValue(value: unknown): string {
  return JSON.stringify(value).replaceAll('","', '", "')
}
