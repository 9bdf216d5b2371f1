import type { ParsedMail } from 'mailparser'
import type { Test } from 'tap'
import { FRED, HELPDESK, type House, house, SUPPORT, SUSAN, type TestMail } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import { sentLetter } from '../../sent_letter.ts'

export const MARIA = 'maria@customer.example'
const LOGINS: Record<string, TestMail['login']> = { [SUSAN.address]: SUSAN, [FRED.address]: FRED }

/** A helpdesk where Maria has opened ticket 1, which nobody owns, so that susan has the letter about it. */
export interface Answering extends House {
  /** The newest letter to an address. */
  letterTo(address: string): Promise<ParsedMail>
  /** Sends an answer to the newest letter to its reader, with the reader's login. */
  answer(reader: string, text: string, more?: Partial<TestMail>): Promise<string>
  /** The same for a letter. */
  answerTo(letter: ParsedMail, text: string, more?: Partial<TestMail>): Promise<string>
  /** The letters since the last call: event and address, sorted. */
  told(): Promise<string[]>
  lastFollowup(): ReturnType<typeof lastOf<'followups'>>
  lastMail(): ReturnType<typeof lastOf<'mails'>>
  ticket(): ReturnType<typeof lastOf<'tickets'>>
}

async function lastOf<T extends 'followups' | 'mails' | 'tickets'>(directory: string, table: T) {
  return (await kept(directory, table)).at(-1)!
}

/** By default, a login alone proves who has written an answer. */
export async function answeringFor(t: Test, more = 'commands.proofs = ["smtp-auth"]'): Promise<Answering> {
  const built = await house(t, more)
  const { config, mail } = built
  const directory = config.state_dir
  let seen = 0
  const told = async () => {
    const all = await kept(directory, 'letters')
    const fresh = all.slice(seen).map(({ event, to }) => `${event} ${to}`)
    seen = all.length
    return fresh.sort()
  }
  const letterTo = async (address: string) => {
    const { id } = (await kept(directory, 'letters')).findLast(({ to }) => to === address)!
    return sentLetter(built, id)
  }
  const answerTo: Answering['answerTo'] = ({ to, replyTo, subject, messageId }, text, more = {}) => {
    const from = [to].flat()[0]!.value[0]!.address!
    return mail({
      from,
      to: replyTo?.value[0]?.address ?? HELPDESK,
      subject: `Re: ${subject}`,
      headers: { 'In-Reply-To': messageId! },
      text,
      ...(LOGINS[from] ? { login: LOGINS[from] } : {}),
      ...more,
    })
  }
  const maria = { from: `Maria Lee <${MARIA}>`, envelopeFrom: MARIA }
  await mail({ ...maria, to: SUPPORT, subject: 'The lamp', text: 'It is dark.' })
  await told()
  return {
    ...built,
    letterTo,
    answerTo,
    answer: async (reader, text, more) => answerTo(await letterTo(reader), text, more),
    told,
    lastFollowup: () => lastOf(directory, 'followups'),
    lastMail: () => lastOf(directory, 'mails'),
    ticket: () => lastOf(directory, 'tickets'),
  }
}
