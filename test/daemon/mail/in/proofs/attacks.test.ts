import t from 'tap'
import type { ProofName } from '../../../../../data/tables.ts'
import { kept, keptAll } from '../../kept.ts'
import { type Attacked, attacked } from './attacked.ts'
import { ATTACKS } from './attacks.ts'

const PROOFS: readonly ProofName[] = ['smtp-auth', 'letter', 'token', 'relay', 'confirm']
const HONEST = 'an honest mail'
/** The attacks, with an honest mail behind every ten and behind the last. */
const ALL = Object.entries(ATTACKS).flatMap(([name, attackOn], at, { length }) =>
  at % 10 === 9 || at === length - 1
    ? [
        { name, attackOn },
        { name: HONEST, attackOn: () => undefined },
      ]
    : [{ name, attackOn }],
)

/** The names of the mails whose tickets are on hold. */
async function holding({ config }: Attacked): Promise<string[]> {
  const tickets = await (await keptAll(config.state_dir)).find('tickets', {}, { limit: ALL.length })
  return tickets.flatMap(({ on_hold }, at) => (on_hold ? ALL[at]!.name : []))
}

for (const proof of PROOFS)
  t.test(`${proof}: no attack holds its ticket, and the honest mails in between do`, async t => {
    const its = await attacked(t, proof, ALL.length)
    for (const [at, { name, attackOn }] of ALL.entries())
      t.match(await its.send(at + 1, attackOn(at + 1)), /^250 /, name)
    const honest = ALL.flatMap(({ name }) => (name === HONEST ? name : []))
    t.strictSame(await holding(its), honest)
    const mails = await kept(its.config.state_dir, 'mails')
    const proven = ALL.filter((_, at) => /^(?:command|confirmed)$/.test(mails[at]!.verdict))
    t.strictSame(
      proven.map(({ name }) => name),
      honest,
    )
    t.ok(mails.every(mail => (mail.verdict === 'command' ? mail.proof === proof : true)))
    // Whoever writes as the user, and nothing more, makes us ask.
    const isPlain = (at: number) => {
      const { isBare, isBareButRelayed } = ALL[at]!.attackOn(1) ?? {}
      return isBare || isBareButRelayed
    }
    const asked = [...ALL.keys()].filter(at => mails[at]!.verdict === 'unconfirmed')
    t.strictSame(asked, proof === 'confirm' ? [...ALL.keys()].filter(isPlain) : [])

    await its.susan('unhold_ticket', { ticket: `${ALL.length}` })
    t.match(await its.again(), /^250 /)
    t.equal((await holding(its)).length, honest.length - 1, 'a replay')
    if (proof !== 'relay' && proof !== 'confirm') return
    t.match(await its.again('\r\n'), /^250 /)
    t.equal((await holding(its)).length, honest.length - 1, 'a replay with one more line end')
  })
