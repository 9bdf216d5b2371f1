import { DAY } from '../../../../../data/durations.ts'
import { FRED } from '../../../../house.ts'

const { address: USER } = FRED
export const EVE = 'eve@evil.example'
/** Another address of fred, with a letter that has a double outside ASCII. */
export const FRANK = 'frank@example.org'

/** A mail that must not hold ticket `n`, as far as it differs from an honest one. */
export interface Attack {
  readonly from?: string
  readonly subject?: string
  /** What stands at the beginning of the mail, and more lines of its header, each with its line end. */
  readonly first?: string
  readonly more?: string
  readonly date?: string
  readonly envelopeFrom?: string
  /** What a proof looks at is missing: the login, the token, the key, or the result of the relay. */
  readonly isBare?: true
  /** The same with all proofs but `relay`, which looks at signatures and dates. */
  readonly isBareButRelayed?: true
}

const utf8 = (text: string) => Buffer.from(text).toString('latin1')
const digits = (n: number, zero: number) =>
  [...`${n}`].map(digit => String.fromCodePoint(zero + Number(digit))).join('')
const encoded = (text: string) => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`
const signed = (names: string, more = '') =>
  `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s; ${more}\r\n\th=${names}; bh=x; b=y\r\n`
const results = (name: string) =>
  `Authentication-Results: ${name}; dmarc=pass header.from=example.org; auth=pass smtp.auth=fred\r\n`
const ago = (days: number) => new Date(Date.now() - days * DAY).toUTCString()

/** The known ways to write as somebody else. */
export const ATTACKS: Record<string, (n: number) => Attack> = {
  'From alone': () => ({ isBare: true }),
  'two From, the first is the user': () => ({ from: `${USER}\r\nFrom: ${EVE}` }),
  'two From, the last is the user': () => ({ from: `${EVE}\r\nFrom: ${USER}` }),
  'a blank before the colon': () => ({ from: EVE, more: `From : ${USER}\r\n` }),
  'a folded name of a field': () => ({ from: EVE, more: `From\r\n : ${USER}\r\n` }),
  'a first line that is folded': () => ({ from: EVE, first: ` From: ${USER}\r\n` }),
  'a list of addresses': () => ({ from: `${USER}, ${EVE}` }),
  'a list with a semicolon': () => ({ from: `${USER}; ${EVE}` }),
  'a group': () => ({ from: `all: ${USER}, ${EVE};` }),
  'the address as the name': () => ({ from: `"${USER}" <${EVE}>` }),
  'the address as an encoded name': () => ({ from: `${encoded(USER)} <${EVE}>` }),
  'an encoded word as the address': () => ({ from: encoded(USER) }),
  'an encoded word in angles': () => ({ from: `<${encoded(USER)}>` }),
  'two angles': () => ({ from: `<${USER}><${EVE}>` }),
  'two angles apart': () => ({ from: `<${EVE}> <${USER}>` }),
  'a comment inside the address': () => ({ from: `${USER}(x).evil.example` }),
  'a comment behind the address': () => ({ from: `${USER} (Fred)` }),
  'a quoted local part': () => ({ from: `"${USER} x"@evil.example` }),
  'a quoted local part of the user': () => ({ from: '"fred"@example.org' }),
  'a route': () => ({ from: `<@evil.example,@b.example:${USER}>` }),
  'a bare CR': () => ({ from: `${USER}\rFrom: ${EVE}` }),
  'a bare LF': () => ({ from: `${USER}\nFrom: ${EVE}` }),
  'a NUL': () => ({ more: 'X-A: \0\r\n' }),
  'a letter of another alphabet in the domain': () => ({ from: utf8('fred@ex\u0430mple.org') }),
  'a letter of another alphabet in the local part': () => ({ from: utf8('fr\u0435d@example.org') }),
  'a Kelvin sign': () => ({ from: utf8('fran\u212a@example.org') }),
  'a dot behind the domain': () => ({ from: `${USER}.` }),
  'two subjects, the first is the command': n => ({ subject: `hold ${n}\r\nSubject: thanks` }),
  'two subjects, the last is the command': n => ({ subject: `thanks\r\nSubject: hold ${n}` }),
  'a subject before all others': n => ({ first: `Subject: hold ${n}\r\n`, subject: 'thanks' }),
  'a line end in the subject': n => ({ subject: encoded(`hold ${n}\r\nBcc: ${EVE}`) }),
  'a NUL in the subject': n => ({ subject: encoded(`hold ${n}\0`) }),
  'an escape in the subject': n => ({ subject: encoded(`hold ${n}\u001b[0m`) }),
  'another direction in the subject': n => ({ subject: encoded(`hold \u202e${n}`) }),
  'digits of full width': n => ({ subject: encoded(`hold ${digits(n, 0xff10)}`) }),
  'Arabic digits': n => ({ subject: encoded(`hold ${digits(n, 0x660)}`) }),
  'only Sender is the user': () => ({ from: EVE, more: `Sender: ${USER}\r\n` }),
  'only Resent-From is the user': () => ({ from: EVE, more: `Resent-From: ${USER}\r\n` }),
  'only Reply-To is the user': () => ({ from: EVE, more: `Reply-To: ${USER}\r\n` }),
  'only the envelope is from the user': () => ({ from: EVE, envelopeFrom: USER }),
  'results in our name': () => ({ isBare: true, more: results('helpdesk.example') }),
  'results in the name of the relay': () => ({ isBare: true, more: results('mx.example.org') }),
  'a signature of a part': () => ({
    isBareButRelayed: true,
    more: signed('from:subject:date:message-id:to', 'l=10;'),
  }),
  'a signature without the subject': () => ({
    isBareButRelayed: true,
    more: signed('from:date:message-id:to'),
  }),
  'a signature without the Message-ID': () => ({
    isBareButRelayed: true,
    more: signed('from:subject:date:to'),
  }),
  'an old mail': () => ({ isBareButRelayed: true, date: ago(5) }),
}
