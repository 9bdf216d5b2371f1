import { isReference, REFERENCE_SLOT } from './ticket_reference.ts'

/** A ticket in a command: `31794`, `#31794`, `ticket 31794` or `[support-31794]`. */
const ONE = '(?:ticket[ \\t]+)?(?:#?[0-9]+|\\[[a-z][a-z0-9_-]*-[0-9]+\\])'
/** A range, or one by its reference, which may itself contain a hyphen. */
const SOME = `(?:${ONE}(?:[ \\t]*[-–—][ \\t]*${ONE})?|(?:ticket[ \\t]+)?${REFERENCE_SLOT})`
/** One, by its number or its reference. */
export const TICKET_SLOT = `(?:${ONE}|(?:ticket[ \\t]+)?${REFERENCE_SLOT})`
/**
 * Lists: `31794 31796`, `31794, 31796, 31798-31800 and ref:INV-7`, `31794 & 31796`. They take as little as possible, since what follows may begin with a
 * number, too: `due 31794 24 dec`.
 */
export const TICKETS_SLOT = `(?:tickets[ \\t]+)?${SOME}(?:(?:[ \\t]*,[ \\t]*(?:and[ \\t]+)?|[ \\t]+(?:(?:and|[&+])[ \\t]+)?)${SOME})*?`
const EACH = new RegExp(SOME, 'gi')
/** Phones make one of two hyphens. */
const LONG_DASHES = /[–—]/g

/** Tickets as a command names them, as a parameter: numbers, ranges and references, with commas between them. */
export function ticketsIn(words: string): string {
  return (words.match(EACH) ?? []).map(ticketIn).join(',')
}

function ticketIn(some: string): string {
  const word = some.replace(/^ticket[ \t]+/i, '')
  if (isReference(word)) return word
  return word
    .replace(/\[[a-z][a-z0-9_-]*-([0-9]+)\]/gi, '$1')
    .replace(LONG_DASHES, '-')
    .replace(/[^0-9-]/g, '')
}
