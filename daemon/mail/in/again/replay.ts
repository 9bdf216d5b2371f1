import { Failure } from '../../../../data/failure.ts'
import type { Reader } from '../../../../data/store.ts'
import type { Confirmation, Mail } from '../../../../data/tables.ts'
import { mailNumbered } from '../../../../handlers/mails/mail_number.ts'
import { mailSteps, verdictSteps } from '../../../../handlers/mails/mail_steps.ts'
import { isRefusedAnswer } from '../../../../handlers/mails/refused_answer.ts'
import { piecesOf } from '../../../files/pieces.ts'
import type { Incoming } from '../incoming.ts'
import type { MailSite, OneMailSite } from '../mail_site.ts'
import { judgedMail, processMail } from '../process_mail.ts'
import { readRaw } from '../received/raw_mail.ts'
import { DONE_BEFORE, rehearsal } from './rehearsal.ts'

/**
 * Takes the raw mail of a record through the steps of the mail door again; it is never taken for spam or for one in a loop. Unless
 * `isReal`, says only what would happen. A mail is replayed once, and never if it is on a ticket or was answered. Throws Failure
 * `not_found` without a record or a raw mail, `conflict` for a mail that must not be done again, and what the steps throw.
 */
export async function replayMail(site: MailSite, id: number, isReal: boolean): Promise<string> {
  const { mail, why } = await site.store.read(async tx => {
    const mail = await mailNumbered(tx, id)
    return { mail, why: await doneBefore(tx, mail) }
  })
  if (isReal && why !== undefined) throw new Failure('conflict', why)
  return site.shares.holding(mail.network, async holding => {
    const one = { ...site, store: holding.store, holding }
    const incoming = await incomingOf(one, mail)
    return isReal ? really(one, incoming, id) : dryly(one, incoming, why)
  })
}

/** Why a mail must not be done again. */
async function doneBefore(tx: Reader, mail: Mail): Promise<string | undefined> {
  const { id, tickets, verdict, replayed_as } = mail
  if (replayed_as !== undefined) return `Mail ${id} was replayed before; that is mail ${replayed_as}.`
  if (verdict === 'unconfirmed') {
    const asked = await tx.find('confirmations', { mail: id })
    return asked.some(isDone) ? `Mail ${id} was carried out, since its user said yes.` : undefined
  }
  // Its ticket is one that it names, and nothing was done.
  if (verdict === 'near_miss') return undefined
  if (verdict === 'confirmed' || verdict === 'cancelled')
    return `Mail ${id} answered a letter that asked about a command, which is done only once.`
  if (verdict === 'command' || verdict === 'status')
    return `Mail ${id} was a command, which was answered; send the command again instead.`
  if (await isRefusedAnswer(tx, mail))
    return `Mail ${id} was an answer without new words or files; it was refused, and its sender was told.`
  if (tickets.length > 0) return `Mail ${id} is on ticket ${tickets.join(', ')} already.`
  return undefined
}

function isDone({ state }: Confirmation): boolean {
  return state === 'confirmed' || state === 'doubted'
}

/** The mail as the door had it. Its keys are its own, since the former ones say that it is known. */
async function incomingOf({ store, holding }: OneMailSite, mail: Mail): Promise<Incoming> {
  const { id, raw: file, network, envelope_from, recipients, peer, login, user, token, proof } = mail
  const bytes = file === null ? undefined : await store.files.stream(file)
  bytes?.destroy()
  if (file === null || !bytes)
    throw new Failure('not_found', `The raw mail of mail ${id} is not kept, so it cannot be replayed.`)
  const raw = await readRaw(holding, piecesOf(store.files, file, new Uint8Array()))
  const used = proof === 'token' ? await store.read(tx => tx.get('tokens', token ?? 0)) : undefined
  return {
    raw: { ...raw, fingerprint: `${raw.fingerprint} replay of mail ${id}`, identified: true },
    envelopeFrom: envelope_from,
    recipients,
    peer,
    network,
    session: `replay of mail ${id}`,
    // Older records name the login as the user alone; other proofs are no logins.
    sessionUser: login ?? (proof === undefined || proof === 'smtp-auth' ? user : null),
    sessionToken: proof === 'token' ? undefined : token,
    tokenHashes: used ? [used.hash] : [],
    replayOf: id,
  }
}

async function really(site: OneMailSite, incoming: Incoming, id: number): Promise<string> {
  const outcome = await processMail(site, incoming)
  if (outcome === 'repeated') return DONE_BEFORE
  return site.store.read(async tx => {
    const { replayed_as } = await mailNumbered(tx, id)
    return replayed_as === undefined
      ? 'It is replayed; nothing is recorded.'
      : (await mailSteps(tx, await mailNumbered(tx, replayed_as))).join('\n')
  })
}

async function dryly(site: OneMailSite, incoming: Incoming, why: string | undefined): Promise<string> {
  const judged = await judgedMail(site, incoming)
  const steps = judged
    ? [...verdictSteps(judged.judgement), await rehearsal(site, incoming, judged)]
    : [DONE_BEFORE]
  const last =
    why === undefined ? 'With --yes, that is done.' : `With --yes, nothing is done all the same: ${why}`
  return [...steps, last].join('\n')
}
