import type { Call } from '../method.ts'
import { userAt } from '../user_at.ts'
import type { ParsedSender } from '../value.ts'

/** Who may have written a mail that an agent forwards. */
export const WRITERS = ['person', 'machine'] as const

/**
 * The call as if the original sender had written: that is whose words they are. Nothing proves it, so what a mail of an unknown sender
 * causes is all that this can cause.
 */
export async function writtenBy(
  call: Call,
  { address, name }: ParsedSender,
  writer: (typeof WRITERS)[number],
): Promise<Call> {
  const isUsers = address !== null && (await userAt(call.tx, address)) !== undefined
  const actor = {
    kind: 'submitter',
    address,
    ...(name === '' ? {} : { name }),
    automatic: writer === 'machine',
    ...(isUsers ? { proven: false } : {}),
  } as const
  return { ...call, actor }
}
