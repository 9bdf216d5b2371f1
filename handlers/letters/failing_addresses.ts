import { mailbox } from '../../data/address.ts'
import type { Reader, Tx } from '../../data/store.ts'
import type { FailingAddress } from '../../data/tables.ts'
import type { NotWritten } from '../method.ts'

/** What is known of an address at which letters failed for good; undefined if none did. */
export async function failuresOf(tx: Reader, address: string): Promise<FailingAddress | undefined> {
  const [record] = await tx.find('failing', { address: mailbox(address) })
  return record
}

/** Why an address gets no letters; undefined if it gets them. */
export async function failingAt(tx: Reader, address: string): Promise<FailingAddress | undefined> {
  const record = await failuresOf(tx, address)
  return record?.since === undefined ? undefined : record
}

/** Of some addresses, those that get no letters. */
export async function failingAmong(tx: Reader, addresses: readonly string[]): Promise<FailingAddress[]> {
  const found: FailingAddress[] = []
  for (const address of addresses) {
    const record = await failingAt(tx, address)
    if (record) found.push(record)
  }
  return found
}

/** The first of some addresses that gets letters. */
export async function reachedOf(tx: Reader, addresses: readonly string[]): Promise<string | undefined> {
  for (const address of addresses) if (!(await failingAt(tx, address))) return address
  return undefined
}

/** Forgets all failures of an address, so that letters are written to it. Gives false if there were none. */
export async function clearFailures(tx: Tx, address: string): Promise<boolean> {
  const record = await failuresOf(tx, address)
  if (record) await tx.delete('failing', record.id)
  return record !== undefined
}

type Told = Pick<FailingAddress, 'address' | 'reply'> & { readonly complained?: boolean }

/** What people are told of an address that gets no letters: a clause without a full stop. */
export function failingWords({ address, reply, complained }: Told): string {
  return complained
    ? `A letter to ${address} was reported as spam: ${reply}`
    : `Letters to ${address} do not arrive: ${reply}`
}

/** What programs are told of it. */
export function failingFacts({ address, reply, complained = false }: Told) {
  return { address, reply, complained }
}

/** What the caller is told of letters that are not written because they would not arrive, or their recipient has asked for no more. */
export function unwrittenTo(notWritten: readonly NotWritten[]): readonly string[] {
  return notWritten.flatMap(({ cap, sentence }) => (cap === 'failing' || cap === 'stopped' ? [sentence] : []))
}
