import { spellingsOf } from '../../data/address.ts'
import type { Reader } from '../../data/store.ts'
import type { Mail, ProofName } from '../../data/tables.ts'
import { usernameOf } from '../author_word.ts'
import { userAt } from '../user_at.ts'

/** Who a mail is from, and who that is here now: a sentence. */
export async function senderStep(tx: Reader, { from }: Pick<Mail, 'from'>): Promise<string> {
  if (from === null) return 'Its From has no address that can be used.'
  const who = await whoIs(tx, from)
  return `Its From is ${from}${who.length > 0 ? `: ${who.join(', ')}` : ', who is not known here'}.`
}

async function whoIs(tx: Reader, from: string): Promise<string[]> {
  const user = await userAt(tx, from)
  let tickets = 0
  for (const submitter_email of spellingsOf(from)) tickets += await tx.count('tickets', { submitter_email })
  return [
    ...(user ? [`the user ${user.username}`] : []),
    ...(tickets > 0 ? [`the submitter of ${tickets} ticket${tickets === 1 ? '' : 's'}`] : []),
  ]
}

/** What proved it without a login. */
const PROVED: Readonly<Record<Exclude<ProofName, 'smtp-auth'>, (token: number | undefined) => string>> = {
  letter: () =>
    'it went to the reply address of a letter to that user, or to that of a link in it, and to nobody else, and From is an address of that user.',
  token: token => `it went to the address of token ${token}, and From is an address of that user.`,
  confirm: () =>
    'it says yes at the reply address of the letter that asked that user, and From is an address of that user.',
  relay: () => 'a mail server of this site says so, and From is an address of that user.',
}

/** Whether a mail is proven to be from its sender, and how, or why not: a sentence. */
export async function proofStep(
  tx: Reader,
  {
    from,
    login,
    token,
    proven,
    proof,
    gate,
  }: Pick<Mail, 'from' | 'login' | 'token' | 'proven' | 'proof' | 'gate'>,
): Promise<string> {
  if (proof !== undefined && proof !== 'smtp-auth') {
    const username = from === null ? undefined : (await userAt(tx, from))?.username
    return `It is proven to be from ${username ?? 'its user'}: ${PROVED[proof](token)}`
  }
  if (login === undefined) return 'Nothing proves who sent it: its session did not log in.'
  const loggedIn = await usernameOf(tx, login)
  const session = `Its session logged in as ${loggedIn}${token === undefined ? '' : ` with token ${token}`}`
  if (proven)
    return `It is proven to be from ${loggedIn}: its session logged in, and From is an address of that user.`
  if (gate !== undefined) return `${session}, but that proves nothing: ${gate}.`
  return `${session}, but that proves nothing: From is not an address of that user, or commands.proofs leaves smtp-auth out.`
}
