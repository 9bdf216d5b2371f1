// One thing: what an option is, and every kind of option in a few lines.
import { maybeAddress } from '../../data/address.ts'
import { isZone } from '../../handlers/escalation/zone.ts'
import { type Range, rangeOf, rangeText } from '../net/ip.ts'

const LONGEST_OWN_LOCAL_PART = 30
/** The `commands.relay_authserv_id` of relays whose Authentication-Results have none. */
export const NAMELESS = '(none)'
/** A field name of RFC 5322 2.2 with a value in ASCII. */
const HEADER_VALUE = /^([!-9;-~]{1,100}):[ \t]*([!-~](?:[ -~]{0,198}[!-~])?)$/

/** One key of the config file: what its value must be, and the comment above it in `print-config`. */
export interface Option<T> {
  readonly about: string
  readonly rule: string
  readonly fallback: () => unknown
  /** The default in words, if it depends on the machine. */
  readonly fallbackAbout?: string
  /** Gives the checked value, or undefined if it breaks the rule. */
  read(value: unknown): T | undefined
  /** The value as `print-config` shows it, without secrets; without this function, the value itself. */
  written?(value: T): unknown
}

export function requiredText(fallback: string | (() => string), about: string): Option<string> {
  const read = (value: unknown) =>
    typeof value === 'string' && /^[^\p{Cc}]+$/u.test(value) ? value : undefined
  return {
    about,
    rule: 'a line of text',
    fallback: typeof fallback === 'string' ? () => fallback : fallback,
    read,
  }
}

export function optionalText(about: string): Option<string> {
  const read = (value: unknown) =>
    typeof value === 'string' && /^[^\p{Cc}]*$/u.test(value) ? value : undefined
  return { about, rule: 'a line of text, or ""', fallback: () => '', read }
}

/** An HTTP URL, or `""` for the default. */
export function optionalUrl(about: string): Option<string> {
  const fits = (value: unknown): value is string =>
    value === '' || (typeof value === 'string' && /^https?:\/\/[!-~]+$/.test(value) && URL.canParse(value))
  return {
    about,
    rule: 'a URL that begins with http: or https:, or ""',
    fallback: () => '',
    read: value => (fits(value) ? value : undefined),
  }
}

/** The name of this machine in SMTP greetings (RFC 5321 4.1.2): a domain or an address literal. Underscores are tolerated. */
export function greeting(fallback: () => string, about: string): Option<string> {
  const fits = (value: unknown): value is string =>
    typeof value === 'string' &&
    /^(?:[\w-]+(?:\.[\w-]+)*|\[[0-9A-Za-z:.]+\])$/.test(value) &&
    value.length <= 255
  return {
    about,
    rule: 'a host name, like "mail.example.org"',
    fallback,
    fallbackAbout: 'the host name of this machine',
    read: value => (fits(value) ? value : undefined),
  }
}

/** The address of the helpdesk, in lower case. Return paths extend its local part, so it must leave room (RFC 5321 4.5.3.1.1). */
export function ownAddress(fallback: () => string, about: string): Option<string> {
  const read = (value: unknown) => {
    const given = typeof value === 'string' ? maybeAddress(value)?.toLowerCase() : undefined
    return given !== undefined && given.indexOf('@') <= LONGEST_OWN_LOCAL_PART ? given : undefined
  }
  const rule = `a mail address with at most ${LONGEST_OWN_LOCAL_PART} characters before the @`
  return { about, rule, fallback, fallbackAbout: 'helpdesk@ and the host name of this machine', read }
}

/** Mail addresses, in lower case. */
export function mailAddresses(about: string): Option<readonly string[]> {
  const fit = (found: readonly (string | undefined)[]): found is readonly string[] =>
    !found.includes(undefined)
  return {
    about,
    rule: 'a list of mail addresses, like "form@example.org"',
    fallback: () => [],
    read: value => {
      if (!Array.isArray(value)) return undefined
      const found = value.map(one => (typeof one === 'string' ? maybeAddress(one)?.toLowerCase() : undefined))
      return fit(found) ? found : undefined
    },
  }
}

/** The name of a header field, and a value of it. */
export interface HeaderValue {
  readonly name: string
  readonly value: string
}

/** A header field with a value, as in a mail; null for `""`. */
export function headerValue(about: string): Option<HeaderValue | null> {
  return {
    about,
    rule: 'a header field with a value, like "X-Spam-Flag: YES", or ""',
    fallback: () => '',
    read: value => {
      if (value === '') return null
      const [, name, text] = (typeof value === 'string' && HEADER_VALUE.exec(value)) || []
      return name && text ? { name, value: text } : undefined
    },
    written: found => (found === null ? '' : `${found.name}: ${found.value}`),
  }
}

export function yesOrNo(fallback: boolean, about: string): Option<boolean> {
  const read = (value: unknown) => (typeof value === 'boolean' ? value : undefined)
  return { about, rule: 'true or false', fallback: () => fallback, read }
}

export function wholeNumber(fallback: number, from: number, to: number, about: string): Option<number> {
  const fits = (value: unknown): value is number =>
    Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to
  return {
    about,
    rule: `a whole number from ${from} to ${to}`,
    fallback: () => fallback,
    read: value => (fits(value) ? value : undefined),
  }
}

/** An hour of the day, as clocks show it. */
export function clockTime(fallback: string, about: string): Option<string> {
  const fits = (value: unknown): value is string =>
    typeof value === 'string' && /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/.test(value)
  return {
    about,
    rule: 'an hour and a minute, like "09:00"',
    fallback: () => fallback,
    read: value => (fits(value) ? value : undefined),
  }
}

/** The zone of this machine by default. */
export function timeZone(about: string): Option<string> {
  const fits = (value: unknown): value is string => typeof value === 'string' && isZone(value)
  return {
    about,
    rule: 'a time zone, like "Europe/Vienna"',
    fallback: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    fallbackAbout: 'the time zone of this machine',
    read: value => (fits(value) ? value : undefined),
  }
}

/** IP addresses, each by itself, in canonical form. */
export function ipAddresses(about: string): Option<readonly string[]> {
  return {
    about,
    rule: 'a list of IP addresses, like "192.0.2.7" or "2001:db8::7"',
    fallback: () => [],
    read: value => eachOf(value, text => (text.includes('/') ? undefined : rangeOf(text)?.address)),
  }
}

/** Domains, in lower case. */
export function domains(about: string): Option<readonly string[]> {
  return {
    about,
    rule: 'a list of domains, like "example.org"',
    fallback: () => [],
    read: value =>
      eachOf(value, text => (text.includes('@') ? undefined : maybeAddress(`a@${text}`)?.slice(2))),
  }
}

/** The authserv-id of RFC 8601 2.5, or what stands for a missing one. */
export function authservId(about: string): Option<string> {
  const read = (value: unknown) =>
    typeof value === 'string' && (value === NAMELESS || /^[\w.:/-]{0,255}$/.test(value)) ? value : undefined
  return { about, rule: `a name, like "mx.example.org", or "${NAMELESS}", or ""`, fallback: () => '', read }
}

/** One of these words. */
export function oneOf<const T extends string>(allowed: readonly T[], fallback: T, about: string): Option<T> {
  return {
    about,
    rule: `one of ${allowed.map(word => `"${word}"`).join(', ')}`,
    fallback: () => fallback,
    read: value => allowed.find(word => word === value),
  }
}

/** A list, with each text of it read; undefined if one cannot be read. */
function eachOf(value: unknown, read: (text: string) => string | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const found = value.flatMap(one => (typeof one === 'string' ? (read(one) ?? []) : []))
  return found.length === value.length ? found : undefined
}

export function ranges(about: string): Option<readonly Range[]> {
  const fit = (found: readonly (Range | undefined)[]): found is readonly Range[] => !found.includes(undefined)
  return {
    about,
    rule: 'a list of IP addresses and ranges, like "127.0.0.1", "192.0.2.0/24" or "2001:db8::/32"',
    fallback: () => [],
    read: value => {
      if (!Array.isArray(value)) return undefined
      const found = value.map(one => (typeof one === 'string' ? rangeOf(one) : undefined))
      return fit(found) ? found : undefined
    },
    written: found => found.map(rangeText),
  }
}

export function smarthost(fallback: string, about: string): Option<string> {
  const read = (value: unknown) =>
    typeof value === 'string' && (/^file:[^\p{Cc}]+$/u.test(value) || isSmtpUrl(value)) ? value : undefined
  return {
    about,
    rule: 'a URL that begins with smtp:, smtps: or file:',
    fallback: () => fallback,
    read,
    written: withoutLogin,
  }
}

function isSmtpUrl(value: string): boolean {
  if (!/^smtps?:\/\/[!-~]+$/.test(value) || !URL.canParse(value)) return false
  const { hostname, pathname, search, hash, username, password } = new URL(value)
  const bare = (pathname === '' || pathname === '/') && search === '' && hash === ''
  return hostname !== '' && bare && decodes(username) && decodes(password)
}

function decodes(percentEncoded: string): boolean {
  try {
    decodeURIComponent(percentEncoded)
    return true
  } catch {
    return false
  }
}

/** The URL of a smarthost without its username and password. */
export function withoutLogin(url: string): string {
  return url.startsWith('file:') ? url : url.replace(/^([a-z]*:\/\/).*@/s, '$1…@')
}

export function list<const T extends string>(
  allowed: readonly T[],
  fallback: readonly T[],
  about: string,
): Option<readonly T[]> {
  const fits = (value: unknown): value is T[] =>
    Array.isArray(value) && value.every(item => allowed.includes(item))
  return {
    about,
    rule: `a list with any of ${allowed.join(', ')}`,
    fallback: () => fallback,
    read: value => (fits(value) ? value : undefined),
  }
}
