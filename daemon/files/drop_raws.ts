import { onDisk } from '../../data/blocks.ts'
import type { Store, Tx, Usage } from '../../data/store.ts'
import type { Id, Mail } from '../../data/tables.ts'

/** How many records one transaction writes: even if it removes as many files, others wait only a few milliseconds. */
const AT_ONCE = 50

/** Drops raw mails of a network, the oldest first, until `bytes` are free or fifty are dropped. Gives the number of dropped mails. */
export async function dropRaws(store: Store, usage: Usage, network: string, bytes: number): Promise<number> {
  const ids = usage.rawsOf(network, AT_ONCE)
  return store.transact(tx => drop(tx, ids, bytes))
}

async function drop(tx: Tx, ids: readonly Id<'mails'>[], bytes: number): Promise<number> {
  let [mails, freed] = [0, 0]
  for (const id of ids) {
    if (freed >= bytes) break
    const mail = await tx.get('mails', id)
    if (!mail || mail.raw === null) continue
    await tx.put('mails', withoutRaw(mail))
    freed += onDisk(mail.raw_size ?? 0)
    mails++
  }
  return mails
}

/** The record of a mail without its raw form. */
export function withoutRaw({ raw_size: _size, network: _network, ...mail }: Mail): Mail {
  return { ...mail, raw: null }
}
