import { Failure } from '../../../../data/failure.ts'
import { sha256 } from '../../../../data/secret.ts'
import { addressToken, withoutAddressToken } from '../../../../data/token.ts'
import { senderStep } from '../../../../handlers/mails/mail_sender.ts'
import { type Proof, proofs } from '../../../config/config.ts'
import { ipOf } from '../../../net/ip.ts'
import { asksUsers } from '../../reply_proofs.ts'
import { commanded } from '../commands/commanded.ts'
import { confirmationOn } from '../confirm/confirmation_on.ts'
import { firstOf, readHeaders } from '../headers.ts'
import type { Incoming } from '../incoming.ts'
import { type MailFacts, mailFactsOf } from '../mail_facts.ts'
import { saysOf } from '../mail_says.ts'
import type { MailSite, OneMailSite } from '../mail_site.ts'
import { type Tried, triedOn } from '../proofs/proof.ts'
import { readRaw } from '../received/raw_mail.ts'
import { readMail } from '../received/received.ts'
import { addressesIn, oursAmong, pieceOf, UNKNOWN_SENDER } from './explain.ts'

/** Why a proof does not come into question for a mail that does not use it. */
const UNUSED: Readonly<Record<Exclude<Proof, 'confirm'>, string>> = {
  'smtp-auth': 'a mail in a file has no login',
  letter: 'it does not go to the reply address of a letter',
  token: 'no address of ours in it has a token',
  relay: 'it does not come from one of commands.relays, or From is the address of no user',
}

/**
 * Says what each proof makes of a mail in a file that comes from `ip`, and why: a sentence for each. Nothing is changed, and no token is
 * shown. Throws Failure `invalid` if `ip` is not an address.
 */
export async function explainProofs(site: MailSite, bytes: Buffer, ip: string | undefined): Promise<string> {
  const peer = ip === undefined ? 'a file' : ipOf(ip)
  if (peer === undefined)
    throw new Failure('invalid', 'ip: this is not an IP address; give one like 192.0.2.7.')
  return site.shares.holding(undefined, async holding => {
    const one = { ...site, store: holding.store, holding }
    // The address with a token stands in the file of a sender, and in no file that we keep.
    const given = addressesIn(readHeaders(bytes))
    const tokens = [...new Set(given.flatMap(address => addressToken(address) ?? []))]
    const raw = await readRaw(holding, pieceOf(bytes), () => {}, tokens)
    const ours = await oursAmong(one, given.map(withoutAddressToken))
    const incoming: Incoming = {
      raw,
      envelopeFrom: firstOf(raw.headers, 'return-path')?.replace(/[ <>]/g, '') ?? UNKNOWN_SENDER,
      recipients: ours.length > 0 ? ours : [site.config['mail.address']],
      peer,
      network: undefined,
      session: 'a file',
      sessionUser: null,
      sessionToken: undefined,
      tokenHashes: tokens.map(token => sha256(token)),
      secrets: tokens,
    }
    return (await linesFor(one, incoming)).join('\n')
  })
}

async function linesFor(site: OneMailSite, incoming: Incoming): Promise<string[]> {
  const mail = await readMail(site, incoming.raw, 'a file', incoming.secrets)
  const said = saysOf(mail, incoming, site.signedIds)
  const { gated, signs } = said
  return site.store.read(async tx => {
    const facts = await mailFactsOf(tx, site, { incoming, fresh: incoming.recipients, mail, said })
    const from = await senderStep(tx, { from: mail.from.address })
    if ('refused' in gated)
      return [from, `Nothing proves who sent it: its header breaks a rule for commands: ${gated.refused}.`]
    const tried = await triedOn(tx, site, {
      mail,
      incoming,
      kind: facts.kind.kind,
      from: gated.from,
      keys: signs.keys,
    })
    return [
      from,
      ...proofs.map(
        name =>
          `${name}: ${isOff(name, site) ?? (name === 'confirm' ? confirmWords(facts) : words(name, tried))}.`,
      ),
    ]
  })
}

/** Which option keeps a proof from holding for any mail: a clause. */
function isOff(name: Proof, { config }: OneMailSite): string | undefined {
  if (!config['commands.proofs'].includes(name)) return 'off (commands.proofs)'
  return name === 'confirm' && !asksUsers(config) ? 'off (mail.plus)' : undefined
}

function words(name: Exclude<Proof, 'confirm'>, tried: readonly (readonly [string, Tried])[]): string {
  const [, one] = tried.find(([proof]) => proof === name) ?? []
  if (!one) return `not used: ${UNUSED[name]}`
  if ('refused' in one) return `proves nothing: ${one.refused}`
  const about = one.ticket === undefined ? '' : `, about ticket ${one.ticket} alone`
  return `proves that it is from ${one.user.username}${one.token === undefined ? '' : `, with token ${one.token}`}${about}`
}

/** What a mail is to the proof that a user gives afterwards: the answer to a letter that asks, or the reason of one. */
function confirmWords(facts: MailFacts): string {
  const answers = confirmationOn(facts)
  if (answers?.act.kind === 'confirm')
    return `proves that it is from ${answers.act.user.username}: ${answers.reasons.join(', ')}`
  if (answers) return `proves nothing: ${answers.reasons.join(', ')}`
  if (facts.proof) return 'not used: another proof holds'
  const command = commanded(facts)
  return 'act' in command && command.act.kind === 'ask'
    ? `proves nothing yet: a letter would ask ${command.act.user.username} about its command, or say why not`
    : 'not used: it has no command of a person, or From is the address of no user'
}
