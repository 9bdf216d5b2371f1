// One thing: what a mail in a file would become, said step by step.
import { Failure } from '../../../../data/failure.ts'
import { proofStep, senderStep } from '../../../../handlers/mails/mail_sender.ts'
import { subjectStep, verdictSteps } from '../../../../handlers/mails/mail_steps.ts'
import { oneLine } from '../../../../handlers/params/plain_text.ts'
import { firstOf, type Headers } from '../headers.ts'
import type { Incoming } from '../incoming.ts'
import type { Act } from '../judgement.ts'
import { hasTooManyServers } from '../loops.ts'
import type { MailSite, OneMailSite } from '../mail_site.ts'
import { type JudgedMail, judgedMail } from '../process_mail.ts'
import { MOST_NAMES } from '../received/missing_parts.ts'
import { readRaw } from '../received/raw_mail.ts'
import { type Received, recordedSubject } from '../received/received.ts'
import { recipientOf } from '../smtp/recipient.ts'
import { DONE_BEFORE, rehearsal } from './rehearsal.ts'

/** In characters; what is shown of a text. */
const LONGEST_SHOWN = 300
/** In characters of each field, and in addresses. */
const LONGEST_FIELD = 20_000
const MOST_ADDRESSES = 100
const RECIPIENT_FIELDS = ['delivered-to', 'x-original-to', 'to', 'cc']
/** Stands for an envelope sender that is not known. */
export const UNKNOWN_SENDER = 'unknown@invalid'

/** Says step by step what a mail in a file would become if it came in now, without a login. Nothing is changed. */
export async function explainMail(site: MailSite, bytes: Buffer): Promise<string> {
  return site.shares.holding(undefined, async holding => {
    const one = { ...site, store: holding.store, holding }
    const raw = await readRaw(holding, pieceOf(bytes))
    const path = firstOf(raw.headers, 'return-path')?.replace(/[ <>]/g, '')
    const ours = await oursAmong(one, addressesIn(raw.headers))
    const incoming: Incoming = {
      raw: { ...raw, fingerprint: `${raw.fingerprint} in a file` },
      envelopeFrom: path ?? UNKNOWN_SENDER,
      recipients: ours.length > 0 ? ours : [site.config['mail.address']],
      peer: 'a file',
      network: undefined,
      session: 'a file',
      sessionUser: null,
      sessionToken: undefined,
    }
    const begin = [
      `The mail has ${raw.size} bytes. ${pathWords(path)}`,
      ours.length > 0
        ? `It is to ${ours.join(', ')}, as its header says.`
        : `No address in its header is ours; it is taken as sent to ${site.config['mail.address']}.`,
    ]
    return [...begin, ...(await stepsIn(one, incoming))].join('\n')
  })
}

export async function* pieceOf(bytes: Buffer) {
  yield bytes
}

function pathWords(path: string | undefined): string {
  if (path === undefined) return 'It has no Return-Path, so its envelope sender is not known.'
  return path === '' ? 'Its return path is null, as that of reports.' : `Its return path is ${path}.`
}

/** Who wrote a mail of each kind. */
const WRITERS = {
  person: 'A person wrote it, as far as its header says.',
  bulk: 'A person wrote it to many at once, as through a mailing list.',
  machine: 'A machine wrote it.',
  auto_reply: 'It is an automatic reply.',
  report: 'It is a delivery report.',
} as const

/** The addresses in the fields of a mail that name its recipients. */
export function addressesIn({ values }: Headers): string[] {
  const words = RECIPIENT_FIELDS.flatMap(name => values.get(name) ?? []).flatMap(value =>
    value.slice(0, LONGEST_FIELD).split(/[\s<>(),;:"]/),
  )
  return [...new Set(words.filter(word => word.includes('@')))].slice(0, MOST_ADDRESSES)
}

/** Those of some addresses that are our own, each once. */
export function oursAmong(site: OneMailSite, addresses: readonly string[]): Promise<string[]> {
  return site.store.read(async tx => {
    const ours: string[] = []
    for (const address of new Set(addresses)) if (await recipientOf(tx, site, address)) ours.push(address)
    return ours
  })
}

async function stepsIn(site: OneMailSite, incoming: Incoming): Promise<string[]> {
  if (hasTooManyServers(incoming.raw.headers))
    return ['It would not be taken: so many servers have handed it on that it is in a loop.']
  try {
    const judged = await judgedMail(site, incoming)
    return judged ? await judgedSteps(site, incoming, judged) : [DONE_BEFORE]
  } catch (error) {
    if (error instanceof Failure) return [`It would not be taken: ${error.message}`]
    throw error
  }
}

async function judgedSteps(site: OneMailSite, incoming: Incoming, judged: JudgedMail): Promise<string[]> {
  const { mail, said, judgement } = judged
  const { verdict, reasons, act, proven = false, proof } = judgement
  const from = mail.from.address
  const gate =
    'refused' in said.gated
      ? `Its header breaks a rule for commands: ${said.gated.refused}.`
      : 'Its header keeps the rules for commands.'
  const about = await site.store.read(async tx => [
    await senderStep(tx, { from }),
    await proofStep(tx, { from, proven, ...(proof ? { proof: proof.by } : {}) }),
  ])
  return [
    ...(mail.parsed ? [] : ['It cannot be parsed; it would be attached as a whole.']),
    gate,
    WRITERS[judgement.kind],
    ...about,
    subjectStep(recordedSubject(mail)),
    ...contentSteps(mail),
    ...verdictSteps({ verdict, reasons: [...reasons, ...mail.guesses] }),
    ...placeStep(act),
    await rehearsal(site, incoming, judged),
  ]
}

/** Its text in short, its files, and what is missing. */
function contentSteps({ text, newText, attachments, lines }: Received): string[] {
  const words = oneLine((newText ?? text).beginning.slice(0, 2 * LONGEST_SHOWN))
  const short = [...words].slice(0, LONGEST_SHOWN).join('')
  const more = attachments.length - MOST_NAMES
  const named = attachments
    .slice(0, MOST_NAMES)
    .map(({ filename, mime_type, size }) => `${filename} (${mime_type}, ${size} bytes)`)
  return [
    short === '' ? 'It has no text.' : `Its text begins: ${short}`,
    ...(newText === undefined ? [] : ['Quoted history and a signature are taken off.']),
    named.length > 0
      ? `Its files: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
      : 'It has no files.',
    ...lines,
  ]
}

function placeStep(act: Act): string[] {
  if (act.kind === 'followup')
    return [`It belongs to ticket ${act.ticket.id}, as a ${act.public ? 'public' : 'private'} follow-up.`]
  if (act.kind === 'ticket')
    return [`It belongs to no ticket; it goes to queue ${act.queues.map(({ title }) => title).join(', ')}.`]
  if (act.kind === 'ask')
    return [`A letter would ask ${act.user.username} whether to carry it out, or say why not.`]
  if (act.kind === 'stop')
    return [
      act.address === undefined
        ? `Its watcher of ticket ${act.ticket.id} has left already.`
        : `${act.address} would get no more letters about ticket ${act.ticket.id}.`,
    ]
  if (act.kind === 'choice')
    return [
      `The submitter of ticket ${act.ticket.id} says by a link that ${act.choice === 'works' ? 'it works' : 'it does not work yet'}.`,
    ]
  return []
}
