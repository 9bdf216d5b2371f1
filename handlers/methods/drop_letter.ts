import { Failure } from '../../data/failure.ts'
import { authorWord } from '../author_word.ts'
import { letterNumber } from '../letters/records/letter_number.ts'
import { recordFailure } from '../letters/reported.ts'
import { authorOf, method } from '../method.ts'

export default method({
  name: 'drop_letter',
  summary: 'Give up a letter that waits.',
  description:
    'It is not tried any more and counts as failed, though not against its address: a private follow-up says who gave it up, and whoever wrote what it says is told by letter, as of any that did not arrive. An attempt that is under way may still succeed. retry_letter takes it back.',
  may: 'admin',
  params: { letter: letterNumber('The number of the letter; letters waiting lists them.') },
  command: 'drop <letter>',
  example: {
    command: 'drop 3',
    says: 'Letter 3 to maria@example.net is given up.',
  },
  run: async ({ letter }, call) => {
    const { id, state, ticket: about } = letter
    if (state !== 'waiting')
      throw new Failure('conflict', `Letter ${id} does not wait any more: it ${ENDED[state]}.`)
    const ticket = about === null ? undefined : await call.tx.get('tickets', about)
    const reply = `${await authorWord(call.tx, authorOf(call.actor))} gave it up before it was sent.`
    await recordFailure(call, { letter, ticket, reply, isGivenUp: true })
    return letter
  },
  says: ({ id, to }) => `Letter ${id} to ${to} is given up.`,
})

const ENDED = { sent: 'was sent', failed: 'has failed' } as const
