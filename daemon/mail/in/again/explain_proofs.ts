import { Failure } from '../../../../data/failure.ts'
import { sha256 } from '../../../../data/secret.ts'
import { addressToken, withoutAddressToken } from '../../../../data/token.ts'
import { senderStep } from '../../../../handlers/mails/mail_sender.ts'
import { type Proof, proofs, provable } from '../../../config/config.ts'
import { ipOf } from '../../../net/ip.ts'
import { firstOf, readHeaders } from '../headers.ts'
import type { Incoming } from '../incoming.ts'
import { mailFactsOf, saysOf } from '../mail_facts.ts'
import type { MailSite, OneMailSite } from '../mail_site.ts'
import { type Tried, triedOn } from '../proofs/proof.ts'
import { readRaw } from '../received/raw_mail.ts'
import { readMail } from '../received/received.ts'
import { addressesIn, oursAmong, pieceOf, UNKNOWN_SENDER } from './explain.ts'

/** Why a proof does not come into question for a mail that does not use it. */
const UNUSED: Readonly<Record<Proof, string>> = {
  'smtp-auth': 'a mail in a file has no login',
  letter: 'it does not go to the reply address of a letter',
  token: 'no address of ours in it has a token',
  confirm: 'nothing in a mail proves it',
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
  const { gated } = said
  return site.store.read(async tx => {
    const { kind } = await mailFactsOf(tx, site, { incoming, fresh: incoming.recipients, mail, said })
    const from = await senderStep(tx, { from: mail.from.address })
    if ('refused' in gated)
      return [from, `Nothing proves who sent it: its header breaks a rule for commands: ${gated.refused}.`]
    const tried = await triedOn(tx, site, { mail, incoming, kind: kind.kind, from: gated.from })
    return [from, ...proofs.map(name => sentence(name, site, tried))]
  })
}

function sentence(
  name: Proof,
  { config }: OneMailSite,
  tried: readonly (readonly [string, Tried])[],
): string {
  if (!provable.includes(name)) return `${name}: not built yet.`
  if (!config['commands.proofs'].includes(name)) return `${name}: off (commands.proofs).`
  const [, one] = tried.find(([proof]) => proof === name) ?? []
  if (!one) return `${name}: not used: ${UNUSED[name]}.`
  if ('refused' in one) return `${name}: proves nothing: ${one.refused}.`
  const about = one.ticket === undefined ? '' : `, about ticket ${one.ticket} alone`
  return `${name}: proves that it is from ${one.user.username}${one.token === undefined ? '' : `, with token ${one.token}`}${about}.`
}
