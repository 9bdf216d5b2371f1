import type { Config } from './config.ts'
import { NAMELESS } from './option.ts'

/** What the options about the mail of this site do: a sentence for each that is set, and for the proofs that rely on others. */
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
    ...(config['commands.proofs'].includes('letter')
      ? [
          'Whoever has a letter that a user got in the last 30 days, as by a forward, and writes in the name of that user can answer its ticket and send commands about it (commands.proofs has letter).',
        ]
      : []),
    ...(config['commands.proofs'].includes('confirm')
      ? [
          config['mail.plus']
            ? 'A command without proof is carried out if its user, who is asked by letter, replies with yes within 24 hours (commands.proofs has confirm).'
            : 'Nobody is asked about commands without proof, though commands.proofs has confirm: that takes mail.plus.',
        ]
      : []),
    ...relayRules(config),
    ...(spam ? [`Mail with ${spam.name}: ${spam.value} is spam: it is kept, and opens no ticket.`] : []),
  ]
}

/** What the proof `relay` takes as true. */
function relayRules(config: Config): string[] {
  if (!config['commands.proofs'].includes('relay')) return []
  const relays = config['commands.relays'].join(', ')
  const name = config['commands.relay_authserv_id']
  const hops = config['commands.relay_hops']
  const domains = config['commands.relay_vouches_for'].join(', ')
  if (relays === '') return ['The proof relay proves nothing, since commands.relays is empty.']
  const above = hops === 0 ? 'above all Received fields' : `with at most ${hops} Received above it`
  const whose = name === NAMELESS ? 'without a name' : `of ${name}`
  const from = `Mail from ${relays} is proven to be from the user in its From`
  const rules = [
    ...(name === ''
      ? []
      : [
          `${from} if one Authentication-Results ${whose}, ${above}, says dmarc=pass of that domain or auth=pass of that user.`,
        ]),
    ...(domains === ''
      ? []
      : [
          `${from} if that is its envelope sender in ${domains}: the relay must take such senders from their own logins alone.`,
        ]),
  ]
  return rules.length > 0
    ? rules
    : ['The proof relay proves nothing: set commands.relay_authserv_id or commands.relay_vouches_for.']
}
