import { domainOf } from '../../data/address.ts'
import type { Mail } from '../../data/tables.ts'
import type { Config } from '../config/config.ts'
import type { Result } from '../mail/out/smarthost.ts'
import type { TestLetter } from './test_letter.ts'

/** What became of a letter; times in seconds. */
export interface TriedLetter {
  readonly letter: TestLetter
  readonly sent: Result
  readonly sentAfter: number
  readonly returned?: Mail | undefined
  readonly returnedAfter?: number
  /** What the last server says of its SPF, DKIM and DMARC. */
  readonly proofs?: string | undefined
}

/** What to do about a letter that the smarthost did not take. */
const NOT_SENT: Readonly<Record<Exclude<Result['state'], 'sent'>, string>> = {
  down: 'Check smarthost.url (host, port, username), the password, the certificate of the smarthost, and firewalls on the way.',
  refused:
    'It refuses us as the sender, for now or for good: it must take mail from mail.address, from this machine or this login.',
  failed: 'It refuses the recipient: make the address known to it, and let it hand over mail to that.',
  deferred: 'It asks to try later: its log says why, as with a greylist or a limit.',
  doubted: 'It refuses the letter: its log says why.',
}

/** Whether a letter has come back, in whatever way it was recognized. */
export function hasPassed({ returned }: TriedLetter): boolean {
  return returned !== undefined && returned.verdict !== 'report'
}

/** A paragraph for each letter: what worked, or what was seen and what to check. */
export function testReport(tried: readonly TriedLetter[], config: Config, patience: number): string {
  const passed = tried.filter(hasPassed)
  const head = passed.length === tried.length ? 'Mail goes out and comes in.' : 'The self-test has failed.'
  const lines = tried.map(one => `To ${one.letter.to}: ${told(one, config, patience)}`)
  const onlyExtended =
    passed.length > 0 && passed.length < tried.length && tried[0] !== undefined && hasPassed(tried[0])
  return [
    head,
    ...lines,
    ...(onlyExtended
      ? [
          'Mail to the address itself comes in, and mail to an extension of it does not, so answers to letters are lost: let the servers on the way accept extensions (recipient_delimiter = + in Postfix), or set mail.plus = false.',
        ]
      : []),
  ].join('\n')
}

function told({ sent, sentAfter, ...back }: TriedLetter, config: Config, patience: number): string {
  const smarthost = smarthostOf(config)
  if (sent.state !== 'sent')
    return `the smarthost ${smarthost} did not take the letter (after ${time(sentAfter)}): ${ended(sent.reply)} ${NOT_SENT[sent.state]}`
  const taken = `the smarthost ${smarthost} took the letter in ${time(sentAfter)}`
  const { returned, returnedAfter = 0, proofs } = back
  if (!returned)
    return `${taken} (${sent.reply}), and it did not come back within ${patience} seconds. Check in this order: the log and the queue of the smarthost; the MX record of ${domainOf(config['mail.address'])}, which "helpdeskd check-config" shows; port 25 and firewalls at the host that it names; the server that hands mail over, if there is one; refused mail in the log of helpdeskd (mail_refused).`
  if (returned.verdict === 'report')
    return `${taken}, and a report came back after ${time(returnedAfter)}: ${ended(returned.reasons.join('; '))} "helpdeskd why ${returned.id}" shows it.`
  const came = `${taken}, and it came back after ${time(returnedAfter)} from ${returned.peer}${proofs === undefined ? '' : `, with ${proofs}`}.`
  return returned.verdict === 'loop'
    ? came
    : `${came} A server on the way has changed it, so it was not known as ours: "helpdeskd why ${returned.id}" says what became of it. Let that server keep X-Helpdesk-Loop and Message-ID.`
}

/** Without username and password. */
function smarthostOf(config: Config): string {
  const { protocol, host } = new URL(config['smarthost.url'])
  return `${protocol}//${host}`
}

function time(seconds: number): string {
  return `${seconds.toFixed(1)} s`
}

function ended(clause: string): string {
  return clause.endsWith('.') ? clause : `${clause}.`
}
