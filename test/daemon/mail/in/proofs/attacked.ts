// One thing: a helpdesk at which one proof is on, and the mails that this proof should hold for, and those that only seem so.
import type { Test } from 'tap'
import { signedIdsOf } from '../../../../../daemon/mail/signed_ids.ts'
import { DAY } from '../../../../../data/durations.ts'
import { openKeys, sha256 } from '../../../../../data/secret.ts'
import type { Tx } from '../../../../../data/store.ts'
import type { ProofName } from '../../../../../data/tables.ts'
import { newToken } from '../../../../../data/token.ts'
import { letter, ticket } from '../../../../data/records.ts'
import { FRED, furnishUsually, HELPDESK, type House, house } from '../../../../house.ts'
import { NO_LETTERS } from '../../no_letters.ts'
import { rawMailer } from '../../wire.ts'
import { type Attack, FRANK } from './attacks.ts'

const OPTIONS = `commands.relays = ["127.0.0.1"]
commands.relay_authserv_id = "mx.example.org"
limits.letters_per_address_hour = 1000
limits.letters_per_address_day = 1000`
const RESULTS = 'Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n'
const RECEIVED = 'Received: from a by mx.example.org; Fri, 27 Nov 2026 10:00:00 +0000\r\n'
const RECEIVED_BEFORE = 'Received: from evil by a; Fri, 27 Nov 2026 10:00:00 +0000\r\n'

/** A mail on its way: what stands where, without the line that names its sender. */
interface Way {
  readonly to: string
  readonly above?: string
  readonly subject?: string
  readonly text?: string
  readonly isLoggedIn?: true
}
/** A helpdesk with a ticket of fred for each mail. */
export interface Attacked extends House {
  /** Sends a mail that is to hold a ticket; an honest one without an attack. */
  send(ticket: number, attack?: Attack): Promise<string>
  /** Sends the last mail again, with other bytes at its end. */
  again(more?: string): Promise<string>
}

/** Starts it. */
export async function attacked(t: Test, proof: ProofName, tickets: number): Promise<Attacked> {
  const token = newToken()
  const built = await house(t, `commands.proofs = ["${proof}"]\n${OPTIONS}\n${NO_LETTERS}`, async tx => {
    await furnishUsually(tx)
    await tx.put('users', { ...(await tx.get('users', 2))!, addresses: [FRED.address, FRANK] })
    await tx.add('tokens', tokenOfFred(token))
    for (let n = 0; n < tickets; n++) await tx.add('tickets', ticket({ assigned_to: 2 }))
    for (let n = 1; n <= tickets; n++) await addLetter(tx, proof, n)
  })
  const signedIds = signedIdsOf(await openKeys(built.config.state_dir), HELPDESK, [])
  const mailers = {
    plain: await rawMailer(t, built.daemon.smtpPort),
    loggedIn: await rawMailer(t, built.daemon.smtpPort, FRED),
  }
  const keyOf = (n: number) => signedIds.keyAddress({ id: n, ticket: proof === 'letter' ? n : null })!
  const honest = (n: number, attack: Attack | undefined): Way => {
    switch (proof) {
      case 'smtp-auth':
        return { to: HELPDESK, isLoggedIn: true }
      case 'token':
        return { to: HELPDESK.replace('@', `+${token}@`) }
      case 'relay':
        return { to: HELPDESK, above: RESULTS + RECEIVED }
      case 'letter':
        return { to: keyOf(n) }
      case 'confirm':
        // What is in the subject is asked about, and the answer to that is yes.
        return attack?.subject
          ? { to: HELPDESK }
          : { to: keyOf(n), subject: `Re: Confirm: hold ${n}`, text: 'yes' }
    }
  }
  const bare: Way = { to: HELPDESK, above: RECEIVED + RECEIVED_BEFORE }
  let sent = 0
  let last: { raw: string; to: string; from: string; isLoggedIn?: true | undefined }
  const post = ({ raw, to, from, isLoggedIn }: typeof last) =>
    mailers[isLoggedIn ? 'loggedIn' : 'plain']({ raw: Buffer.from(raw, 'latin1'), to, from })
  return {
    ...built,
    send: (n, attack) => {
      const isBare = attack?.isBare || (attack?.isBareButRelayed && proof !== 'relay')
      const way = isBare ? bare : honest(n, attack)
      const { from = FRED.address, first = '', more = '', envelopeFrom = FRED.address } = attack ?? {}
      const { subject = way.subject ?? `hold ${n}`, date = new Date().toUTCString() } = attack ?? {}
      const ids = `Date: ${date}\r\nMessage-ID: <${++sent}@example.org>\r\n`
      const head = `${first}${way.above ?? ''}From: ${from}\r\nTo: ${way.to}\r\nSubject: ${subject}\r\n${ids}${more}`
      const raw = `${head}\r\n${way.text ?? 'Later.'}\r\n`
      last = { raw, to: way.to, from: envelopeFrom, isLoggedIn: way.isLoggedIn }
      return post(last)
    },
    again: (more = '') => post({ ...last, raw: last.raw + more }),
  }
}

function tokenOfFred(secret: string) {
  const now = new Date().toISOString()
  return {
    user: 2,
    label: 'x',
    hash: sha256(secret),
    methods: [],
    created: now,
    expires: null,
    last_used: null,
  }
}

/** A letter to fred about a ticket, which asks whether to hold it if that is the proof. */
async function addLetter(tx: Tx, proof: ProofName, about: number): Promise<void> {
  const now = new Date().toISOString()
  const sent = { to: FRED.address, state: 'sent', created: now, due: now } as const
  if (proof !== 'confirm') {
    await tx.add('letters', letter({ ...sent, event: 'followed_up', ticket: about }))
    return
  }
  const answer = { subject: `Confirm: hold ${about}`, message_id: null, sentences: [] }
  const { id } = await tx.add('letters', letter({ ...sent, event: 'unconfirmed', ticket: null, answer }))
  await tx.add('confirmations', {
    user: 2,
    commands: [{ method: 'hold_ticket', params: { ticket: `${about}` } }],
    tickets: [about],
    mail: 1,
    letter: id,
    created: now,
    expires: new Date(Date.now() + DAY).toISOString(),
    state: 'open',
  })
}
