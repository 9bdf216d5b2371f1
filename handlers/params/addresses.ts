import { mailbox, strictAddress } from '../../data/address.ts'
import { strictPattern } from '../../data/address_pattern.ts'
import type { Kind } from '../method.ts'
import type { ParsedAddress, ParsedSender, TypedValue } from '../value.ts'
import { kind } from './kind.ts'
import { listed } from './longest.ts'
import { oneLine } from './plain_text.ts'

const SLOT = '[^ \\t:@]+@[^ \\t:@]+'

/** One mail address, parsed strictly. A door may hand over a parsed one. */
export function address(about: string): Kind<string> {
  const texts = kind({
    about,
    rule: 'a mail address, like susan@example.org',
    slot: SLOT,
    schema: { type: 'string', format: 'email' },
    parse: strictAddress,
  })
  return { ...texts, accept: value => (isParsed(value) ? value.address : texts.accept(value)) }
}

/** An address, or a pattern of addresses. */
export function addressPattern(about: string): Kind<string> {
  return kind({
    about,
    rule: 'an address, like ann@spam.example, or a pattern, like *@spam.example, *@*.spam.example or ann@*',
    slot: SLOT,
    schema: { type: 'string', pattern: '@' },
    parse: strictPattern,
  })
}

/** One mail address, parsed strictly. A door may hand over the sender of a mail, with a name, or with a name alone. */
export function sender(about: string): Kind<ParsedSender> {
  const { rule, slot, schema, parse, accept } = address(about)
  const named = (address: unknown) => ({ address: address as string, name: '' })
  return kind({
    about,
    rule,
    slot,
    schema,
    parse: text => named(parse(text)),
    accept: value => (isSender(value) ? { ...value, name: oneLine(value.name) } : named(accept(value))),
  })
}

/** One or more addresses, without duplicates. */
export function addresses(about: string): Kind<readonly string[]> {
  return kind({
    about,
    rule: 'mail addresses separated by commas',
    parse: given => [
      ...new Map(
        listed(given)
          .map(strictAddress)
          .map(one => [mailbox(one), one]),
      ).values(),
    ],
  })
}

function isParsed(value: TypedValue): value is ParsedAddress {
  return typeof value === 'object' && 'address' in value && value.address !== null
}

function isSender(value: TypedValue): value is ParsedSender {
  return typeof value === 'object' && 'address' in value && 'name' in value
}
