import t from 'tap'
import type { ProofName } from '../../../../../data/tables.ts'
import { kept, keptAll } from '../../kept.ts'
import { type Attacked, attacked } from './attacked.ts'
import { ATTACKS } from './attacks.ts'

const PROOFS: readonly ProofName[] = ['smtp-auth', 'letter', 'token', 'relay', 'confirm']
const NAMES = Object.keys(ATTACKS)
const LAST = NAMES.length

/** The names of the attacks whose tickets are on hold. */
async function holding({ config }: Attacked): Promise<string[]> {
  const tickets = await (await keptAll(config.state_dir)).find('tickets', {}, { limit: NAMES.length })
  return tickets.flatMap(({ on_hold }, at) => (on_hold ? NAMES[at]! : []))
}

for (const proof of PROOFS)
  t.test(`${proof}: no attack holds its ticket, and an honest mail beside each does`, async t => {
    const its = await attacked(t, proof, NAMES.length)
    const mails = () => kept(its.config.state_dir, 'mails')
    const attacks = Object.values(ATTACKS).map((attackOn, at) => attackOn(at + 1))
    for (const [at, attack] of attacks.entries()) t.match(await its.send(at + 1, attack), /^250 /, NAMES[at]!)
    t.strictSame(await holding(its), [], 'none of the attacks')
    const verdicts = (await mails()).map(({ verdict }) => verdict)
    t.notOk(verdicts.includes('command'))
    const asked = NAMES.filter((_, at) => verdicts[at] === 'unconfirmed')
    // Whoever writes as the user, and nothing more, makes us ask.
    const isPlain = (name: string) => {
      const { isBare, isBareButRelayed } = attacks[NAMES.indexOf(name)]!
      return isBare || isBareButRelayed
    }
    t.strictSame(asked, proof === 'confirm' ? asked.filter(isPlain) : [])
    if (proof === 'confirm') t.ok(asked.includes('From alone'))
    for (const at of NAMES.keys()) t.match(await its.send(at + 1), /^250 /)
    t.strictSame(await holding(its), NAMES, 'all of the honest mails')
    const honest = (await mails()).slice(attacks.length)
    t.strictSame([...new Set(honest.map(one => one.proof))], [proof])

    await its.susan('unhold_ticket', { ticket: `${LAST}` })
    t.match(await its.again(), /^250 /)
    t.notOk((await holding(its)).includes(NAMES[LAST - 1]!), 'a replay')
    if (proof !== 'relay' && proof !== 'confirm') return
    t.match(await its.again('\r\n'), /^250 /)
    t.notOk((await holding(its)).includes(NAMES[LAST - 1]!), 'a replay with one more line end')
  })
