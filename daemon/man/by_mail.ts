import { usagesOf } from '../../handlers/command/usage.ts'
import { topics } from '../../handlers/index.ts'
import { isOpenAt, type Method } from '../../handlers/method.ts'
import { usageList } from './grammar_macros.ts'
import { belowHeading, mdocOf } from './markdown.ts'
import { section, sentences } from './mdoc.ts'
import { type ManualPage, seeAlso } from './page.ts'
import { prose } from './prose.ts'
import { sourceFile } from './source_file.ts'

/** The sections of the README of mail that people need who write mails; the others are for administrators. */
const HEADINGS = [
  'For submitters',
  'For agents',
  'The key of a letter as a proof',
  'A token in the address as a proof',
  'Commands without proof',
  'Which ticket an answer belongs to',
] as const

/** helpdeskd-mail(7): how submitters and agents work by mail, from the README of mail and the table of methods. */
export function mailPage(): ManualPage {
  const name = 'helpdeskd-mail'
  const readme = sourceFile('daemon/mail/README.md')
  return {
    name,
    chapter: 7,
    about: 'how to work with helpdeskd by mail',
    body: [
      section('Sh', 'DESCRIPTION'),
      ...DESCRIPTION,
      ...HEADINGS.flatMap(heading => [
        section('Sh', heading.toUpperCase()),
        ...mdocOf(belowHeading(readme, heading), { commands: ['.Pp', ...commandList()] }),
      ]),
      ...seeAlso(`${name}.7`),
    ],
  }
}

const DESCRIPTION = [
  '.Xr helpdeskd 8',
  ...sentences('is a helpdesk that people reach by mail, and programs by HTTP POST.'),
  ...prose(
    'A **mail** is what it receives, a **letter** is what it sends. A mail opens a ticket or answers one; a mail of a user, an agent, is carried out as a command if it is proven to come from that user. In the examples, `helpdesk@example.org` is the address of the helpdesk, and `support` the slug of a queue. Names such as `mail.address` are options of the configuration,',
  ),
  'for which there is',
  '.Xr helpdeskd.toml 5 .',
]

/** The commands that a mail may have as its subject. */
function commandList(): string[] {
  const open = topics.flatMap(({ methods }) => methods).filter(method => isOpenAt(method, 'mail'))
  return usageList(open.map(method => ({ usages: usagesOf(method), body: commandBody(method) })))
}

function commandBody({ summary, body, mailBody = body }: Method): string[] {
  return sentences(mailBody === undefined ? summary : `${summary} The text of the mail is the ${mailBody}.`)
}
