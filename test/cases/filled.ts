import type { SignedIds } from '../../daemon/mail/signed_ids.ts'
import { FRED } from '../house.ts'
import type { Records } from './mail_case.ts'

const BOB = 'bob@customer.example'

/** A mail that refers to the last letter to bob or fred about ticket 2, or to the one before. */
export function filled(text: string, ids: SignedIds, { letters }: Records): string {
  const about = letters.filter(({ ticket }) => ticket === 2)
  const [earlier, letter] = about.filter(({ to }) => to === BOB).slice(-2)
  const agents = about.findLast(({ to }) => to === FRED.address)!
  const [key, agentKey] = [ids.keyAddress(letter!)!, ids.keyAddress(agents)!]
  const atCompany = (address: string) => address.replace(/@.*/, '@company.example')
  return text
    .replaceAll('%MESSAGE-ID%', ids.messageId(letter!))
    .replaceAll('%EARLIER-MESSAGE-ID%', ids.messageId(earlier!))
    .replaceAll('%AGENT-MESSAGE-ID%', ids.messageId(agents))
    .replaceAll('%THREAD-ID%', ids.threadId(2))
    .replaceAll('%RETURN-PATH%', ids.returnPath(letter!))
    .replaceAll('%KEY%', key)
    .replaceAll('%KEY-IN-CAPITALS%', key.toUpperCase())
    .replaceAll('%KEY-AT-COMPANY%', atCompany(key))
    .replaceAll('%AGENT-KEY-AT-COMPANY%', atCompany(agentKey))
}
