import type { Headers } from '../../../../daemon/mail/in/headers.ts'
import type { KindFacts } from '../../../../daemon/mail/in/kind.ts'

/** The facts about a mail with these headers; `from` is the address of From. */
export function kindFacts(
  headers: Headers,
  {
    from = 'susan@example.org' as string | null,
    ...more
  }: Partial<Omit<KindFacts, 'from'>> & { from?: string | null } = {},
): KindFacts {
  return {
    headers,
    envelopeFrom: 'susan@example.org',
    from: { address: from, written: from ?? 'Susan' },
    subject: 'x',
    isAnswer: false,
    report: undefined,
    ownList: undefined,
    isAddressed: true,
    ...more,
  }
}
