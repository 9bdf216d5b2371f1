import { Failure } from '../../data/failure.ts'
import { clearFailures } from '../letters/failing_addresses.ts'
import { method } from '../method.ts'
import { address } from '../params/addresses.ts'

export default method({
  name: 'clear_address',
  summary: 'Write letters again to an address that they did not reach.',
  description:
    'No letters are written to an address after three of them have failed for good: a server said that it takes none, at our own attempt or by a report. A mail from that address clears it, too. Letters that were not written meanwhile are not written later; the tickets have everything.',
  may: 'agent',
  frees: true,
  params: { email: address('The mail address that gets letters again.') },
  command: 'clear <email>',
  example: {
    command: 'clear ann@customer.example',
    says: 'Letters are written to ann@customer.example again.',
  },
  run: async ({ email }, { tx }) => {
    if (await clearFailures(tx, email)) return email
    throw new Failure('not_found', `No letter to ${email} has failed, so there is nothing to clear.`)
  },
  says: email => `Letters are written to ${email} again.`,
})
