import { domainOf, mailbox } from '../../../../data/address.ts'
import type { User } from '../../../../data/tables.ts'
import type { Config } from '../../../config/config.ts'
import { NAMELESS } from '../../../config/option.ts'
import { type Headers, valuesOf } from '../headers.ts'
import { type AuthResult, authResultsOf } from './auth_results.ts'

/** What a signature must cover: without the subject, an old mail becomes a command; without the others, one mail becomes many. */
const SIGNED = ['from', 'subject', 'date', 'message-id']
const DECIDING = ['dmarc', 'auth']

type RelayConfig = Pick<Config, 'commands.relay_authserv_id' | 'commands.relay_hops'>

/**
 * Why the Authentication-Results of the relay do not say that a mail is from a user, as a clause; undefined if they do. The address is the
 * one in From. Only fields above all that the sender may have written count, and no two of them may decide.
 */
export function resultsAgainst(
  config: RelayConfig,
  headers: Headers,
  user: User,
  from: string,
): string | undefined {
  const found = relaysResults(config, headers)
  if (typeof found === 'string') return found
  const auth = found.find(({ method }) => method === 'auth')
  if (auth && isLoginOf(auth, user)) return undefined
  const dmarc = found.find(({ method }) => method === 'dmarc')
  if (dmarc?.result !== 'pass')
    return `the relay says neither dmarc=pass nor auth=pass with a login of ${user.username}`
  const domain = dmarc.properties?.get('header.from')?.toLowerCase()
  if (domain !== domainOf(mailbox(from)))
    return `the relay says dmarc=pass of ${domain ?? 'no domain that can be read'}, not of ${domainOf(from)}`
  return unsignedIn(headers)
}

/** The results of the one field of the relay that decides, or a clause that says why there is none. */
function relaysResults(config: RelayConfig, { fields }: Headers): readonly AuthResult[] | string {
  const name = config['commands.relay_authserv_id']
  const wanted = name === NAMELESS ? undefined : name.toLowerCase()
  const deciding: (readonly AuthResult[])[] = []
  let servers = 0
  for (const { name: field, value } of fields) {
    if (field === 'received' && ++servers > config['commands.relay_hops']) break
    if (field !== 'authentication-results') continue
    const read = authResultsOf(value)
    if (!read) return 'an Authentication-Results field cannot be read'
    const decides = read.results.filter(({ method }) => DECIDING.includes(method))
    if (read.authservId === wanted && decides.length > 0) deciding.push(decides)
  }
  const [results, ...others] = deciding
  if (!results) return 'it has no Authentication-Results of the relay where only the relay can have put them'
  if (others.length > 0) return 'it has several Authentication-Results of the relay'
  if (new Set(results.map(({ method }) => method)).size < results.length)
    return 'its Authentication-Results say the same method twice'
  return results
}

function isLoginOf({ result, properties }: AuthResult, { username, addresses }: User): boolean {
  const login = properties?.get('smtp.auth')?.toLowerCase()
  return result === 'pass' && login !== undefined && (login === username || addresses.includes(login))
}

/** A clause, if a signature (RFC 6376) leaves out a field on which a command depends: then anybody can change that field. */
function unsignedIn(headers: Headers): string | undefined {
  for (const value of valuesOf(headers, 'dkim-signature')) {
    const tags = new Map(value.split(';').map(tagOf))
    const signed = (tags.get('h') ?? '').toLowerCase().split(':')
    const missing = SIGNED.find(name => !signed.includes(name))
    if (missing !== undefined) return `a signature leaves out the field ${missing}`
    if (tags.has('l')) return 'a signature covers only a part of the text'
  }
  return undefined
}

function tagOf(tag: string): [name: string, value: string] {
  const [name = '', ...rest] = tag.split('=')
  return [name.trim(), rest.join('=').replace(/[ \t]/g, '')]
}
