import type { Config } from './config.ts'

/** What the options about the mail of this site do: a sentence for each address or field that is set. */
export function mailRules(config: Config): string[] {
  const spam = config['mail.spam_header']
  return [
    ...config['mail.aliases'].map(
      alias =>
        `${alias} is an address of this site that forwards to the helpdesk: mail to it counts as sent to the helpdesk, and mail from it is not answered.`,
    ),
    ...config['mail.forms'].map(
      form => `Mail from ${form} is a form: the person in its Reply-To becomes the submitter.`,
    ),
    ...config['mail.lists'].map(
      list => `Mail through the list ${list} counts as sent by its author, who becomes the submitter.`,
    ),
    ...(spam ? [`Mail with ${spam.name}: ${spam.value} is spam: it is kept, and opens no ticket.`] : []),
  ]
}
