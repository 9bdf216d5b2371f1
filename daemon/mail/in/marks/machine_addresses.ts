import { domainOf } from '../../../../data/address.ts'

/** Local parts of mail systems, which report on letters. */
const MAIL_SYSTEMS =
  /^(?:mailer[._-]?daemon|maileradmin|po{1,2}st[._-]?master|mail[._-]?daemon|mdaemon|mailsystem)(?:[+=-].*)?$/is
const MACHINES =
  /^(?:daemon|root|listserv|majordomo|bounces?|owner-.*|.*-(?:request|owner|bounces?))(?:[+=-].*)?$/is
/** Local parts from which mailing lists send, but not signed and rewritten paths of people (BATV, SRS). */
const LIST_SENDERS = /^(?!prvs=|srs[01][+=-])(?:owner-.*|.*-(?:request|owner|bounces?)(?:[+=-].*)?)$/is
/** The local part of an address at which nobody reads answers. */
const NO_REPLY = /^(?:.*[._-])?(?:no[._-]?reply|do[._-]?not[._-]?reply)(?:[+=._-].*)?$/is

/** Whether an address says that nobody reads what is sent to it. */
export function isNoReply(address: string): boolean {
  return NO_REPLY.test(localPartOf(address))
}

/** Whether an address is that of a mail system; some write it without a domain. */
export function isMailSystem(address: string): boolean {
  return MAIL_SYSTEMS.test(localPartOf(address))
}

/** Whether an address is that of a machine, whatever else its mail says. */
export function isMachineAddress(address: string): boolean {
  return MACHINES.test(localPartOf(address)) || isMailSystem(address) || isNoReply(address)
}

/** Whether an address is that of a mailing list, as a return path or in Sender. */
export function isListSender(address: string): boolean {
  return LIST_SENDERS.test(localPartOf(address))
}

function localPartOf(address: string): string {
  return address.includes('@') ? address.slice(0, -domainOf(address).length - 1) : address
}
