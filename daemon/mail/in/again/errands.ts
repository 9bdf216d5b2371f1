import type { ParamValue } from '../../../../handlers/value.ts'
import type { MailSite } from '../mail_site.ts'
import { explainMail } from './explain.ts'
import { explainProofs } from './explain_proofs.ts'
import { replayMail } from './replay.ts'

/** What the daemon does for the operator with mails that it has had, or that are in a file. Each gives a sentence. */
export function mailErrands(
  site: MailSite,
): ReadonlyMap<string, (params: Readonly<Record<string, ParamValue>>) => Promise<string>> {
  return new Map([
    ['replay_mail', ({ mail, yes }) => replayMail(site, Number(mail), yes === 'y')],
    [
      'explain_proofs',
      ({ latin1, ip }) => explainProofs(site, bytesIn(latin1), ip === undefined ? undefined : String(ip)),
    ],
    ['explain_file', ({ latin1 }) => explainMail(site, bytesIn(latin1))],
  ])
}

/** A shell sends text alone, so the bytes of a mail come as characters, one for each byte. */
function bytesIn(latin1: ParamValue | undefined): Buffer {
  const text = latin1 instanceof Uint8Array ? Buffer.from(latin1).toString() : String(latin1)
  return Buffer.from(text, 'latin1')
}
